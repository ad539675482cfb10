//! The one file in which the program reaches for the wall clock, for chance and for what the terminal is.
//!
//! Everything else takes a [`Clock`] and a [`Chance`] as arguments, so that every result can be had again in a test.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this is where time and chance enter the program; nowhere else may"
)]

use std::io::{IsTerminal, Write};

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use jiff::Timestamp;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
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

/// Puts a question to the person at the terminal; silent where nobody sits.
pub fn ask(question: &str) {
    if can_ask() {
        // Who cannot read the question sees that something is waited for.
        let _ = write!(std::io::stderr().lock(), "{question}");
    }
}

/// While this is there, what is typed on the terminal is not shown.
pub struct Unseen(Option<Termios>);

impl Unseen {
    /// Stops the terminal from showing what is typed; does nothing where no terminal is.
    pub fn begin() -> Self {
        let usual = tcgetattr(std::io::stdin()).ok();
        if let Some(usual) = &usual {
            let mut unseen = usual.clone();
            unseen.local_modes.remove(LocalModes::ECHO);
            // A terminal that cannot do that shows what is typed; the password is taken all the same.
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Flush, &unseen);
        }
        Self(usual)
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        if let Some(usual) = &self.0 {
            // A terminal that cannot be set back is gone.
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Flush, usual);
        }
    }
}

/// An environment variable that is set and not empty.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
