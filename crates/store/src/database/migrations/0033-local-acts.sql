CREATE TABLE local_act (
    act_id BLOB NOT NULL PRIMARY KEY, number INTEGER NOT NULL, kind INTEGER NOT NULL, title TEXT NOT NULL,
    document TEXT NOT NULL, version TEXT NOT NULL, adopted_on TEXT NOT NULL, approver TEXT NOT NULL,
    in_force_since TEXT NOT NULL, replaces INTEGER, is_public INTEGER NOT NULL,
    file_hash BLOB NOT NULL, file_bytes INTEGER NOT NULL, entered_at INTEGER NOT NULL, entered_by BLOB NOT NULL
) CLUSTERED;
CREATE UNIQUE INDEX local_act_number ON local_act (number);
CREATE UNIQUE INDEX local_act_replaces ON local_act (replaces);

CREATE TABLE local_act_file (
    act_id BLOB NOT NULL PRIMARY KEY REFERENCES local_act (act_id), sealed BLOB NOT NULL
) CLUSTERED;
