CREATE TABLE local_act_hidden (
    act_id BLOB NOT NULL PRIMARY KEY REFERENCES local_act (act_id), hidden_at INTEGER NOT NULL, hidden_by BLOB NOT NULL
) CLUSTERED;

CREATE INDEX subject_counted ON subject (category, standing);
