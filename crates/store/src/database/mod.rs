//! One thin layer over two engines: one SQL text with `$1…$n`, three kinds of values, no dates and no arithmetic of
//! the engine's own. What differs between the engines stands in `dialect`.

mod bulk;
pub mod classes;
pub(crate) mod dialect;
mod error;
mod migrations;
mod postgres;
mod readers;
mod row;
mod session;
mod sqlite;
mod statement;
mod value;

pub(crate) use bulk::{Bulk, Lookup};
pub(crate) use error::{DatabaseError, ErrorKind};
pub(crate) use migrations::{begin_migrations, migrate, migrate_as_it_was, migrate_within};
pub(crate) use postgres::PostgresSession;
pub(crate) use readers::{Readers, Snapshots};
pub use row::{FromValue, Row};
pub(crate) use session::Session;
pub use session::{Reader, ReaderExt};
pub(crate) use sqlite::SqliteSession;
pub use statement::{Statement, statement};
pub use value::Value;
