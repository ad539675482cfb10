//! Passwords that the program makes: shown once, kept only as a hash.

use sandyq_model::{Chance, Plain};

/// Signs without those that look alike; 32 of them, so that a byte chooses without favour.
const SIGNS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Groups, and signs in a group: 20 signs of 5 bits are 100 bits.
const GROUPS: usize = 4;
/// See above.
const GROUP: usize = 5;

/// A new password that can be read out, such as `k3w9t-…`.
pub fn random(chance: &dyn Chance) -> Plain<String> {
    let mut bytes = [0; GROUPS * GROUP];
    chance.fill(&mut bytes);
    let mut password = String::with_capacity(GROUPS * (GROUP + 1));
    for (place, byte) in bytes.iter().enumerate() {
        if place > 0 && place.is_multiple_of(GROUP) {
            password.push('-');
        }
        password.extend(SIGNS.get(usize::from(byte % 32)).map(|sign| char::from(*sign)));
    }
    Plain::new(password)
}
