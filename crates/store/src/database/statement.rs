//! One change, with how many rows it must touch.

use super::Value;

/// One change of rows. Built by the files of [`tables`](crate::tables), performed by a commit only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The SQL text, the same for both engines, with `$1…$n`.
    pub sql: &'static str,
    /// The values of `$1…$n`.
    pub args: Vec<Value>,
    /// How many rows it must touch; another number is a conflict and undoes the whole commit. `None`: any number.
    pub rows: Option<u64>,
}

impl Statement {
    /// The same change, which must touch exactly so many rows.
    #[must_use]
    pub const fn touching(mut self, rows: u64) -> Self {
        self.rows = Some(rows);
        self
    }
}

/// A change that may touch any number of rows.
#[must_use]
pub fn statement(sql: &'static str, args: impl Into<Vec<Value>>) -> Statement {
    Statement {
        sql,
        args: args.into(),
        rows: None,
    }
}
