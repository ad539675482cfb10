CREATE TABLE proposal (
    proposal_id BLOB NOT NULL, subject_id BLOB, act TEXT NOT NULL, words TEXT NOT NULL, proposed_by BLOB NOT NULL,
    proposed_at INTEGER NOT NULL, until_at INTEGER NOT NULL,
    PRIMARY KEY (proposal_id)
) CLUSTERED;
CREATE INDEX proposal_of_subject ON proposal (subject_id);
