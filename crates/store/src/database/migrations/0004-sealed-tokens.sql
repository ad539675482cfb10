DROP TABLE search_index;
CREATE TABLE search_index (
    subject_id BLOB NOT NULL REFERENCES subject (subject_id), field INTEGER NOT NULL, generation INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (subject_id, field)
) CLUSTERED;
