//! 6.3, 1.2: all rows of one subject, as they are at one moment. Taken after each change, so that an older backup can
//! be brought to what was promised; values stay sealed in it.

use sandyq_model::{Fault, Pseudonym, SubjectId};

use crate::database::{Reader, Row, Statement, Value, statement};

/// All rows of a subject. Whoever has no row at all is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Whose.
    pub subject: SubjectId,
    /// How many entries the ledger had when it was taken, or more: what is accounted before is in it.
    pub ledger: u64,
    /// The rows, by table.
    pub tables: Vec<Rows>,
}

/// Rows of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// Which table, by its number in `spec/second-copy.md`.
    pub table: u8,
    /// The rows, with every column of the table.
    pub rows: Vec<Row>,
}

/// A row that belongs to no subject's image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedRow {
    /// Which table, by its number in `spec/second-copy.md`.
    pub table: u8,
    /// The row, with every column.
    pub row: Row,
}

/// A table whose rows are in images.
struct Table {
    number: u8,
    /// Every column, in the order of the table.
    #[cfg(test)]
    columns: &'static [&'static str],
    #[cfg(test)]
    name: &'static str,
    rows_of: &'static str,
    remove_of: &'static str,
    insert: &'static str,
    /// How many columns it has.
    width: usize,
}

impl Table {
    /// Puts a row there. One that was written before the table got its last columns has nothing in them.
    fn put(&self, row: &Row) -> Statement {
        let mut values = row.0.clone();
        values.resize(values.len().max(self.width), Value::Null);
        statement(self.insert, values)
    }
}

macro_rules! table {
    ($number:literal $name:literal [$first:literal $(, $column:literal)*] of $owner:literal, $and:literal,
     put $places:literal, $clash:literal) => {
        Table {
            number: $number,
            #[cfg(test)]
            columns: &[$first $(, $column)*],
            #[cfg(test)]
            name: $name,
            rows_of: concat!(
                "SELECT ", $first, $(", ", $column,)* " FROM ", $name, " WHERE ", $owner, " = $1", $and,
                " ORDER BY 1, 2"
            ),
            remove_of: concat!("DELETE FROM ", $name, " WHERE ", $owner, " = $1"),
            insert: concat!(
                "INSERT INTO ", $name, " (", $first, $(", ", $column,)* ") VALUES (", $places, ")", $clash
            ),
            width: [$first $(, $column)*].len(),
        }
    };
}

