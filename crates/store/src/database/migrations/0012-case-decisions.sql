ALTER TABLE case_file ADD COLUMN decision TEXT;
ALTER TABLE case_file ADD COLUMN reason TEXT;
ALTER TABLE case_file ADD COLUMN decided_by BLOB;
