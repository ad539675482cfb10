//! The one file in which the witness reaches for the clock and for chance.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this is where time and chance enter the program; nowhere else may"
)]

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use jiff::Timestamp;

use crate::Trouble;

/// Seconds since 1970.
pub fn seconds() -> Result<u64, Trouble> {
    u64::try_from(Timestamp::now().as_second())
        .map_err(|_| Trouble::usage("the clock of this machine stands before 1970; set it"))
}

/// The seed of a new key.
pub fn seed() -> Result<[u8; 32], Trouble> {
    let mut seed = [0; 32];
    SystemRandom::new()
        .fill(&mut seed)
        .map_err(|_| Trouble::usage("this machine gives no randomness"))?;
    Ok(seed)
}
