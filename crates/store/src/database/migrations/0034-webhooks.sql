CREATE TABLE webhook (
    webhook_id BLOB NOT NULL PRIMARY KEY, recipient_id BLOB NOT NULL, address TEXT NOT NULL, key_version INTEGER NOT NULL,
    entered_at INTEGER NOT NULL, entered_by BLOB NOT NULL, ended_at INTEGER, ended_by BLOB, signs_until INTEGER
) CLUSTERED;
CREATE INDEX webhook_of_recipient ON webhook (recipient_id);
ALTER TABLE disclosure ADD COLUMN webhook_id BLOB;
ALTER TABLE disclosure ADD COLUMN delivered_at INTEGER;
ALTER TABLE disclosure ADD COLUMN failed_at INTEGER;
ALTER TABLE disclosure ADD COLUMN hook_told_at INTEGER;