/// The tables of a subject; each leads to no later one, so that rows can be put in this order.
static OF_SUBJECT: [Table; 16] = [
    table!(1 "subject" ["subject_id", "category", "standing", "version", "pseudonym", "key_generation", "created_at",
        "confirmed_at", "blocked_at", "withdrawn_at", "destroyed_at", "due_at"] of "subject_id", "",
        put "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12", ""),
    table!(2 "record" ["subject_id", "field", "version", "generation", "sealed", "source", "recorded_at",
        "confirmed_at", "until_at", "floor", "returned_at"] of "subject_id", "",
        put "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11", ""),
    table!(3 "search_index" ["subject_id", "field", "generation", "sealed", "compared_at"] of "subject_id", "",
        put "$1, $2, $3, $4, $5", ""),
    table!(4 "consent" ["subject_id", "consent_id", "act", "item", "purpose", "fields", "recipient", "locale",
        "text_hash", "term_until", "channel", "actor", "at"] of "subject_id", "",
        put "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13", ""),
    table!(5 "case_file" ["subject_id", "case_id", "kind", "reference", "state", "opened_at", "closed_at",
        "total_minor", "currency", "lines", "decision", "reason", "decided_by", "taken_by"] of "subject_id", "",
        put "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14", ""),
    table!(6 "case_reference" ["reference", "subject_id", "case_id"] of "subject_id", "", put "$1, $2, $3", ""),
    table!(7 "job" ["subject_id", "job_id", "kind", "detail", "run_at", "lease_until", "attempts", "done_at"]
        of "subject_id", " AND done_at IS NULL", put "$1, $2, $3, $4, $5, $6, $7, $8", ""),
    table!(10 "subject_request" ["subject_id", "reference", "kind", "channel", "state", "received_at", "due_policy", "due_law", "due_at",
        "warned_at", "closed_at", "about", "identity_at", "identity_by", "identity_attempts", "norm", "late_reason",
        "locale", "letter_year", "letter_number", "envelope_on", "merged_into", "paper_since", "paper_act"]
        of "subject_id", "",
        put "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24",
        ""),
    table!(11 "request_step" ["subject_id", "step_number", "step", "state", "at", "role"] of "subject_id", "",
        put "$1, $2, $3, $4, $5, $6", ""),
    table!(13 "purpose_use" ["subject_id", "purpose", "at"] of "subject_id", "", put "$1, $2, $3", ""),
    table!(14 "hold" ["subject_id", "hold_id", "ordered_by", "article", "document", "dated", "placed_at", "placed_by",
        "lifted_at", "lifted_by", "lifted_document"] of "subject_id", "",
        put "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11", ""),
    table!(15 "disclosure" ["subject_id", "disclosure_id", "reference", "recipient_id", "purpose", "fields", "consent_id", "article",
        "document", "dated", "form", "at", "handed_by", "recalled_at", "recalled_for", "told_at", "confirmed_at",
        "confirmed_document", "webhook_id", "delivered_at", "failed_at", "hook_told_at"] of "subject_id", "",
        put "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22", ""),
    table!(28 "breach_subject" ["subject_id", "breach_id", "act_number", "marked_at", "letter_at", "told_at", "unreached"]
        of "subject_id", "", put "$1, $2, $3, $4, $5, $6, $7", ""),
    table!(25 "publication" ["subject_id", "case_id", "about", "published_at"] of "subject_id", "",
        put "$1, $2, $3, $4", ""),
    table!(22 "alike" ["subject_id", "other_id", "fields", "found_at", "verdict", "reason", "decided_by", "decided_at"]
        of "subject_id", "", put "$1, $2, $3, $4, $5, $6, $7, $8", ""),
    table!(16 "wish" ["subject_id", "wish", "at"] of "subject_id", "", put "$1, $2, $3", ""),
];

static RECEIPT: Table = table!(8 "receipt" ["receipt_id", "kind", "subject_pseudonym", "body", "at"]
    of "subject_pseudonym", "", put "$1, $2, $3, $4, $5",
    " ON CONFLICT (receipt_id) DO UPDATE SET body = excluded.body");
static CONSENT_TEXT: Table = table!(9 "consent_text" ["text_hash", "item", "locale", "text", "at"]
    of "text_hash", "", put "$1, $2, $3, $4, $5", " ON CONFLICT (text_hash) DO NOTHING");

/// Of a row that is there the way in and the role are brought up to date, and nothing else.
static STAFF: Table = table!(12 "staff" ["staff_id", "name", "role", "password_hash", "familiar_version", "created_at",
        "disabled_at", "failures", "locked_until"] of "staff_id", "", put "$1, $2, $3, $4, $5, $6, $7, $8, $9",
    " ON CONFLICT (staff_id) DO UPDATE SET name = excluded.name, role = excluded.role, \
     password_hash = excluded.password_hash, disabled_at = excluded.disabled_at");

/// Of a grant that is there its end is brought up to date.
static STAFF_GRANT: Table = table!(20 "staff_grant" ["grant_id", "staff_id", "role", "given_by", "from_at", "until_at",
        "ended_by"] of "staff_id", "", put "$1, $2, $3, $4, $5, $6, $7",
    " ON CONFLICT (grant_id) DO UPDATE SET until_at = excluded.until_at, ended_by = excluded.ended_by");

const ALL_GRANTS: &str =
    "SELECT grant_id, staff_id, role, given_by, from_at, until_at, ended_by FROM staff_grant ORDER BY 1";

