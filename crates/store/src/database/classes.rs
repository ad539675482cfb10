//! Every column has a declared class, or the build fails: a test compares this list with the live tables of both
//! engines, both ways.
//!
//! A column without a class is a column that nobody has thought about. Values of fields may only ever be in a column of
//! class [`Class::Sealed`].

/// What a column may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Could be printed in a newspaper.
    Public,
    /// About a person, who cannot be told from it alone.
    Pseudonymous,
    /// Sealed by the vault; nothing without the key.
    Sealed,
    /// A key, wrapped. No table of the database has any: keys live apart.
    Key,
    /// Proves who somebody is; only hashes of such things are kept, and even they are shown to nobody.
    Secret,
}

use Class::{Pseudonymous, Public, Sealed, Secret};

/// Every table with every column and its class.
pub const TABLES: [(&str, &[(&str, Class)]); 31] = [
    (
        "subject",
        &[
            ("subject_id", Pseudonymous),
            ("category", Pseudonymous),
            ("standing", Pseudonymous),
            ("version", Pseudonymous),
            ("pseudonym", Pseudonymous),
            ("key_generation", Pseudonymous),
            ("created_at", Pseudonymous),
            ("confirmed_at", Pseudonymous),
            ("blocked_at", Pseudonymous),
            ("withdrawn_at", Pseudonymous),
            ("destroyed_at", Pseudonymous),
            ("due_at", Pseudonymous),
        ],
    ),
    (
        "record",
        &[
            ("subject_id", Pseudonymous),
            ("field", Pseudonymous),
            ("version", Pseudonymous),
            ("generation", Pseudonymous),
            ("sealed", Sealed),
            ("source", Pseudonymous),
            ("recorded_at", Pseudonymous),
            ("confirmed_at", Pseudonymous),
            ("until_at", Pseudonymous),
            ("floor", Pseudonymous),
        ],
    ),
    (
        "search_index",
        &[
            ("subject_id", Pseudonymous),
            ("field", Pseudonymous),
            ("generation", Pseudonymous),
            ("sealed", Sealed),
        ],
    ),
    (
        "consent",
        &[
            ("subject_id", Pseudonymous),
            ("consent_id", Pseudonymous),
            ("act", Pseudonymous),
            ("item", Pseudonymous),
            ("purpose", Pseudonymous),
            ("fields", Pseudonymous),
            ("recipient", Pseudonymous),
            ("locale", Pseudonymous),
            ("text_hash", Pseudonymous),
            ("term_until", Pseudonymous),
            ("channel", Pseudonymous),
            ("actor", Pseudonymous),
            ("at", Pseudonymous),
        ],
    ),
    (
        "consent_text",
        &[
            ("text_hash", Public),
            ("item", Public),
            ("locale", Public),
            ("text", Public),
            ("at", Public),
        ],
    ),
    (
        "case_file",
        &[
            ("subject_id", Pseudonymous),
            ("case_id", Pseudonymous),
            ("kind", Pseudonymous),
            ("reference", Pseudonymous),
            ("state", Pseudonymous),
            ("opened_at", Pseudonymous),
            ("closed_at", Pseudonymous),
            ("total_minor", Pseudonymous),
            ("currency", Pseudonymous),
            ("lines", Pseudonymous),
            ("decision", Pseudonymous),
            ("reason", Pseudonymous),
            ("decided_by", Pseudonymous),
        ],
    ),
    (
        "case_reference",
        &[
            ("reference", Pseudonymous),
            ("subject_id", Pseudonymous),
            ("case_id", Pseudonymous),
        ],
    ),
    (
        "subject_request",
        &[
            ("subject_id", Pseudonymous),
            ("reference", Pseudonymous),
            ("kind", Pseudonymous),
            ("channel", Pseudonymous),
            ("state", Pseudonymous),
            ("received_at", Pseudonymous),
            ("due_policy", Pseudonymous),
            ("due_law", Pseudonymous),
            ("due_at", Pseudonymous),
            ("warned_at", Pseudonymous),
            ("closed_at", Pseudonymous),
            ("about", Pseudonymous),
            ("identity_at", Pseudonymous),
            ("identity_by", Pseudonymous),
            ("identity_attempts", Pseudonymous),
            ("norm", Pseudonymous),
            ("late_reason", Pseudonymous),
            ("locale", Pseudonymous),
            ("letter_year", Pseudonymous),
            ("letter_number", Pseudonymous),
            ("envelope_on", Pseudonymous),
            ("merged_into", Pseudonymous),
        ],
    ),
    (
        "request_step",
        &[
            ("subject_id", Pseudonymous),
            ("step_number", Pseudonymous),
            ("step", Pseudonymous),
            ("state", Pseudonymous),
            ("at", Pseudonymous),
            ("role", Pseudonymous),
        ],
    ),
    (
        "code",
        &[
            ("subject_id", Pseudonymous),
            ("code_id", Pseudonymous),
            ("serves", Pseudonymous),
            ("hash", Secret),
            ("attempts", Pseudonymous),
            ("expires_at", Pseudonymous),
            ("used_at", Pseudonymous),
            ("at", Pseudonymous),
        ],
    ),
    (
        "authenticator",
        &[
            ("subject_id", Pseudonymous),
            ("authenticator_id", Pseudonymous),
            ("kind", Pseudonymous),
            ("sealed", Sealed),
            ("step", Pseudonymous),
            ("failures", Pseudonymous),
            ("paused_until", Pseudonymous),
            ("added_at", Pseudonymous),
            ("used_at", Pseudonymous),
        ],
    ),
    (
        "session",
        &[
            ("session_hash", Secret),
            ("kind", Pseudonymous),
            ("subject_id", Pseudonymous),
            ("staff_id", Pseudonymous),
            ("csrf_hash", Secret),
            ("created_at", Pseudonymous),
            ("seen_at", Pseudonymous),
            ("ends_at", Pseudonymous),
        ],
    ),
    (
        "staff",
        &[
            ("staff_id", Pseudonymous),
            ("name", Pseudonymous),
            ("role", Pseudonymous),
            ("password_hash", Secret),
            ("familiar_version", Pseudonymous),
            ("created_at", Pseudonymous),
            ("disabled_at", Pseudonymous),
            ("failures", Pseudonymous),
            ("locked_until", Pseudonymous),
        ],
    ),
    (
        "purpose_use",
        &[
            ("subject_id", Pseudonymous),
            ("purpose", Pseudonymous),
            ("at", Pseudonymous),
        ],
    ),
    (
        "hold",
        &[
            ("subject_id", Pseudonymous),
            ("hold_id", Pseudonymous),
            ("ordered_by", Pseudonymous),
            ("article", Pseudonymous),
            ("document", Pseudonymous),
            ("dated", Pseudonymous),
            ("placed_at", Pseudonymous),
            ("placed_by", Pseudonymous),
            ("lifted_at", Pseudonymous),
            ("lifted_by", Pseudonymous),
            ("lifted_document", Pseudonymous),
        ],
    ),
    (
        "recipient",
        &[
            ("recipient_id", Pseudonymous),
            ("number", Pseudonymous),
            ("kind", Pseudonymous),
            ("name", Pseudonymous),
            ("country", Pseudonymous),
            ("undertaking", Pseudonymous),
            ("undertaken_on", Pseudonymous),
            ("email", Pseudonymous),
            ("age_key", Pseudonymous),
            ("entered_at", Pseudonymous),
            ("entered_by", Pseudonymous),
            ("closed_at", Pseudonymous),
            ("closed_by", Pseudonymous),
        ],
    ),
    (
        "disclosure",
        &[
            ("subject_id", Pseudonymous),
            ("disclosure_id", Pseudonymous),
            ("reference", Pseudonymous),
            ("recipient_id", Pseudonymous),
            ("purpose", Pseudonymous),
            ("fields", Pseudonymous),
            ("consent_id", Pseudonymous),
            ("article", Pseudonymous),
            ("document", Pseudonymous),
            ("dated", Pseudonymous),
            ("form", Pseudonymous),
            ("at", Pseudonymous),
            ("handed_by", Pseudonymous),
            ("recalled_at", Pseudonymous),
            ("recalled_for", Pseudonymous),
            ("told_at", Pseudonymous),
            ("confirmed_at", Pseudonymous),
            ("confirmed_document", Pseudonymous),
        ],
    ),
    (
        "wish",
        &[
            ("subject_id", Pseudonymous),
            ("wish", Pseudonymous),
            ("at", Pseudonymous),
        ],
    ),
    (
        "retention_run",
        &[
            ("day", Public),
            ("begun_at", Public),
            ("ended_at", Public),
            ("looked_at", Public),
            ("queued", Public),
            ("waiting", Public),
            ("stopped", Public),
        ],
    ),
    (
        "breach",
        &[
            ("breach_id", Public),
            ("number", Public),
            ("kind", Public),
            ("detected_at", Public),
            ("due_policy", Public),
            ("due_law", Public),
            ("due_at", Public),
            ("entered_at", Public),
            ("entered_by", Pseudonymous),
        ],
    ),
    (
        "breach_step",
        &[
            ("step_id", Public),
            ("breach_id", Public),
            ("step_number", Public),
            ("step", Public),
            ("happened_at", Public),
            ("entered_at", Public),
            ("entered_by", Pseudonymous),
            ("categories", Public),
            ("people", Public),
            ("document", Public),
            ("told", Public),
        ],
    ),
    (
        "job",
        &[
            ("subject_id", Pseudonymous),
            ("job_id", Pseudonymous),
            ("kind", Pseudonymous),
            ("detail", Pseudonymous),
            ("run_at", Pseudonymous),
            ("lease_until", Pseudonymous),
            ("attempts", Pseudonymous),
            ("done_at", Pseudonymous),
        ],
    ),
    (
        "receipt",
        &[
            ("receipt_id", Pseudonymous),
            ("kind", Pseudonymous),
            ("subject_pseudonym", Pseudonymous),
            ("body", Pseudonymous),
            ("at", Pseudonymous),
        ],
    ),
    (
        "idempotency",
        &[
            ("key", Pseudonymous),
            ("answer", Pseudonymous),
            ("at", Pseudonymous),
            ("content", Pseudonymous),
        ],
    ),
    ("refusal_count", &[("clause", Public), ("count", Public)]),
    (
        "key_death",
        &[("subject_id", Pseudonymous), ("generation", Pseudonymous)],
    ),
    (
        "ledger_block",
        &[
            ("first_index", Public),
            ("count", Public),
            ("bytes", Pseudonymous),
        ],
    ),
    (
        "ledger_tile",
        &[("level", Public), ("tile_index", Public), ("bytes", Public)],
    ),
    (
        "ledger_checkpoint",
        &[("size", Public), ("at", Public), ("note", Public)],
    ),
    (
        "ledger_posting",
        &[("run", Public), ("last", Pseudonymous), ("bytes", Pseudonymous)],
    ),
    ("meta", &[("name", Public), ("value", Public)]),
];

/// Tables in which a subject is found by something else, so that it does not come first in their key.
pub const LOOKUPS: [&str; 2] = ["case_reference", "session"];
