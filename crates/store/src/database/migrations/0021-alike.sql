CREATE TABLE alike (
    subject_id BLOB NOT NULL, other_id BLOB NOT NULL, fields BLOB NOT NULL, found_at INTEGER NOT NULL, verdict TEXT, reason TEXT,
    decided_by BLOB, decided_at INTEGER,
    PRIMARY KEY (subject_id, other_id)
) CLUSTERED;
CREATE INDEX alike_other ON alike (other_id);
CREATE INDEX alike_open ON alike (found_at) WHERE verdict IS NULL;
CREATE INDEX alike_joined ON alike (decided_at) WHERE verdict = 'one-person';
ALTER TABLE search_index ADD COLUMN compared_at INTEGER;
CREATE INDEX search_index_uncompared ON search_index (subject_id) WHERE compared_at IS NULL;