/// Of a line that is there its end is brought up to date, and nothing else.
static RECIPIENT: Table = table!(17 "recipient" ["recipient_id", "number", "kind", "name", "country", "undertaking", "undertaken_on", "email", "age_key",
        "entered_at", "entered_by", "closed_at", "closed_by"] of "recipient_id", "", put "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13",
    " ON CONFLICT (recipient_id) DO UPDATE SET closed_at = excluded.closed_at, closed_by = excluded.closed_by");

const ALL_RECIPIENTS: &str = "SELECT recipient_id, number, kind, name, country, undertaking, undertaken_on, email, age_key, entered_at, \
                              entered_by, closed_at, closed_by FROM recipient ORDER BY 1";

/// Of an address that is there its end is brought up to date: one that was stopped sends nothing and signs nothing after a restore.
static WEBHOOK: Table = table!(27 "webhook" ["webhook_id", "recipient_id", "address", "key_version", "entered_at", "entered_by",
        "ended_at", "ended_by", "signs_until"] of "recipient_id", "", put "$1, $2, $3, $4, $5, $6, $7, $8, $9",
    " ON CONFLICT (webhook_id) DO UPDATE SET ended_at = excluded.ended_at, ended_by = excluded.ended_by, \
     signs_until = excluded.signs_until");

const ALL_WEBHOOKS: &str = "SELECT webhook_id, recipient_id, address, key_version, entered_at, entered_by, ended_at, ended_by, \
                            signs_until FROM webhook ORDER BY 1";

/// Of a line that is there the case goes and the judgement comes.
static EMERGENCY: Table = table!(21 "emergency" ["emergency_id", "reference", "reason", "asked_by", "agreed_by", "opened_at",
        "until_at", "looks", "reviewed_at", "reviewed_by", "verdict"] of "emergency_id", "",
    put "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11",
    " ON CONFLICT (emergency_id) DO UPDATE SET reference = excluded.reference, looks = excluded.looks, \
     reviewed_at = excluded.reviewed_at, reviewed_by = excluded.reviewed_by, verdict = excluded.verdict");

const ALL_EMERGENCIES: &str = "SELECT emergency_id, reference, reason, asked_by, agreed_by, opened_at, until_at, looks, \
                               reviewed_at, reviewed_by, verdict FROM emergency ORDER BY 1";

/// Rows that are never changed: one that is there is the same.
static BREACH: Table = table!(18 "breach" ["breach_id", "number", "kind", "detected_at", "due_policy", "due_law", "due_at",
        "entered_at", "entered_by"] of "breach_id", "", put "$1, $2, $3, $4, $5, $6, $7, $8, $9",
    " ON CONFLICT (breach_id) DO NOTHING");
static BREACH_STEP: Table = table!(19 "breach_step" ["step_id", "breach_id", "step_number", "step", "happened_at",
        "entered_at", "entered_by", "categories", "people", "document", "told"] of "step_id", "",
    put "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11", " ON CONFLICT (step_id) DO NOTHING");

/// Of what was done about the people of a breach it is brought up to date how far that came.
static BREACH_ACT: Table = table!(29 "breach_act" ["act_id", "breach_id", "act_number", "kind", "categories", "fields", "staff_id", "from_at",
        "until_at", "text_kk", "text_ru", "text_en", "begun_at", "begun_by", "agreed_by", "reached",
        "seen", "found", "left_out", "full_at", "ended_at"]
    of "act_id", "", put "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21",
    " ON CONFLICT (act_id) DO UPDATE SET reached = excluded.reached, seen = excluded.seen, found = excluded.found, \
     left_out = excluded.left_out, full_at = excluded.full_at, ended_at = excluded.ended_at");

const ALL_BREACH_ACTS: &str = "SELECT act_id, breach_id, act_number, kind, categories, fields, staff_id, from_at, until_at, text_kk, \
                               text_ru, text_en, begun_at, begun_by, agreed_by, reached, \
                               seen, found, left_out, full_at, ended_at FROM breach_act ORDER BY 1";

