CREATE TABLE recipient (
    recipient_id BLOB NOT NULL PRIMARY KEY, number INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, country TEXT NOT NULL,
    undertaking TEXT, undertaken_on TEXT, email TEXT, age_key TEXT, entered_at INTEGER NOT NULL, entered_by BLOB NOT NULL,
    closed_at INTEGER, closed_by BLOB
) CLUSTERED;
CREATE UNIQUE INDEX recipient_number ON recipient (number);
CREATE TABLE disclosure (
    subject_id BLOB NOT NULL REFERENCES subject (subject_id), disclosure_id BLOB NOT NULL, reference TEXT NOT NULL,
    recipient_id BLOB NOT NULL, purpose INTEGER NOT NULL, fields BLOB NOT NULL, consent_id BLOB, article TEXT,
    document TEXT, dated TEXT, form TEXT NOT NULL, at INTEGER NOT NULL, handed_by BLOB NOT NULL, recalled_at INTEGER,
    recalled_for TEXT, told_at INTEGER, confirmed_at INTEGER, confirmed_document TEXT,
    PRIMARY KEY (subject_id, disclosure_id)
) CLUSTERED;
CREATE INDEX disclosure_by_time ON disclosure (at);
CREATE INDEX disclosure_recalled ON disclosure (recalled_at) WHERE recalled_at IS NOT NULL;
CREATE TABLE wish (
    subject_id BLOB NOT NULL REFERENCES subject (subject_id), wish INTEGER NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (subject_id, wish)
) CLUSTERED;
