CREATE TABLE emergency (
    emergency_id BLOB NOT NULL, reference TEXT, reason TEXT NOT NULL, asked_by BLOB NOT NULL, agreed_by BLOB NOT NULL,
    opened_at INTEGER NOT NULL, until_at INTEGER NOT NULL, looks INTEGER NOT NULL, reviewed_at INTEGER, reviewed_by BLOB,
    verdict TEXT,
    PRIMARY KEY (emergency_id)
) CLUSTERED;
CREATE INDEX emergency_unreviewed ON emergency (opened_at, emergency_id) WHERE reviewed_at IS NULL;
CREATE INDEX emergency_of_staff ON emergency (asked_by, until_at);
CREATE INDEX emergency_of_case ON emergency (reference) WHERE reference IS NOT NULL;