static LOCAL_ACT: Table = table!(24 "local_act" ["act_id", "number", "kind", "title", "document", "version", "adopted_on",
        "approver", "in_force_since", "replaces", "is_public", "file_hash", "file_bytes", "entered_at", "entered_by"]
    of "act_id", "", put "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15",
    " ON CONFLICT (act_id) DO NOTHING");
static LOCAL_ACT_FILE: Table = table!(26 "local_act_file" ["act_id", "sealed"] of "act_id", "", put "$1, $2",
    " ON CONFLICT (act_id) DO NOTHING");

static LOCAL_ACT_HIDDEN: Table = table!(30 "local_act_hidden" ["act_id", "hidden_at", "hidden_by"] of "act_id", "",
    put "$1, $2, $3", " ON CONFLICT (act_id) DO NOTHING");

const ALL_HIDDEN_ACTS: &str = "SELECT act_id, hidden_at, hidden_by FROM local_act_hidden ORDER BY 1";

const ALL_LOCAL_ACTS: &str = "SELECT act_id, number, kind, title, document, version, adopted_on, approver, in_force_since, \
                              replaces, is_public, file_hash, file_bytes, entered_at, entered_by FROM local_act ORDER BY 1";

/// The tables of shared rows, each after those that it leads to.
static SHARED: [&Table; 13] = [
    &RECEIPT,
    &CONSENT_TEXT,
    &STAFF,
    &RECIPIENT,
    &WEBHOOK,
    &BREACH,
    &BREACH_STEP,
    &BREACH_ACT,
    &STAFF_GRANT,
    &EMERGENCY,
    &LOCAL_ACT,
    &LOCAL_ACT_FILE,
    &LOCAL_ACT_HIDDEN,
];

const ALL_BREACHES: &str = "SELECT breach_id, number, kind, detected_at, due_policy, due_law, due_at, entered_at, entered_by \
                            FROM breach ORDER BY 1";
const ALL_BREACH_STEPS: &str = "SELECT step_id, breach_id, step_number, step, happened_at, entered_at, entered_by, categories, \
                                people, document, told FROM breach_step ORDER BY 1";

const ALL_STAFF: &str = "SELECT staff_id, name, role, password_hash, familiar_version, created_at, disabled_at, \
                         failures, locked_until FROM staff ORDER BY 1";

/// Ways in are in no image: whoever was restored signs in again.
const WAYS_IN: [&str; 3] = [
    "DELETE FROM authenticator WHERE subject_id = $1",
    "DELETE FROM code WHERE subject_id = $1",
    "DELETE FROM session WHERE subject_id = $1",
];

impl Image {
    /// Takes it, within one snapshot of the reader.
    ///
    /// # Errors
    /// When the engine does not answer.
    pub(crate) fn take(reader: &mut dyn Reader, subject: SubjectId, ledger: u64) -> Result<Self, Fault> {
        let of = [Value::from(subject)];
        let tables = OF_SUBJECT.iter().map(|table| {
            Ok(Rows {
                table: table.number,
                rows: reader.query(table.rows_of, &of)?,
            })
        });
        let tables: Vec<Rows> = tables.collect::<Result<_, Fault>>()?;
        Ok(Self {
            subject,
            ledger,
            tables: tables.into_iter().filter(|rows| !rows.rows.is_empty()).collect(),
        })
    }

