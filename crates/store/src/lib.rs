//! Section 6 of the design, at rest: the database, the vault, the ledger's rows, and the one place that commits.
//!
//! A change and its ledger entry become durable in one commit, before the answer leaves ([`Store::commit`]); reads see
//! one snapshot ([`Store::read`]); values are only ever stored sealed ([`vault`]). Nothing here decides: that has
//! happened before, and the permit is the proof.
//!
//! To add a table: a migration in `database/migrations.rs`, the class of each column in `database/classes.rs`, and one
//! small file of statements and queries in `tables/`.

#[cfg(test)]
extern crate self as sandyq_store;

pub mod backup;
pub mod commit;
pub mod database;
mod farewell;
mod leads;
pub mod ledger;
mod options;
mod recovery;
#[cfg(test)]
#[path = "../tests/at_rest/scene/mod.rs"]
mod scene;
pub mod second_copy;
mod store;
pub mod tables;
pub mod vault;
mod whole_file;

pub use commit::{Commit, CommitError, Committed};
pub use database::{Reader, Row, Statement, Value};
pub use farewell::Farewell;
pub use ledger::Report;
pub use options::StoreOptions;
pub use recovery::open_key_store;
pub use store::{CopyReport, EpochEnd, Store};
pub use tables::job::Job;
