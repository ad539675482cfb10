CREATE TABLE authenticator (
    subject_id BLOB NOT NULL REFERENCES subject (subject_id), authenticator_id BLOB NOT NULL, kind TEXT NOT NULL,
    sealed BLOB NOT NULL, step INTEGER NOT NULL, failures INTEGER NOT NULL, paused_until INTEGER,
    added_at INTEGER NOT NULL, used_at INTEGER,
    PRIMARY KEY (subject_id, authenticator_id)
) CLUSTERED;
