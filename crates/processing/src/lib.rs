//! What is done with personal data. [`perform`] is the only way in: an operation is decided, performed, entered in
//! the ledger and committed in one piece, or it did not happen.
//!
//! To add a verb: make its folder, give it an input, an output and an implementation of [`perform::Performed`] that
//! consumes the permit and says what changes. It neither decides, nor commits, nor writes its own entry.

pub mod access;
pub mod at_rest;
pub mod audit;
pub mod block;
pub mod breach;
pub mod cases;
pub mod circumstances;
mod citation;
pub mod clarify;
pub mod clock;
pub mod collect;
pub mod confirm;
pub mod consent;
pub mod delete;
pub mod depersonalize;
pub mod destroy;
pub mod dossier;
pub mod emergency;
mod entry;
pub mod extract;
pub mod key_epochs;
pub mod local_act;
mod once;
pub mod operator;
pub mod perform;
pub mod ports;
pub mod queue;
pub mod reading;
pub mod record;
pub mod rejected;
mod remembered;
pub mod request;
pub mod retention;
pub mod second_person;
pub mod service;
pub mod store;
pub mod system;
pub mod systematize;
pub mod transfer;
pub mod usage;
pub mod withdraw;

pub use rejected::Rejected;
pub use sandyq_policy::{Language, letters};
pub use system::{Settings, System};
