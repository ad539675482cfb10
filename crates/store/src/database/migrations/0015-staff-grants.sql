CREATE TABLE staff_grant (
    grant_id BLOB NOT NULL, staff_id BLOB NOT NULL, role INTEGER NOT NULL, given_by BLOB, from_at INTEGER NOT NULL,
    until_at INTEGER, ended_by BLOB,
    PRIMARY KEY (grant_id)
) CLUSTERED;
CREATE INDEX staff_grant_from ON staff_grant (from_at);
INSERT INTO staff_grant (grant_id, staff_id, role, from_at, until_at)
    SELECT staff_id, staff_id, role, created_at, disabled_at FROM staff;
