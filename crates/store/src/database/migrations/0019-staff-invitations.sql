CREATE TABLE staff_invitation (
    token_hash BLOB NOT NULL, name TEXT NOT NULL, role INTEGER NOT NULL, invited_by BLOB NOT NULL,
    added_at INTEGER NOT NULL, until_at INTEGER NOT NULL,
    PRIMARY KEY (token_hash)
) CLUSTERED;
