//! Passwords (SP 800-63B-4) are hashed with argon2id, and compared in equal time whether or not the name exists.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use sandyq_model::{Chance, Fault, Plain};

/// Memory in KiB, passes and lanes of argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over it.
const PASSES: u32 = 2;

/// The hash that is kept.
pub(super) fn hashed(password: &Plain<String>, chance: &dyn Chance) -> Result<String, Fault> {
    let mut salt = [0; 16];
    chance.fill(&mut salt);
    let hash = hasher()?.hash_password_with_salt(password.expose().as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|error| fault(&error))
}

/// Whether the password is the one that was hashed; a name that does not exist is checked against a hash that no
/// password fits, and takes as long.
pub(super) fn matches(password: &Plain<String>, kept: Option<&str>) -> Result<bool, Fault> {
    let kept = kept.unwrap_or(NOBODY);
    Ok(hasher()?
        .verify_password(password.expose().as_bytes(), kept)
        .is_ok()
        && kept != NOBODY)
}

fn hasher() -> Result<Argon2<'static>, Fault> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|error| fault(&error))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn fault(error: &dyn std::fmt::Display) -> Fault {
    Fault::Vault(format!("the password hash: {error}"))
}

/// A well-formed hash with the same cost, of no password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2FuZHlxc2FuZHlxc2FuZA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[cfg(test)]
mod tests {
    use sandyq_rehearsal::SeededChance;

    use super::*;

    #[test]
    fn a_password_fits_its_hash_and_nothing_fits_nobody() {
        let password = Plain::from("seven horses on the steppe");
        let hash = hashed(&password, &SeededChance::new(1)).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(matches(&password, Some(&hash)).unwrap());
        assert!(!matches(&Plain::from("seven horses on the step"), Some(&hash)).unwrap());
        assert!(!matches(&password, None).unwrap());
    }
}
