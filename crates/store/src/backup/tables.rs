//! What a set holds: which tables, which columns, in which order, and how a page of them is asked for.
//!
//! Rows are ordered by columns of numbers and bytes only: text is sorted differently by each engine and each language
//! of a server, and a set must have the same bytes everywhere.

use crate::database::Value;

/// One table of a set.
#[derive(Clone, Copy, Debug)]
pub struct Needed {
    /// Its name.
    pub name: &'static str,
    /// Its columns, in the order of a row.
    pub columns: &'static [&'static str],
    /// Places of the columns by which rows are ordered and pages go on.
    pub order: &'static [usize],
    /// For each of those, whether it holds a number; bytes otherwise.
    pub numbers: &'static [bool],
    /// Asks for the rows behind `$1…`, as many as the last argument says.
    pub(crate) page: &'static str,
    /// Whether the table is small, with text for a key: read whole and sorted here.
    pub(crate) whole: bool,
}

impl Needed {
    /// How many rows are asked for at once: of whole files a few, so that a page stays small.
    pub(crate) fn rows_at_once(&self) -> u32 {
        if self.name == FILES { PAGE_FILES } else { PAGE_ROWS }
    }

    /// Where the first page begins: before everything.
    pub(crate) fn start(&self) -> Vec<Value> {
        let first = |is_number: &bool| {
            if *is_number {
                Value::Integer(-1)
            } else {
                Value::Blob(Vec::new())
            }
        };
        self.numbers.iter().map(first).collect()
    }
}

/// A table that is read page by page in the order of `key`.
macro_rules! paged {
    ($name:literal, $columns:literal = [$($column:literal),+], $key:literal > $args:literal, limit $limit:literal,
     order $order:expr, numbers $numbers:expr) => {
        Needed {
            name: $name,
            columns: &[$($column),+],
            order: &$order,
            numbers: &$numbers,
            page: concat!(
                "SELECT ", $columns, " FROM ", $name, " WHERE (", $key, ") > (", $args, ") ORDER BY ", $key, " LIMIT ",
                $limit
            ),
            whole: false,
        }
    };
}

/// A small table with text for a key.
macro_rules! whole {
    ($name:literal, $columns:literal = [$($column:literal),+] $(, $only:literal)?) => {
        Needed {
            name: $name,
            columns: &[$($column),+],
            order: &[],
            numbers: &[],
            page: concat!("SELECT ", $columns, " FROM ", $name $(, $only)?),
            whole: true,
        }
    };
}

