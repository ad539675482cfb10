CREATE TABLE subject (
    subject_id BLOB NOT NULL, category INTEGER NOT NULL, standing INTEGER NOT NULL, version INTEGER NOT NULL,
    pseudonym BLOB, key_generation INTEGER NOT NULL, created_at INTEGER NOT NULL, confirmed_at INTEGER,
    blocked_at INTEGER, withdrawn_at INTEGER, destroyed_at INTEGER, due_at INTEGER,
    PRIMARY KEY (subject_id)
) CLUSTERED;
CREATE UNIQUE INDEX subject_pseudonym ON subject (pseudonym);
CREATE INDEX subject_due ON subject (due_at, subject_id) WHERE destroyed_at IS NULL;

CREATE TABLE record (
    subject_id BLOB NOT NULL REFERENCES subject (subject_id), field INTEGER NOT NULL, version INTEGER NOT NULL,
    generation INTEGER NOT NULL, sealed BLOB NOT NULL, source TEXT NOT NULL, recorded_at INTEGER NOT NULL,
    confirmed_at INTEGER, until_at INTEGER, floor TEXT,
    PRIMARY KEY (subject_id, field)
) CLUSTERED;

CREATE TABLE search_index (
    subject_id BLOB NOT NULL REFERENCES subject (subject_id), field INTEGER NOT NULL, token BLOB NOT NULL,
    PRIMARY KEY (subject_id, field)
) CLUSTERED;
CREATE INDEX search_index_token ON search_index (token, field);

CREATE TABLE consent (
    subject_id BLOB NOT NULL REFERENCES subject (subject_id), consent_id BLOB NOT NULL, act INTEGER NOT NULL,
    item TEXT NOT NULL, purpose INTEGER NOT NULL, fields BLOB NOT NULL, recipient TEXT, locale TEXT NOT NULL,
    text_hash BLOB NOT NULL, term_until INTEGER, channel TEXT NOT NULL, actor BLOB NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (subject_id, consent_id, act)
) CLUSTERED;

CREATE TABLE consent_text (
    text_hash BLOB NOT NULL, item TEXT NOT NULL, locale TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (text_hash)
) PLAIN;

CREATE TABLE case_file (
    subject_id BLOB NOT NULL REFERENCES subject (subject_id), case_id BLOB NOT NULL, kind TEXT NOT NULL,
    reference TEXT NOT NULL, state TEXT NOT NULL, opened_at INTEGER NOT NULL, closed_at INTEGER, total_minor INTEGER,
    currency TEXT, lines TEXT,
    PRIMARY KEY (subject_id, case_id)
) CLUSTERED;
CREATE INDEX case_file_open ON case_file (kind, opened_at, case_id) WHERE closed_at IS NULL;

CREATE TABLE case_reference (
    reference TEXT NOT NULL, subject_id BLOB NOT NULL, case_id BLOB NOT NULL,
    PRIMARY KEY (reference)
) CLUSTERED;
CREATE INDEX case_reference_subject ON case_reference (subject_id);

CREATE TABLE code (
    subject_id BLOB NOT NULL REFERENCES subject (subject_id), code_id BLOB NOT NULL, serves TEXT NOT NULL,
    hash BLOB NOT NULL, attempts INTEGER NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER, at INTEGER NOT NULL,
    PRIMARY KEY (subject_id, code_id)
) CLUSTERED;
CREATE INDEX code_expires ON code (expires_at);
CREATE INDEX code_ticket ON code (code_id);

CREATE TABLE session (
    session_hash BLOB NOT NULL, kind TEXT NOT NULL, subject_id BLOB, staff_id BLOB, csrf_hash BLOB NOT NULL,
    created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
    PRIMARY KEY (session_hash)
) CLUSTERED;
CREATE INDEX session_subject ON session (subject_id) WHERE subject_id IS NOT NULL;
CREATE INDEX session_staff ON session (staff_id) WHERE staff_id IS NOT NULL;

CREATE TABLE staff (
    staff_id BLOB NOT NULL, name TEXT NOT NULL, role INTEGER NOT NULL, password_hash TEXT NOT NULL,
    familiar_version BLOB, created_at INTEGER NOT NULL, disabled_at INTEGER, failures INTEGER NOT NULL,
    locked_until INTEGER,
    PRIMARY KEY (staff_id)
) CLUSTERED;
CREATE UNIQUE INDEX staff_name ON staff (name);

CREATE TABLE job (
    subject_id BLOB NOT NULL, job_id BLOB NOT NULL, kind TEXT NOT NULL, detail BLOB NOT NULL, run_at INTEGER NOT NULL,
    lease_until INTEGER, attempts INTEGER NOT NULL, done_at INTEGER,
    PRIMARY KEY (subject_id, job_id)
) CLUSTERED;
CREATE INDEX job_due ON job (run_at, job_id) WHERE done_at IS NULL;

CREATE TABLE receipt (
    receipt_id BLOB NOT NULL, kind TEXT NOT NULL, subject_pseudonym BLOB NOT NULL, body BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (receipt_id)
) PLAIN;
CREATE INDEX receipt_pseudonym ON receipt (subject_pseudonym);

CREATE TABLE idempotency (
    key BLOB NOT NULL, answer BLOB NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (key)
) CLUSTERED;
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE refusal_count (
    clause TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (clause)
) CLUSTERED;

CREATE TABLE key_death (
    subject_id BLOB NOT NULL, generation INTEGER NOT NULL,
    PRIMARY KEY (subject_id, generation)
) CLUSTERED;

CREATE TABLE ledger_block (
    first_index INTEGER NOT NULL, count INTEGER NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (first_index)
) PLAIN;

CREATE TABLE ledger_tile (
    level INTEGER NOT NULL, tile_index INTEGER NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (level, tile_index)
) PLAIN;

CREATE TABLE ledger_checkpoint (
    size INTEGER NOT NULL, at INTEGER NOT NULL, note TEXT NOT NULL,
    PRIMARY KEY (size)
) PLAIN;

CREATE TABLE ledger_posting (
    pseudonym BLOB NOT NULL, entry_index INTEGER NOT NULL,
    PRIMARY KEY (pseudonym, entry_index)
) CLUSTERED;
