//! What the old database knows beyond a set, when it can still be read: the rest of the ledger, and everybody who has
//! changed since.

use std::collections::{BTreeMap, HashMap};

use sandyq_model::{Fault, Standing, SubjectId};

use super::super::fault::BackupFault;
use super::super::verified::VerifiedSet;
use super::after::{After, Change, Page};
use crate::database::{Reader, ReaderExt, Row, Snapshots, SqliteSession, Statement, statement};
use crate::ledger;
use crate::options::StoreOptions;
use crate::tables::subject;

/// How the rows of one person in a table are read, removed and put.
struct Table {
    name: &'static str,
    rows: &'static str,
    remove: &'static str,
    insert: &'static str,
}

macro_rules! table {
    ($name:literal, $columns:literal, $places:literal) => {
        Table {
            name: $name,
            rows: concat!(
                "SELECT ",
                $columns,
                " FROM ",
                $name,
                " WHERE subject_id = $1 ORDER BY 1, 2"
            ),
            remove: concat!("DELETE FROM ", $name, " WHERE subject_id = $1"),
            insert: concat!("INSERT INTO ", $name, " (", $columns, ") VALUES (", $places, ")"),
        }
    };
}

/// The tables of a person, each after those that it leads to.
const TABLES_OF_A_PERSON: [Table; 16] = [
    table!(
        "subject",
        "subject_id, category, standing, version, pseudonym, key_generation, created_at, confirmed_at, blocked_at, \
         withdrawn_at, destroyed_at, due_at",
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12"
    ),
    table!(
        "record",
        "subject_id, field, version, generation, sealed, source, recorded_at, confirmed_at, until_at, floor, \
         returned_at",
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11"
    ),
    table!(
        "search_index",
        "subject_id, field, generation, sealed, compared_at",
        "$1, $2, $3, $4, $5"
    ),
    table!(
        "consent",
        "subject_id, consent_id, act, item, purpose, fields, recipient, locale, text_hash, term_until, channel, actor, \
         at",
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13"
    ),
    table!(
        "case_file",
        "subject_id, case_id, kind, reference, state, opened_at, closed_at, total_minor, currency, lines, decision, \
         reason, decided_by, taken_by",
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14"
    ),
    table!("case_reference", "reference, subject_id, case_id", "$1, $2, $3"),
    table!(
        "subject_request",
        "subject_id, reference, kind, channel, state, received_at, due_policy, due_law, due_at, \
         warned_at, closed_at, about, identity_at, identity_by, identity_attempts, norm, late_reason, \
         locale, letter_year, letter_number, envelope_on, merged_into, paper_since, paper_act",
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, \
         $24"
    ),
    table!(
        "request_step",
        "subject_id, step_number, step, state, at, role",
        "$1, $2, $3, $4, $5, $6"
    ),
    table!("purpose_use", "subject_id, purpose, at", "$1, $2, $3"),
    table!(
        "hold",
        "subject_id, hold_id, ordered_by, article, document, dated, placed_at, \
         placed_by, lifted_at, lifted_by, lifted_document",
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11"
    ),
    table!(
        "disclosure",
        "subject_id, disclosure_id, reference, recipient_id, purpose, fields, consent_id, article, document, dated, \
         form, at, handed_by, recalled_at, recalled_for, told_at, confirmed_at, confirmed_document, webhook_id, \
         delivered_at, failed_at, hook_told_at",
        "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22"
    ),
    table!(
        "breach_subject",
        "subject_id, breach_id, act_number, marked_at, letter_at, told_at, unreached",
        "$1, $2, $3, $4, $5, $6, $7"
    ),
    table!(
        "publication",
        "subject_id, case_id, about, published_at",
        "$1, $2, $3, $4"
    ),
    table!(
        "alike",
        "subject_id, other_id, fields, found_at, verdict, reason, decided_by, decided_at",
        "$1, $2, $3, $4, $5, $6, $7, $8"
    ),
    table!("wish", "subject_id, wish, at", "$1, $2, $3"),
    table!(
        "job",
        "subject_id, job_id, kind, detail, run_at, lease_until, attempts, done_at",
        "$1, $2, $3, $4, $5, $6, $7, $8"
    ),
];

