ALTER TABLE record ADD COLUMN returned_at INTEGER;
CREATE INDEX record_returned ON record (returned_at) WHERE returned_at IS NOT NULL;
