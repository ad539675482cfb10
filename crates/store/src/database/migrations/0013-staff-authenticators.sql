CREATE TABLE staff_authenticator (
    staff_id BLOB NOT NULL, kind TEXT NOT NULL, sealed BLOB NOT NULL, step INTEGER NOT NULL, added_at INTEGER NOT NULL,
    until_at INTEGER, used_at INTEGER,
    PRIMARY KEY (staff_id, kind)
) CLUSTERED;
ALTER TABLE session ADD COLUMN proved_at INTEGER;
