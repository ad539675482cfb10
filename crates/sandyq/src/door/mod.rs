//! The door of a data folder: what a command asks of whoever has the folder open.
//!
//! A server that runs has the folder, its ledger and its keys for itself, so a command does not open them beside it: it asks
//! at a socket in the folder, for a backup or the end of an epoch of keys. Without a server the command opens the folder and
//! does the same work ([`at_work`]).

mod answering;
mod asked;
mod asking;

pub use answering::{At, open};
pub use asked::Asked;
pub use asking::{ask, at_work};
