CREATE TABLE hold (
    subject_id BLOB NOT NULL REFERENCES subject (subject_id), hold_id BLOB NOT NULL, ordered_by TEXT NOT NULL,
    article TEXT NOT NULL, document TEXT NOT NULL, dated TEXT NOT NULL, placed_at INTEGER NOT NULL,
    placed_by BLOB NOT NULL, lifted_at INTEGER, lifted_by BLOB, lifted_document TEXT,
    PRIMARY KEY (subject_id, hold_id)
) CLUSTERED;
