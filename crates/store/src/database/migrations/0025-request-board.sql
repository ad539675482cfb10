CREATE INDEX subject_request_closed ON subject_request (closed_at, subject_id) WHERE closed_at IS NOT NULL;
