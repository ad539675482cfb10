CREATE TABLE breach_act (
    act_id BLOB NOT NULL PRIMARY KEY, breach_id BLOB NOT NULL, act_number INTEGER NOT NULL, kind INTEGER NOT NULL,
    categories TEXT NOT NULL, fields BLOB NOT NULL, staff_id BLOB, from_at INTEGER, until_at INTEGER, text_kk TEXT,
    text_ru TEXT, text_en TEXT, begun_at INTEGER NOT NULL, begun_by BLOB NOT NULL, agreed_by BLOB, reached BLOB NOT NULL,
    seen INTEGER NOT NULL, found INTEGER NOT NULL, left_out INTEGER NOT NULL, full_at INTEGER, ended_at INTEGER
) CLUSTERED;
CREATE UNIQUE INDEX breach_act_number ON breach_act (breach_id, act_number);
CREATE INDEX breach_act_open ON breach_act (begun_at, act_id) WHERE ended_at IS NULL;

CREATE TABLE breach_subject (
    subject_id BLOB NOT NULL, breach_id BLOB NOT NULL, act_number INTEGER NOT NULL, marked_at INTEGER NOT NULL,
    letter_at INTEGER, told_at INTEGER, unreached INTEGER,
    PRIMARY KEY (subject_id, breach_id)
) CLUSTERED;
CREATE INDEX breach_subject_breach ON breach_subject (breach_id, subject_id);

ALTER TABLE subject_request ADD COLUMN paper_since INTEGER;
ALTER TABLE subject_request ADD COLUMN paper_act INTEGER;
UPDATE subject_request SET paper_since = (SELECT subject.destroyed_at FROM subject
    WHERE subject.subject_id = subject_request.subject_id) WHERE letter_number IS NOT NULL;
CREATE INDEX subject_request_paper ON subject_request (paper_since, subject_id)
    WHERE paper_since IS NOT NULL AND paper_act IS NULL;

CREATE INDEX receipt_newest ON receipt (kind, at, receipt_id);
