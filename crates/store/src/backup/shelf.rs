//! A place where the parts of sets lie: it keeps bytes under names and knows nothing about them.

use super::fault::BackupFault;

/// Keeps bytes under names. What was put is durable when `put` returns, whole or not there at all.
pub trait Shelf: Send {
    /// Puts bytes under a name, in place of what was there.
    ///
    /// # Errors
    /// [`BackupFault::Place`]: then it is not known what is there.
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), BackupFault>;

    /// The bytes under a name, at most `limit`; `None` when there are none.
    ///
    /// # Errors
    /// [`BackupFault::Place`] when the place does not answer, or holds more.
    fn get(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, BackupFault>;

    /// Everything whose name begins with a folder such as `sets/`, sorted by name.
    ///
    /// # Errors
    /// [`BackupFault::Place`] when the place does not answer.
    fn list(&self, folder: &str) -> Result<Vec<Stored>, BackupFault>;

    /// Removes what is under a name; nothing there is no failure.
    ///
    /// # Errors
    /// [`BackupFault::Place`] when the place does not answer.
    fn remove(&self, name: &str) -> Result<(), BackupFault>;

    /// What people call the place.
    fn called(&self) -> String;
}

/// One thing on a shelf.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stored {
    /// Its name, with its folders.
    pub name: String,
    /// Its length.
    pub bytes: u64,
}

/// Refuses a name that is none of ours: small letters, digits, `-`, `.` and single `/`, no part that begins with a dot.
///
/// # Errors
/// [`BackupFault::Corrupt`]: names come from manifests, and this one would lead elsewhere.
pub fn check_name(name: &str) -> Result<(), BackupFault> {
    let is_plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte))
    };
    if name.len() <= NAME_BYTES_MAX && name.split('/').all(is_plain) {
        Ok(())
    } else {
        Err(BackupFault::Corrupt(
            "a part has a name that none can have".into(),
        ))
    }
}

/// Bytes of a name at most.
pub const NAME_BYTES_MAX: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_else() {
        for good in ["sets/20261126t111500z-1a2b.manifest", "chunks/ab/abcdef.age", "a"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        let long = "a".repeat(NAME_BYTES_MAX + 1);
        for bad in [
            "", "/", "/etc", "a/", "a//b", "../a", "a/../b", "a/.b", "A", "a b", "a\\b", "a\0", &long,
        ] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
    }
}
