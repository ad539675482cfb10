ALTER TABLE case_file ADD COLUMN taken_by BLOB;
CREATE INDEX case_file_taken ON case_file (taken_by, opened_at, case_id) WHERE taken_by IS NOT NULL AND closed_at IS NULL;
CREATE INDEX case_file_closed ON case_file (kind, opened_at, case_id) WHERE closed_at IS NOT NULL;
