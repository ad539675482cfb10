//! The one file in which the program reaches for the wall clock, for chance and for what the terminal is.
//!
//! Everything else takes a [`Clock`] and a [`Chance`] as arguments, so that every result can be had again in a test.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this is where time and chance enter the program; nowhere else may"
)]

use std::io::IsTerminal;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use jiff::Timestamp;
use sandyq_model::{Chance, Clock};

/// The clock of this machine.
pub struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Randomness from the operating system, through the one crypto library.
pub struct SystemChance(SystemRandom);

impl SystemChance {
    /// The system's randomness.
    pub fn new() -> Self {
        Self(SystemRandom::new())
    }
}

impl Chance for SystemChance {
    fn fill(&self, bytes: &mut [u8]) {
        if self.0.fill(bytes).is_err() {
            // A key or a code made without chance would be worse than no program.
            std::process::abort();
        }
    }
}

/// Whether answers go to a person's terminal.
pub fn answers_to_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Whether words go to a person's terminal.
pub fn words_to_terminal() -> bool {
    std::io::stderr().is_terminal()
}

/// Whether a person can be asked.
pub fn can_ask() -> bool {
    std::io::stdin().is_terminal() && words_to_terminal()
}

/// An environment variable that is set and not empty.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
