CREATE TABLE breach (
    breach_id BLOB NOT NULL PRIMARY KEY, number INTEGER NOT NULL, kind INTEGER NOT NULL, detected_at INTEGER NOT NULL,
    due_policy INTEGER NOT NULL, due_law INTEGER NOT NULL, due_at INTEGER NOT NULL, entered_at INTEGER NOT NULL,
    entered_by BLOB NOT NULL
) CLUSTERED;
CREATE UNIQUE INDEX breach_number ON breach (number);

CREATE TABLE breach_step (
    step_id BLOB NOT NULL PRIMARY KEY, breach_id BLOB NOT NULL REFERENCES breach (breach_id),
    step_number INTEGER NOT NULL, step INTEGER NOT NULL, happened_at INTEGER NOT NULL, entered_at INTEGER NOT NULL,
    entered_by BLOB NOT NULL, categories TEXT NOT NULL, people INTEGER, document TEXT, told TEXT
) CLUSTERED;
CREATE UNIQUE INDEX breach_step_number ON breach_step (breach_id, step_number);