const RECEIPTS: &str = "SELECT receipt_id, kind, subject_pseudonym, body, at FROM receipt";
const PUT_RECEIPT: &str = "INSERT INTO receipt (receipt_id, kind, subject_pseudonym, body, at) \
                           VALUES ($1, $2, $3, $4, $5) ON CONFLICT (receipt_id) DO UPDATE SET body = excluded.body";
const TEXTS: &str = "SELECT text_hash, item, locale, text, at FROM consent_text";
const PUT_TEXT: &str = "INSERT INTO consent_text (text_hash, item, locale, text, at) \
                        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (text_hash) DO NOTHING";

/// A register that is only ever added to: what is there stays, and what came since comes too (5.1.3).
const BREACHES: &str = "SELECT breach_id, number, kind, detected_at, due_policy, due_law, due_at, entered_at, entered_by \
                        FROM breach";
const PUT_BREACH: &str = "INSERT INTO breach (breach_id, number, kind, detected_at, due_policy, due_law, due_at, \
                          entered_at, entered_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
                          ON CONFLICT (breach_id) DO NOTHING";
const BREACH_STEPS: &str = "SELECT step_id, breach_id, step_number, step, happened_at, entered_at, entered_by, \
                            categories, people, document, told FROM breach_step";
const PUT_BREACH_STEP: &str = "INSERT INTO breach_step (step_id, breach_id, step_number, step, happened_at, entered_at, \
                               entered_by, categories, people, document, told) \
                               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
                               ON CONFLICT (step_id) DO NOTHING";

/// The register of documents is only added to as well (3).
const LOCAL_ACTS: &str = "SELECT act_id, number, kind, title, document, version, adopted_on, approver, in_force_since, \
                          replaces, is_public, file_hash, file_bytes, entered_at, entered_by FROM local_act";
const PUT_LOCAL_ACT: &str = "INSERT INTO local_act (act_id, number, kind, title, document, version, adopted_on, \
                             approver, in_force_since, replaces, is_public, file_hash, file_bytes, entered_at, \
                             entered_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
                             ON CONFLICT (act_id) DO NOTHING";
const LOCAL_ACT_FILES: &str = "SELECT act_id, sealed FROM local_act_file";
const PUT_LOCAL_ACT_FILE: &str = "INSERT INTO local_act_file (act_id, sealed) VALUES ($1, $2) \
                                  ON CONFLICT (act_id) DO NOTHING";
const HIDDEN_ACTS: &str = "SELECT act_id, hidden_at, hidden_by FROM local_act_hidden";
const PUT_HIDDEN_ACT: &str = "INSERT INTO local_act_hidden (act_id, hidden_at, hidden_by) VALUES ($1, $2, $3) \
                              ON CONFLICT (act_id) DO NOTHING";

const STAFF: &str = "SELECT staff_id, name, role, password_hash, familiar_version, created_at, disabled_at, failures, \
                     locked_until FROM staff";
const NO_STAFF: &str = "DELETE FROM staff";
const PUT_STAFF: &str = "INSERT INTO staff (staff_id, name, role, password_hash, familiar_version, created_at, \
                         disabled_at, failures, locked_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

const GRANTS: &str =
    "SELECT grant_id, staff_id, role, given_by, from_at, until_at, ended_by FROM staff_grant";
const NO_GRANTS: &str = "DELETE FROM staff_grant";
const PUT_GRANT: &str = "INSERT INTO staff_grant (grant_id, staff_id, role, given_by, from_at, until_at, ended_by) \
                         VALUES ($1, $2, $3, $4, $5, $6, $7)";

const RECIPIENTS: &str = "SELECT recipient_id, number, kind, name, country, undertaking, undertaken_on, email, age_key, \
                          entered_at, entered_by, closed_at, closed_by FROM recipient";
const NO_RECIPIENTS: &str = "DELETE FROM recipient";
const PUT_RECIPIENT: &str = "INSERT INTO recipient (recipient_id, number, kind, name, country, undertaking, undertaken_on, \
                             email, age_key, entered_at, entered_by, closed_at, closed_by) \
                             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

const WEBHOOKS: &str = "SELECT webhook_id, recipient_id, address, key_version, entered_at, entered_by, ended_at, ended_by, \
                        signs_until FROM webhook";
