CREATE TABLE subject_request (
    subject_id BLOB NOT NULL REFERENCES subject (subject_id), reference TEXT NOT NULL, kind INTEGER NOT NULL,
    channel INTEGER NOT NULL, state INTEGER NOT NULL, received_at INTEGER NOT NULL, due_policy INTEGER NOT NULL,
    due_law INTEGER NOT NULL, due_at INTEGER NOT NULL, warned_at INTEGER, closed_at INTEGER, about BLOB,
    identity_at INTEGER, identity_by TEXT, identity_attempts INTEGER NOT NULL, norm TEXT, late_reason TEXT,
    locale TEXT NOT NULL, letter_year INTEGER, letter_number INTEGER, envelope_on TEXT, merged_into TEXT,
    PRIMARY KEY (subject_id)
) CLUSTERED;
CREATE UNIQUE INDEX subject_request_reference ON subject_request (reference);
CREATE UNIQUE INDEX subject_request_letter ON subject_request (letter_year, letter_number);
CREATE INDEX subject_request_open ON subject_request (due_at, subject_id) WHERE closed_at IS NULL;
CREATE INDEX subject_request_about ON subject_request (about) WHERE about IS NOT NULL;

CREATE TABLE request_step (
    subject_id BLOB NOT NULL REFERENCES subject (subject_id), step_number INTEGER NOT NULL, step INTEGER NOT NULL,
    state INTEGER NOT NULL, at INTEGER NOT NULL, role INTEGER NOT NULL,
    PRIMARY KEY (subject_id, step_number)
) CLUSTERED;
