//! Everything in which the two engines differ: the words for types, how a table is laid out, how the ledger's head is
//! locked, and how many rows are written at once. Nothing else may differ.

use super::{Bulk, Lookup};

/// One of the two engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// SQLite, embedded.
    Sqlite,
    /// PostgreSQL 15 or newer.
    Postgres,
}

impl Dialect {
    /// Puts a migration, written with SQLite's words for types, into the words of this engine. `CLUSTERED` after a
    /// table says that its rows lie in the order of the primary key where the engine can do that; `PLAIN`, that not.
    pub(crate) fn translate(self, migration: &str) -> String {
        match self {
            Self::Sqlite => migration
                .replace(") CLUSTERED;", ") STRICT, WITHOUT ROWID;")
                .replace(") PLAIN;", ") STRICT;"),
            Self::Postgres => migration
                .replace(") CLUSTERED;", ");")
                .replace(") PLAIN;", ");")
                .replace(" BLOB", " BYTEA")
                .replace(" INTEGER", " BIGINT"),
        }
    }

    /// Keeps other programs from migrating at the same time; the transaction of SQLite does that by itself.
    pub(crate) const fn lock_migrations(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "LOCK TABLE meta IN ACCESS EXCLUSIVE MODE",
        }
    }

    /// Reads the ledger's head so that nobody else can append before this transaction ends.
    pub(crate) const fn lock_head(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT value FROM meta WHERE name = 'ledger-head'",
            Self::Postgres => "SELECT value FROM meta WHERE name = 'ledger-head' FOR UPDATE",
        }
    }
}

/// PostgreSQL: removes dead versions of rows that belonged to subjects.
pub(crate) const VACUUM: &str = "VACUUM subject, record, search_index, consent, case_file, case_reference, code, session, job, authenticator, \
                                 alike";

/// The versions of subjects.
pub(crate) const VERSIONS: Lookup = Lookup {
    one: "SELECT subject_id, version FROM subject WHERE subject_id = $1",
    all: "SELECT subject_id, version FROM subject WHERE subject_id = ANY($1)",
};

/// The answers that submissions were given.
pub(crate) const ANSWERS: Lookup = Lookup {
    one: "SELECT key, answer, content FROM idempotency WHERE key = $1",
    all: "SELECT key, answer, content FROM idempotency WHERE key = ANY($1)",
};

/// Keeps the answers of submissions.
pub(crate) const KEEP_ANSWERS: Bulk = Bulk {
    one: "INSERT INTO idempotency (key, answer, at, content) VALUES ($1, $2, $3, $4)",
    all: "INSERT INTO idempotency (key, answer, at, content) \
          SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::bytea[])",
};

/// Leads from pseudonyms to entries.
pub(crate) const POST: Bulk = Bulk {
    one: "INSERT INTO ledger_posting (run, last, bytes) VALUES ($1, $2, $3)",
    all: "INSERT INTO ledger_posting (run, last, bytes) \
          SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[])",
};

/// Stores tiles in place of the narrower ones.
pub(crate) const STORE_TILES: Bulk = Bulk {
    one: "INSERT INTO ledger_tile (level, tile_index, bytes) VALUES ($1, $2, $3) \
          ON CONFLICT (level, tile_index) DO UPDATE SET bytes = excluded.bytes",
    all: "INSERT INTO ledger_tile (level, tile_index, bytes) \
          SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) \
          ON CONFLICT (level, tile_index) DO UPDATE SET bytes = excluded.bytes",
};

/// Counts refusals.
pub(crate) const COUNT_REFUSALS: Bulk = Bulk {
    one: "INSERT INTO refusal_count (clause, count) VALUES ($1, $2) \
          ON CONFLICT (clause) DO UPDATE SET count = refusal_count.count + excluded.count",
    all: "INSERT INTO refusal_count (clause, count) SELECT * FROM unnest($1::text[], $2::bigint[]) \
          ON CONFLICT (clause) DO UPDATE SET count = refusal_count.count + excluded.count",
};

/// Notes which keys are to die.
pub(crate) const NOTE_DEATHS: Bulk = Bulk {
    one: "INSERT INTO key_death (subject_id, generation) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    all: "INSERT INTO key_death (subject_id, generation) SELECT * FROM unnest($1::bytea[], $2::bigint[]) \
          ON CONFLICT DO NOTHING",
};
