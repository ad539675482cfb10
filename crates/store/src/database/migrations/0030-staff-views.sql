CREATE TABLE staff_view (
    staff_id BLOB NOT NULL, name TEXT NOT NULL, words TEXT NOT NULL, saved_at INTEGER NOT NULL,
    PRIMARY KEY (staff_id, name)
) CLUSTERED;