/// Every table of a set, each after those that it leads to.
pub const TABLES_OF_A_SET: [Needed; 39] = [
    paged!(
        "subject",
        "subject_id, category, standing, version, pseudonym, key_generation, created_at, confirmed_at, blocked_at, \
         withdrawn_at, destroyed_at, due_at" = [
            "subject_id", "category", "standing", "version", "pseudonym", "key_generation", "created_at",
            "confirmed_at", "blocked_at", "withdrawn_at", "destroyed_at", "due_at"
        ],
        "subject_id" > "$1", limit "$2", order [0], numbers [false]
    ),
    paged!(
        "record",
        "subject_id, field, version, generation, sealed, source, recorded_at, confirmed_at, until_at, floor, \
         returned_at" = [
            "subject_id", "field", "version", "generation", "sealed", "source", "recorded_at", "confirmed_at",
            "until_at", "floor", "returned_at"
        ],
        "subject_id, field" > "$1, $2", limit "$3", order [0, 1], numbers [false, true]
    ),
    paged!(
        "search_index",
        "subject_id, field, generation, sealed, compared_at" = [
            "subject_id", "field", "generation", "sealed", "compared_at"
        ],
        "subject_id, field" > "$1, $2", limit "$3", order [0, 1], numbers [false, true]
    ),
    paged!(
        "consent",
        "subject_id, consent_id, act, item, purpose, fields, recipient, locale, text_hash, term_until, channel, actor, \
         at" = [
            "subject_id", "consent_id", "act", "item", "purpose", "fields", "recipient", "locale", "text_hash",
            "term_until", "channel", "actor", "at"
        ],
        "subject_id, consent_id, act" > "$1, $2, $3", limit "$4", order [0, 1, 2], numbers [false, false, true]
    ),
    paged!(
        "consent_text",
        "text_hash, item, locale, text, at" = ["text_hash", "item", "locale", "text", "at"],
        "text_hash" > "$1", limit "$2", order [0], numbers [false]
    ),
    paged!(
        "case_file",
        "subject_id, case_id, kind, reference, state, opened_at, closed_at, total_minor, currency, lines, decision, reason, \
         decided_by, taken_by" = [
            "subject_id", "case_id", "kind", "reference", "state", "opened_at", "closed_at", "total_minor", "currency",
            "lines", "decision", "reason", "decided_by", "taken_by"
        ],
        "subject_id, case_id" > "$1, $2", limit "$3", order [0, 1], numbers [false, false]
    ),
    paged!(
        "case_reference",
        "reference, subject_id, case_id" = ["reference", "subject_id", "case_id"],
        "subject_id, case_id" > "$1, $2", limit "$3", order [1, 2], numbers [false, false]
    ),
    paged!(
        "subject_request",
        "subject_id, reference, kind, channel, state, received_at, due_policy, due_law, due_at, \
         warned_at, closed_at, about, identity_at, identity_by, identity_attempts, norm, late_reason, \
         locale, letter_year, letter_number, envelope_on, merged_into, paper_since, paper_act" = [
            "subject_id", "reference", "kind", "channel", "state", "received_at", "due_policy", "due_law", "due_at",
            "warned_at", "closed_at", "about", "identity_at", "identity_by", "identity_attempts", "norm",
            "late_reason", "locale", "letter_year", "letter_number", "envelope_on", "merged_into", "paper_since", "paper_act"
        ],
        "subject_id" > "$1", limit "$2", order [0], numbers [false]
    ),
    paged!(
        "request_step",
        "subject_id, step_number, step, state, at, role" = [
            "subject_id", "step_number", "step", "state", "at", "role"
        ],
        "subject_id, step_number" > "$1, $2", limit "$3", order [0, 1], numbers [false, true]
    ),
    paged!(
        "purpose_use",
        "subject_id, purpose, at" = ["subject_id", "purpose", "at"],
        "subject_id, purpose" > "$1, $2", limit "$3", order [0, 1], numbers [false, true]
    ),
    paged!(
        "hold",
        "subject_id, hold_id, ordered_by, article, document, dated, placed_at, \
         placed_by, lifted_at, lifted_by, lifted_document" = [
            "subject_id", "hold_id", "ordered_by", "article", "document", "dated", "placed_at", "placed_by",
            "lifted_at", "lifted_by", "lifted_document"
        ],
        "subject_id, hold_id" > "$1, $2", limit "$3", order [0, 1], numbers [false, false]
    ),
    paged!(
        "recipient",
        "recipient_id, number, kind, name, country, undertaking, undertaken_on, email, age_key, entered_at, \
         entered_by, closed_at, closed_by" = [
            "recipient_id", "number", "kind", "name", "country", "undertaking", "undertaken_on", "email", "age_key",
            "entered_at", "entered_by", "closed_at", "closed_by"
        ],
        "recipient_id" > "$1", limit "$2", order [0], numbers [false]
    ),
    paged!(
        "disclosure",
        "subject_id, disclosure_id, reference, recipient_id, purpose, fields, consent_id, article, document, dated, \
         form, at, handed_by, recalled_at, recalled_for, told_at, confirmed_at, confirmed_document, webhook_id, \
         delivered_at, failed_at, hook_told_at" = [
            "subject_id", "disclosure_id", "reference", "recipient_id", "purpose", "fields", "consent_id", "article",
            "document", "dated", "form", "at", "handed_by", "recalled_at", "recalled_for", "told_at", "confirmed_at",
            "confirmed_document", "webhook_id", "delivered_at", "failed_at", "hook_told_at"
        ],
        "subject_id, disclosure_id" > "$1, $2", limit "$3", order [0, 1], numbers [false, false]
    ),
    paged!(
        "webhook",
        "webhook_id, recipient_id, address, key_version, entered_at, entered_by, ended_at, ended_by, signs_until" = [
            "webhook_id", "recipient_id", "address", "key_version", "entered_at", "entered_by", "ended_at", "ended_by",
            "signs_until"
        ],
        "webhook_id" > "$1", limit "$2", order [0], numbers [false]
    ),
    paged!(
        "breach_subject",
        "subject_id, breach_id, act_number, marked_at, letter_at, told_at, unreached" = [
            "subject_id", "breach_id", "act_number", "marked_at", "letter_at", "told_at", "unreached"
        ],
        "subject_id, breach_id" > "$1, $2", limit "$3", order [0, 1], numbers [false, false]
    ),
    paged!(
        "publication",
        "subject_id, case_id, about, published_at" = ["subject_id", "case_id", "about", "published_at"],
        "subject_id, case_id" > "$1, $2", limit "$3", order [0, 1], numbers [false, false]
    ),
    paged!(
        "alike",
        "subject_id, other_id, fields, found_at, verdict, reason, decided_by, decided_at" = [
            "subject_id", "other_id", "fields", "found_at", "verdict", "reason", "decided_by", "decided_at"
        ],
        "subject_id, other_id" > "$1, $2", limit "$3", order [0, 1], numbers [false, false]
    ),
    paged!(
        "wish",
        "subject_id, wish, at" = ["subject_id", "wish", "at"],
        "subject_id, wish" > "$1, $2", limit "$3", order [0, 1], numbers [false, true]
    ),
    whole!(
        "retention_run",
        "day, begun_at, ended_at, looked_at, queued, waiting, stopped" = [
            "day",
            "begun_at",
            "ended_at",
            "looked_at",
            "queued",
            "waiting",
            "stopped"
        ]
    ),
    paged!(
        "figure_set",
        "month, made_at, smallest" = ["month", "made_at", "smallest"],
        "month" > "$1", limit "$2", order [0], numbers [true]
    ),
    paged!(
        "figure",
        "month, place, purpose, category, field, words, people" = [
            "month", "place", "purpose", "category", "field", "words", "people"
        ],
        "month, place" > "$1, $2", limit "$3", order [0, 1], numbers [true, true]
    ),
    paged!(
        "breach",
        "breach_id, number, kind, detected_at, due_policy, due_law, due_at, entered_at, entered_by" = [
            "breach_id", "number", "kind", "detected_at", "due_policy", "due_law", "due_at", "entered_at", "entered_by"
        ],
        "breach_id" > "$1", limit "$2", order [0], numbers [false]
    ),
    paged!(
        "breach_step",
        "step_id, breach_id, step_number, step, happened_at, entered_at, entered_by, categories, people, document, \
         told" = [
            "step_id", "breach_id", "step_number", "step", "happened_at", "entered_at", "entered_by", "categories",
            "people", "document", "told"
        ],
        "step_id" > "$1", limit "$2", order [0], numbers [false]
    ),
    paged!(
        "breach_act",
        "act_id, breach_id, act_number, kind, categories, fields, staff_id, from_at, until_at, \
         text_kk, text_ru, text_en, begun_at, begun_by, agreed_by, reached, \
         seen, found, left_out, full_at, ended_at" = [
            "act_id", "breach_id", "act_number", "kind", "categories", "fields", "staff_id", "from_at", "until_at",
            "text_kk", "text_ru", "text_en", "begun_at", "begun_by", "agreed_by", "reached",
            "seen", "found", "left_out", "full_at", "ended_at"
        ],
        "act_id" > "$1", limit "$2", order [0], numbers [false]
    ),
    paged!(
        "local_act",
        "act_id, number, kind, title, document, version, adopted_on, approver, in_force_since, replaces, is_public, \
         file_hash, file_bytes, entered_at, entered_by" = [
            "act_id", "number", "kind", "title", "document", "version", "adopted_on", "approver", "in_force_since",
            "replaces", "is_public", "file_hash", "file_bytes", "entered_at", "entered_by"
        ],
        "act_id" > "$1", limit "$2", order [0], numbers [false]
    ),
    paged!(
        "local_act_file",
        "act_id, sealed" = ["act_id", "sealed"],
        "act_id" > "$1", limit "$2", order [0], numbers [false]
    ),
    paged!(
        "local_act_hidden",
        "act_id, hidden_at, hidden_by" = ["act_id", "hidden_at", "hidden_by"],
        "act_id" > "$1", limit "$2", order [0], numbers [false]
    ),
    paged!(
        "staff",
        "staff_id, name, role, password_hash, familiar_version, created_at, disabled_at, failures, locked_until" = [
            "staff_id", "name", "role", "password_hash", "familiar_version", "created_at", "disabled_at", "failures",
            "locked_until"
        ],
        "staff_id" > "$1", limit "$2", order [0], numbers [false]
    ),
    paged!(
        "staff_grant",
        "grant_id, staff_id, role, given_by, from_at, until_at, ended_by" = [
            "grant_id", "staff_id", "role", "given_by", "from_at", "until_at", "ended_by"
        ],
        "grant_id" > "$1", limit "$2", order [0], numbers [false]
    ),
    paged!(
        "emergency",
        "emergency_id, reference, reason, asked_by, agreed_by, opened_at, until_at, looks, reviewed_at, reviewed_by, \
         verdict" = [
            "emergency_id", "reference", "reason", "asked_by", "agreed_by", "opened_at", "until_at", "looks",
            "reviewed_at", "reviewed_by", "verdict"
        ],
        "emergency_id" > "$1", limit "$2", order [0], numbers [false]
    ),
    paged!(
        "job",
        "subject_id, job_id, kind, detail, run_at, lease_until, attempts, done_at" = [
            "subject_id", "job_id", "kind", "detail", "run_at", "lease_until", "attempts", "done_at"
        ],
        "subject_id, job_id" > "$1, $2", limit "$3", order [0, 1], numbers [false, false]
    ),
    paged!(
        "receipt",
        "receipt_id, kind, subject_pseudonym, body, at" = ["receipt_id", "kind", "subject_pseudonym", "body", "at"],
        "receipt_id" > "$1", limit "$2", order [0], numbers [false]
    ),
    whole!("refusal_count", "clause, count" = ["clause", "count"]),
    paged!(
        "key_death",
        "subject_id, generation" = ["subject_id", "generation"],
        "subject_id, generation" > "$1, $2", limit "$3", order [0, 1], numbers [false, true]
    ),
    paged!(
        "ledger_block",
        "first_index, count, bytes" = ["first_index", "count", "bytes"],
        "first_index" > "$1", limit "$2", order [0], numbers [true]
    ),
    paged!(
        "ledger_tile",
        "level, tile_index, bytes" = ["level", "tile_index", "bytes"],
        "level, tile_index" > "$1, $2", limit "$3", order [0, 1], numbers [true, true]
    ),
    paged!(
        "ledger_checkpoint",
        "size, at, note" = ["size", "at", "note"],
        "size" > "$1", limit "$2", order [0], numbers [true]
    ),
    paged!(
        "ledger_posting",
        "run, last, bytes" = ["run", "last", "bytes"],
        "run, last" > "$1, $2", limit "$3", order [0, 1], numbers [true, false]
    ),
    whole!(
        "meta",
        "name, value" = ["name", "value"],
        " WHERE name NOT LIKE 'migration-%' AND name <> 'ledger-head'"
    ),
];

