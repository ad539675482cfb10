//! The ledger: registration and accounting of all operations with personal data (5.1.5), so that a stranger can check it.
//!
//! An [`Entry`](entry::Entry) accounts for one operation and holds no personal value. Entries are the leaves of a Merkle
//! [`tree`], stored in [`tile`]s; a signed [`checkpoint`] states how many there are and what their hash is. A
//! [`receipt`] hands a person the entry of their own operation with its proof. [`verify`] finds out whether a whole
//! ledger is still what the checkpoints say.
//!
//! This crate is pure: no storage, no clock, no chance, no knowledge of a personal value. What it promises to outsiders
//! is written in `spec/`.

pub mod checkpoint;
pub mod entry;
pub mod json;
pub mod note;
pub mod receipt;
pub mod tile;
pub mod tree;
pub mod verify;
pub mod witness;

#[cfg(test)]
mod vectors;
