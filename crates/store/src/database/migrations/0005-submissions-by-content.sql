ALTER TABLE idempotency ADD COLUMN content BLOB;
