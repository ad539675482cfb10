CREATE TABLE staff_shortcuts (
    staff_id BLOB NOT NULL, since INTEGER NOT NULL,
    PRIMARY KEY (staff_id)
) CLUSTERED;