    /// Whether nothing of the subject was left, not even that there had been one.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.tables.is_empty()
    }

    /// The version of the subject in it; `None` for one that is gone.
    #[must_use]
    pub fn version(&self) -> Option<u64> {
        match self.column(1, 3).next()? {
            Value::Integer(version) => u64::try_from(*version).ok(),
            _ => None,
        }
    }

    /// The hashes of the consent texts that it leads to.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &[u8]> {
        self.column(4, 8).filter_map(|value| match value {
            Value::Blob(hash) => Some(hash.as_slice()),
            _ => None,
        })
    }

    /// The changes that put the subject of a restored database into this state: every row of the subject goes, and the
    /// rows of the image come.
    #[must_use]
    pub fn statements(&self) -> Vec<Statement> {
        let of = || [Value::from(self.subject)];
        let ways_in = WAYS_IN.iter().map(|sql| statement(sql, of()));
        let removed = OF_SUBJECT
            .iter()
            .rev()
            .map(|table| statement(table.remove_of, of()));
        let put = OF_SUBJECT.iter().flat_map(|table| {
            let rows = self.tables.iter().filter(|rows| rows.table == table.number);
            rows.flat_map(|rows| &rows.rows)
                .map(|row| table.put(row).touching(1))
        });
        ways_in.chain(removed).chain(put).collect()
    }

    fn column(&self, table: u8, column: usize) -> impl Iterator<Item = &Value> {
        let rows = self.tables.iter().filter(move |rows| rows.table == table);
        rows.flat_map(|rows| &rows.rows)
            .filter_map(move |row| row.0.get(column))
    }
}

impl SharedRow {
    /// The change that puts it into a restored database, in the place of an older state of the same row.
    ///
    /// # Errors
    /// [`Fault::Store`] when a later version of the program wrote it.
    pub fn statement(&self) -> Result<Statement, Fault> {
        SHARED
            .into_iter()
            .find(|table| table.number == self.table)
            .map(|table| table.put(&self.row))
            .ok_or_else(|| Fault::Store("the second copy holds rows of a table that is not known".into()))
    }

    /// What tells it from the other rows of its table.
    pub(crate) fn key(&self) -> (u8, Vec<u8>) {
        match self.row.0.first() {
            Some(Value::Blob(key)) => (self.table, key.clone()),
            _ => (self.table, Vec::new()),
        }
    }

    /// The receipts about a pseudonym: that of a destruction outlives whom it is about.
    pub(crate) fn receipts(reader: &mut dyn Reader, pseudonym: Pseudonym) -> Result<Vec<Self>, Fault> {
        Self::of(reader, &RECEIPT, Value::from(pseudonym))
    }

    /// The document whose file goes with this row, when it is one of that register.
    pub(crate) fn document(&self) -> Option<&[u8]> {
        match self.row.0.first() {
            Some(Value::Blob(id)) if self.table == LOCAL_ACT.number => Some(id),
            _ => None,
        }
    }

    /// The file of a document, sealed.
    pub(crate) fn local_act_file(reader: &mut dyn Reader, document: &[u8]) -> Result<Vec<Self>, Fault> {
        Self::of(reader, &LOCAL_ACT_FILE, Value::from(document))
    }

    /// The text of a consent.
    pub(crate) fn consent_text(reader: &mut dyn Reader, hash: &[u8]) -> Result<Vec<Self>, Fault> {
        Self::of(reader, &CONSENT_TEXT, Value::from(hash))
    }

    /// What is the house's own and belongs to no person whose data is held: the accounts of staff with the roles that they were given, and the
    /// registers of recipients with their addresses, of breaches, of looks in an emergency and of the operator's documents, without their files.
    pub(crate) fn of_the_house(reader: &mut dyn Reader) -> Result<Vec<Self>, Fault> {
        let mut shared = Vec::new();
        let tables = [
            (&STAFF, ALL_STAFF),
            (&STAFF_GRANT, ALL_GRANTS),
            (&RECIPIENT, ALL_RECIPIENTS),
            (&WEBHOOK, ALL_WEBHOOKS),
            (&BREACH, ALL_BREACHES),
            (&BREACH_STEP, ALL_BREACH_STEPS),
            (&BREACH_ACT, ALL_BREACH_ACTS),
            (&EMERGENCY, ALL_EMERGENCIES),
            (&LOCAL_ACT, ALL_LOCAL_ACTS),
            (&LOCAL_ACT_HIDDEN, ALL_HIDDEN_ACTS),
        ];
        for (table, all) in tables {
            shared.extend(reader.query(all, &[])?.into_iter().map(|row| Self {
                table: table.number,
                row,
            }));
        }
        Ok(shared)
    }