/// Tables that no set holds; why is in decision 0018.
pub const NOT_IN_A_SET: [&str; 9] = [
    "authenticator",
    "code",
    "session",
    "staff_authenticator",
    "staff_invitation",
    "staff_shortcuts",
    "staff_view",
    "idempotency",
    "proposal",
];

/// Rows that are asked for at once: a page of values with their seals stays below a few MiB.
const PAGE_ROWS: u32 = 1000;
/// The table whose rows are whole files.
const FILES: &str = "local_act_file";
/// Files that are asked for at once.
const PAGE_FILES: u32 = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::classes::{Class, TABLES};

    #[test]
    fn every_column_of_the_database_is_in_a_set_or_left_out_with_a_reason() {
        for (name, columns) in TABLES {
            assert!(
                columns.iter().all(|(_, class)| *class != Class::Key),
                "a set would hold a key: {name}"
            );
            let needed = TABLES_OF_A_SET.iter().find(|needed| needed.name == name);
            assert_eq!(needed.is_none(), NOT_IN_A_SET.contains(&name), "{name}");
            let Some(needed) = needed else { continue };
            let declared: Vec<&str> = columns.iter().map(|(column, _)| *column).collect();
            assert_eq!(needed.columns, declared, "{name}");
            assert_eq!(needed.order.len(), needed.numbers.len(), "{name}");
            let listed = format!("SELECT {} FROM", needed.columns.join(", "));
            assert!(needed.page.starts_with(&listed), "{name}: {}", needed.page);
        }
        assert_eq!(TABLES.len(), TABLES_OF_A_SET.len() + NOT_IN_A_SET.len());
    }
}