const NO_WEBHOOKS: &str = "DELETE FROM webhook";
const PUT_WEBHOOK: &str = "INSERT INTO webhook (webhook_id, recipient_id, address, key_version, entered_at, entered_by, \
                           ended_at, ended_by, signs_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

const EMERGENCIES: &str = "SELECT emergency_id, reference, reason, asked_by, agreed_by, opened_at, until_at, looks, \
                           reviewed_at, reviewed_by, verdict FROM emergency";
const NO_EMERGENCIES: &str = "DELETE FROM emergency";
const PUT_EMERGENCY: &str = "INSERT INTO emergency (emergency_id, reference, reason, asked_by, agreed_by, opened_at, \
                             until_at, looks, reviewed_at, reviewed_by, verdict) \
                             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

const BREACH_ACTS: &str = "SELECT act_id, breach_id, act_number, kind, categories, fields, staff_id, from_at, until_at, text_kk, \
                           text_ru, text_en, begun_at, begun_by, agreed_by, reached, \
                           seen, found, left_out, full_at, ended_at FROM breach_act";
const NO_BREACH_ACTS: &str = "DELETE FROM breach_act";
const PUT_BREACH_ACT: &str = "INSERT INTO breach_act (act_id, breach_id, act_number, kind, categories, fields, staff_id, from_at, \
                              until_at, text_kk, text_ru, text_en, begun_at, begun_by, agreed_by, \
                              reached, seen, found, left_out, full_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
                              $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";

/// Reads what the database of `options` knows beyond the set: `None` when there is none.
///
/// # Errors
/// When it cannot be read, or its end is not what was signed. What can be read of such a one is not used.
pub fn since(options: &StoreOptions, set: &VerifiedSet) -> Result<Option<After>, BackupFault> {
    let is_there = options.database_url.is_some() || options.database_file().is_file();
    if !is_there {
        return Ok(None);
    }
    let mut connection: Box<dyn Snapshots> = match &options.database_url {
        Some(url) => Box::new(crate::database::PostgresSession::connect(url)?),
        None => Box::new(SqliteSession::open_to_read(&options.database_file())?),
    };
    connection.begin_snapshot()?;
    let read = read(connection.as_reader(), set);
    connection.end_snapshot();
    read.map(Some)
}

fn read(reader: &mut dyn Reader, set: &VerifiedSet) -> Result<After, BackupFault> {
    let size = size_of(&set.manifest().checkpoint);
    let pages = pages(reader, size)?;
    let known = known(set)?;
    let mut changes = BTreeMap::new();
    let mut after: Option<SubjectId> = None;
    loop {
        let people = subject::page(reader, after, PEOPLE_AT_ONCE)?;
        let Some(last) = people.last() else { break };
        after = Some(last.id);
        for person in people {
            if known
                .get(&person.id)
                .is_none_or(|version| person.version > *version)
            {
                changes.insert(person.id, change(reader, &person)?);
            }
        }
    }
    let mut shared = put(PUT_TEXT, reader.query(TEXTS, &[])?);
    shared.extend(put(PUT_RECEIPT, reader.query(RECEIPTS, &[])?));
    shared.extend(put(PUT_BREACH, reader.query(BREACHES, &[])?));
    shared.extend(put(PUT_BREACH_STEP, reader.query(BREACH_STEPS, &[])?));
    shared.extend(put(PUT_LOCAL_ACT, reader.query(LOCAL_ACTS, &[])?));
    shared.extend(put(PUT_LOCAL_ACT_FILE, reader.query(LOCAL_ACT_FILES, &[])?));
    shared.extend(put(PUT_HIDDEN_ACT, reader.query(HIDDEN_ACTS, &[])?));
    Ok(After {
        pages,
        changes,
        shared,
        house: house(reader, size)?,
    })
}

