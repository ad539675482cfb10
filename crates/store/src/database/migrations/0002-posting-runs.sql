-- Postings lead from a pseudonym to entries. They follow from the entries, from which the next start makes them anew.
DROP TABLE ledger_posting;

CREATE TABLE ledger_posting (
    run INTEGER NOT NULL, last BLOB NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (run, last)
) CLUSTERED;
