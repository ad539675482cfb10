//! The rows of a set into an empty database: the tables as they were then, the rows, the tables as they are now.

use super::super::fault::BackupFault;
use super::super::tables::TABLES_OF_A_SET;
use super::super::verified::VerifiedSet;
use crate::commit::Within;
use crate::database::{self, ReaderExt, Row, Session, statement};

/// Refuses a database in which there is something already.
pub(super) fn refuse_used(session: &mut dyn Session) -> Result<(), BackupFault> {
    database::begin_migrations(session)?;
    let steps: Option<u64> = Within(session).first("SELECT COUNT(*) FROM meta", &[], |row| row.take(0))?;
    if steps == Some(0) {
        Ok(())
    } else {
        Err(BackupFault::Settings(
            "the database is in use already; a set is restored into an empty one: make a new database and name it in \
             database.url"
                .into(),
        ))
    }
}

/// Loads every row, within a transaction.
pub(super) fn load(
    session: &mut dyn Session,
    set: &VerifiedSet,
    progress: &dyn Fn(u64),
) -> Result<(), BackupFault> {
    let manifest = set.manifest();
    database::migrate_as_it_was(session, &manifest.schema)?.map_err(BackupFault::Format)?;
    let mut loaded = 0;
    for lines in &manifest.tables {
        let known = TABLES_OF_A_SET.iter().find(|needed| needed.name == lines.name);
        let is_known = known.is_some_and(|needed| {
            lines
                .columns
                .iter()
                .all(|column| needed.columns.contains(&column.as_str()))
        });
        if !is_known {
            return Err(BackupFault::Format(format!(
                "it has a table `{}` that is not known",
                lines.name
            )));
        }
        let places: Vec<String> = (1..=lines.columns.len())
            .map(|place| format!("${place}"))
            .collect();
        let insert = format!(
            "INSERT INTO {} ({}) VALUES ({})",
            lines.name,
            lines.columns.join(", "),
            places.join(", ")
        );
        set.rows(&lines.name, |_, rows| {
            loaded += rows.len() as u64;
            let rows = rows.into_iter().map(|Row(values)| values).collect();
            session.insert(&insert, rows)?;
            progress(loaded);
            Ok(())
        })?;
    }
    let head = statement(
        "INSERT INTO meta (name, value) VALUES ('ledger-head', $1)",
        [manifest.checkpoint.as_bytes().into()],
    );
    session.perform(&[&head])?;
    Ok(database::migrate_within(session)?)
}