/// The accounts of staff, the register of recipients with their addresses and the looks in an emergency as they are here; `None` in a database that ends before the set, of which they would be older.
fn house(reader: &mut dyn Reader, size: u64) -> Result<Option<Vec<Statement>>, Fault> {
    let newest = "SELECT size FROM ledger_checkpoint ORDER BY size DESC LIMIT 1";
    let end: Option<u64> = reader.first(newest, &[], |row| row.take(0))?;
    if end.is_none_or(|end| end < size) {
        return Ok(None);
    }
    let mut house = vec![statement(NO_STAFF, [])];
    house.extend(put(PUT_STAFF, reader.query(STAFF, &[])?));
    house.push(statement(NO_RECIPIENTS, []));
    house.extend(put(PUT_RECIPIENT, reader.query(RECIPIENTS, &[])?));
    house.push(statement(NO_WEBHOOKS, []));
    house.extend(put(PUT_WEBHOOK, reader.query(WEBHOOKS, &[])?));
    house.push(statement(NO_GRANTS, []));
    house.extend(put(PUT_GRANT, reader.query(GRANTS, &[])?));
    house.push(statement(NO_EMERGENCIES, []));
    house.extend(put(PUT_EMERGENCY, reader.query(EMERGENCIES, &[])?));
    house.push(statement(NO_BREACH_ACTS, []));
    house.extend(put(PUT_BREACH_ACT, reader.query(BREACH_ACTS, &[])?));
    Ok(Some(house))
}

fn change(reader: &mut dyn Reader, person: &subject::Subject) -> Result<Change, Fault> {
    let removed = TABLES_OF_A_PERSON
        .iter()
        .rev()
        .map(|table| statement(table.remove, [person.id.into()]));
    let mut statements: Vec<Statement> = removed.collect();
    for table in &TABLES_OF_A_PERSON {
        let is_over = person.standing == Standing::Destroyed && table.name == "job";
        if !is_over {
            statements.extend(put(table.insert, reader.query(table.rows, &[person.id.into()])?));
        }
    }
    Ok(Change {
        subject: person.id,
        version: Some(person.version),
        standing: Some(person.standing),
        generation: Some(person.key_generation),
        statements,
    })
}

fn put(sql: &'static str, rows: Vec<Row>) -> Vec<Statement> {
    rows.into_iter()
        .map(|Row(values)| statement(sql, values))
        .collect()
}

/// The versions of the people in a set.
fn known(set: &VerifiedSet) -> Result<HashMap<SubjectId, u64>, BackupFault> {
    let mut known = HashMap::new();
    set.rows("subject", |_, rows| {
        for mut row in rows {
            known.insert(row.take(0)?, row.take(3)?);
        }
        Ok(())
    })?;
    Ok(known)
}

/// The ledger behind `size`, one page for each checkpoint.
fn pages(reader: &mut dyn Reader, size: u64) -> Result<Vec<Page>, Fault> {
    let notes: Vec<(u64, String)> = reader.list(
        "SELECT size, note FROM ledger_checkpoint WHERE size > $1 ORDER BY size",
        &[size.into()],
        |row| Ok((row.take(0)?, row.take(1)?)),
    )?;
    let mut first = size;
    let mut pages = Vec::with_capacity(notes.len());
    for (until, note) in notes {
        let entries = ledger::entries(reader, first, until)?;
        pages.push(Page { first, entries, note });
        first = until;
    }
    Ok(pages)
}

/// The size that a note says which was verified before.
fn size_of(note: &str) -> u64 {
    note.lines()
        .nth(1)
        .and_then(|size| size.parse().ok())
        .unwrap_or(0)
}

/// People looked at in one read.
const PEOPLE_AT_ONCE: u32 = 1000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backup::TABLES_OF_A_SET;

    #[test]
    fn everything_of_a_person_is_taken_along() {
        for needed in TABLES_OF_A_SET
            .iter()
            .filter(|needed| needed.columns.contains(&"subject_id"))
        {
            let table = TABLES_OF_A_PERSON.iter().find(|table| table.name == needed.name);
            // Intents of deaths name keys and hold nothing; a key that is dead is found dead.
            assert_eq!(table.is_none(), needed.name == "key_death", "{}", needed.name);
            let Some(table) = table else { continue };
            let listed = format!("SELECT {} FROM", needed.columns.join(", "));
            assert!(table.rows.starts_with(&listed), "{}", table.rows);
            let places: Vec<String> = (1..=needed.columns.len()).map(|n| format!("${n}")).collect();
            assert!(
                table.insert.ends_with(&format!("VALUES ({})", places.join(", "))),
                "{}",
                table.insert
            );
        }
    }
}
