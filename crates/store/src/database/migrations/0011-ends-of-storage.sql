CREATE TABLE purpose_use (
    subject_id BLOB NOT NULL REFERENCES subject (subject_id), purpose INTEGER NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (subject_id, purpose)
) CLUSTERED;
CREATE INDEX record_until ON record (until_at, subject_id) WHERE until_at IS NOT NULL;

CREATE TABLE retention_run (
    day TEXT NOT NULL, begun_at INTEGER NOT NULL, ended_at INTEGER, looked_at INTEGER NOT NULL, queued INTEGER NOT NULL,
    waiting INTEGER NOT NULL, stopped TEXT,
    PRIMARY KEY (day)
) CLUSTERED;
