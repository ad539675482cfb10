//! The tables, as a list of steps that only goes forward. A step that was ever released is never changed: its hash is
//! kept in `meta`, and a database made by another text is refused.
//!
//! Rules (scale): the subject comes first in every primary key of what belongs to a subject; ids are made by the
//! application; no sequence, trigger, server date or advisory lock; types are INTEGER, TEXT and BLOB.

use sandyq_ledger::tree::sha256;
use sandyq_model::Fault;

use super::session::Session;
use super::{Value, statement};

/// One step.
struct Migration {
    /// What it does.
    name: &'static str,
    /// The statements in the words of SQLite; see [`Dialect::translate`](super::dialect::Dialect::translate).
    text: &'static str,
}

const META: &str =
    "CREATE TABLE IF NOT EXISTS meta (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) CLUSTERED;";

const MIGRATIONS: [Migration; 31] = [
    Migration {
        name: "first-tables",
        text: include_str!("migrations/0001-first-tables.sql"),
    },
    Migration {
        name: "posting-runs",
        text: include_str!("migrations/0002-posting-runs.sql"),
    },
    Migration {
        name: "offerings",
        text: include_str!("migrations/0003-offerings.sql"),
    },
    Migration {
        name: "sealed-tokens",
        text: include_str!("migrations/0004-sealed-tokens.sql"),
    },
    Migration {
        name: "submissions-by-content",
        text: include_str!("migrations/0005-submissions-by-content.sql"),
    },
    Migration {
        name: "authenticators",
        text: include_str!("migrations/0006-authenticators.sql"),
    },
    Migration {
        name: "subject-requests",
        text: include_str!("migrations/0010-subject-requests.sql"),
    },
    Migration {
        name: "ends-of-storage",
        text: include_str!("migrations/0011-ends-of-storage.sql"),
    },
    Migration {
        name: "holds",
        text: include_str!("migrations/0014-holds.sql"),
    },
    Migration {
        name: "case-decisions",
        text: include_str!("migrations/0012-case-decisions.sql"),
    },
    Migration {
        name: "disclosures",
        text: include_str!("migrations/0017-disclosures.sql"),
    },
    Migration {
        name: "breaches",
        text: include_str!("migrations/0016-breaches.sql"),
    },
    Migration {
        name: "staff-authenticators",
        text: include_str!("migrations/0013-staff-authenticators.sql"),
    },
    Migration {
        name: "staff-grants",
        text: include_str!("migrations/0015-staff-grants.sql"),
    },
    Migration {
        name: "passkeys",
        text: include_str!("migrations/0018-passkeys.sql"),
    },
    Migration {
        name: "staff-invitations",
        text: include_str!("migrations/0019-staff-invitations.sql"),
    },
    Migration {
        name: "alike",
        text: include_str!("migrations/0021-alike.sql"),
    },
    Migration {
        name: "case-owners",
        text: include_str!("migrations/0024-case-owners.sql"),
    },
    Migration {
        name: "request-board",
        text: include_str!("migrations/0025-request-board.sql"),
    },
    Migration {
        name: "proposals",
        text: include_str!("migrations/0026-proposals.sql"),
    },
    Migration {
        name: "publications",
        text: include_str!("migrations/0027-publications.sql"),
    },
    Migration {
        name: "letters-that-came-back",
        text: include_str!("migrations/0020-letters-that-came-back.sql"),
    },
    Migration {
        name: "staff-views",
        text: include_str!("migrations/0030-staff-views.sql"),
    },
    Migration {
        name: "emergencies",
        text: include_str!("migrations/0028-emergencies.sql"),
    },
    Migration {
        name: "staff-shortcuts",
        text: include_str!("migrations/0031-staff-shortcuts.sql"),
    },
    Migration {
        name: "staff-identities",
        text: include_str!("migrations/0032-staff-identities.sql"),
    },
    Migration {
        name: "local-acts",
        text: include_str!("migrations/0033-local-acts.sql"),
    },
    Migration {
        name: "webhooks",
        text: include_str!("migrations/0034-webhooks.sql"),
    },
    Migration {
        name: "breach-people-and-papers",
        text: include_str!("migrations/0035-breach-people-and-papers.sql"),
    },
    Migration {
        name: "figures",
        text: include_str!("migrations/0036-figures.sql"),
    },
    Migration {
        name: "off-the-site-and-counted",
        text: include_str!("migrations/0038-off-the-site-and-counted.sql"),
    },
];

/// Brings the tables up to date, in one transaction.
///
/// # Errors
/// When the engine does not do it, or the database was made by a newer program or another text.
pub(crate) fn migrate(session: &mut dyn Session) -> Result<(), Fault> {
    begin_migrations(session)?;
    session.begin()?;
    match migrate_within(session) {
        Ok(()) => Ok(session.commit()?),
        Err(fault) => {
            session.rollback();
            Err(fault)
        }
    }
}

/// Makes the table that remembers which steps were done.
pub(crate) fn begin_migrations(session: &mut dyn Session) -> Result<(), Fault> {
    let meta = session.dialect().translate(META);
    Ok(session.perform_text(&meta)?)
}

/// Brings the tables up to date, within a transaction.
///
/// # Errors
/// As [`migrate`].
pub(crate) fn migrate_within(session: &mut dyn Session) -> Result<(), Fault> {
    migrate_to(session, MIGRATIONS.len())
}

/// Makes the tables as they were after those steps, each with the hash of its text, within a transaction.
///
/// # Errors
/// Says why these are not the first steps of this program; or when the engine does not do it.
pub(crate) fn migrate_as_it_was(
    session: &mut dyn Session,
    steps: &[(String, String)],
) -> Result<Result<(), String>, Fault> {
    if steps.len() > MIGRATIONS.len() {
        return Ok(Err("its tables were made by a newer program; use that one".into()));
    }
    for (number, ((name, hash), migration)) in steps.iter().zip(&MIGRATIONS).enumerate() {
        let own = hex::encode(sha256(migration.text.as_bytes()).0);
        if *name != key(number, migration) || *hash != own {
            return Ok(Err(format!(
                "its tables were made by another text of `{}`",
                migration.name
            )));
        }
    }
    migrate_to(session, steps.len()).map(Ok)
}

fn key(number: usize, migration: &Migration) -> String {
    format!("migration-{:04}-{}", number + 1, migration.name)
}

fn migrate_to(session: &mut dyn Session, steps: usize) -> Result<(), Fault> {
    let dialect = session.dialect();
    session.perform_text(dialect.lock_migrations())?;
    let mut rows = session.rows(
        "SELECT name, value FROM meta WHERE name LIKE 'migration-%' ORDER BY name",
        &[],
    )?;
    if rows.len() > MIGRATIONS.len() {
        return Err(Fault::Store(
            "the database was made by a newer version of this program".into(),
        ));
    }
    for (number, migration) in MIGRATIONS.iter().take(steps).enumerate() {
        let hash = sha256(migration.text.as_bytes()).0;
        if let Some(row) = rows.get_mut(number) {
            if row.take::<[u8; 32]>(1)? != hash {
                return Err(Fault::Store(format!(
                    "the database was made by another text of `{}`",
                    migration.name
                )));
            }
            continue;
        }
        session.perform_text(&dialect.translate(migration.text))?;
        let done = statement(
            "INSERT INTO meta (name, value) VALUES ($1, $2)",
            [Value::Text(key(number, migration)), hash.into()],
        );
        session.perform(&[&done])?;
        tracing::info!(migration = migration.name, "tables brought up to date");
    }
    Ok(())
}