    /// Whether it is the house's own and can be closed; the registers of breaches and of documents are only added to, and stay with what is shared.
    pub(crate) fn is_of_the_house(&self) -> bool {
        [
            STAFF.number,
            STAFF_GRANT.number,
            RECIPIENT.number,
            WEBHOOK.number,
            EMERGENCY.number,
            BREACH_ACT.number,
        ]
        .contains(&self.table)
    }

    fn of(reader: &mut dyn Reader, table: &Table, owner: Value) -> Result<Vec<Self>, Fault> {
        let rows = reader.query(table.rows_of, &[owner])?;
        let shared = rows.into_iter().map(|row| Self {
            table: table.number,
            row,
        });
        Ok(shared.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::classes::TABLES;

    #[test]
    fn images_have_every_column_of_their_tables() {
        for table in OF_SUBJECT.iter().chain(SHARED) {
            let (_, columns) = TABLES.iter().find(|(name, _)| *name == table.name).unwrap();
            let columns: Vec<&str> = columns.iter().map(|(column, _)| *column).collect();
            assert_eq!(columns, table.columns, "{}", table.name);
        }
    }

    #[test]
    fn a_row_from_before_a_table_grew_has_nothing_in_the_new_columns() {
        let rows = Rows {
            table: 10,
            rows: vec![Row(vec![Value::Integer(7); 22])],
        };
        let image = Image {
            subject: SubjectId::from_bytes([1; 16]),
            ledger: 1,
            tables: vec![rows],
        };
        let put = image.statements().pop().unwrap();
        assert!(put.sql.contains("INTO subject_request"));
        assert_eq!(put.args.len(), 24);
        assert_eq!(put.args[21..], [Value::Integer(7), Value::Null, Value::Null]);
        let shared = SharedRow {
            table: 17,
            row: Row(vec![Value::Integer(7); 11]),
        };
        assert_eq!(shared.statement().unwrap().args.len(), 13);
    }

    #[test]
    fn no_two_tables_have_one_number() {
        let tables = OF_SUBJECT.iter().chain(SHARED);
        let mut numbers: Vec<u8> = tables.map(|table| table.number).collect();
        numbers.sort_unstable();
        assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
    }

    #[test]
    fn a_shared_row_is_put_after_the_one_that_it_leads_to() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/database/migrations");
        let files = std::fs::read_dir(folder).unwrap();
        let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
        let all: String = texts.collect();
        let number = |name: &str| {
            SHARED
                .iter()
                .find(|table| table.name == name)
                .map(|table| table.number)
        };
        let mut looked_at = 0;
        for table in all.split("CREATE TABLE ").skip(1) {
            let text = table.split(';').next().unwrap();
            let name = text.split_whitespace().next().unwrap();
            for older in text.split("REFERENCES ").skip(1) {
                let older = older.split_whitespace().next().unwrap();
                // They come back in the order of their numbers.
                if let (Some(newer), Some(older)) = (number(name), number(older)) {
                    looked_at += 1;
                    assert!(older < newer, "{name}");
                }
            }
        }
        assert!(looked_at > 2, "{looked_at}");
    }

    #[test]
    fn every_table_of_a_subject_is_in_the_image_or_ended_by_it() {
        let known: Vec<&str> = OF_SUBJECT.iter().map(|table| table.name).collect();
        for (name, columns) in TABLES {
            let of_subject = columns.iter().any(|(column, _)| *column == "subject_id");
            let ended = WAYS_IN.iter().any(|sql| sql.contains(&format!(" {name} ")));
            // Intents of deaths are what the key store is told at each start; they name keys, and hold nothing. A proposal is in no
            // backup: it is made again.
            let is_left_out = ["key_death", "proposal"].contains(&name);
            assert!(
                !of_subject || ended || known.contains(&name) || is_left_out,
                "{name}"
            );
        }
    }
}
