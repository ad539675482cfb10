//! The same small thing done many times: row by row on SQLite, as arrays in one round trip on PostgreSQL.

/// Something done for many rows of values.
pub(crate) struct Bulk {
    /// For one row: `VALUES ($1, $2)`.
    pub one: &'static str,
    /// For all rows as one array per column: `SELECT * FROM unnest($1::bytea[], $2::bigint[])`.
    pub all: &'static str,
}

/// Something asked for many keys of 16 bytes.
pub(crate) struct Lookup {
    /// For one key: `= $1`.
    pub one: &'static str,
    /// For all keys as one array: `= ANY($1)`.
    pub all: &'static str,
}
