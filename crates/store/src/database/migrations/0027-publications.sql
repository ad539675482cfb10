CREATE TABLE publication (
    subject_id BLOB NOT NULL, case_id BLOB NOT NULL, about TEXT NOT NULL, published_at INTEGER NOT NULL,
    PRIMARY KEY (subject_id, case_id)
) CLUSTERED;
CREATE INDEX publication_about ON publication (about, published_at);
