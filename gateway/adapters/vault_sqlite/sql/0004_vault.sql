-- From layout 3 to 4: who is to be erased or has been, and by which field key a repeatable request was sealed. A table of
-- its own and a column, so it takes no time on a file of any size.

-- Persons who are to leave the vault for good, or left it not long ago. `done` (Unix seconds) NULL: something of them is
-- left. Nothing of anybody here is kept or made known again.
CREATE TABLE erased (
    subject    BLOB PRIMARY KEY,
    at         INTEGER NOT NULL,
    ordered_by TEXT NOT NULL,
    why        TEXT NOT NULL,
    done       INTEGER
) STRICT, WITHOUT ROWID;

-- The version of the field key that encrypted fields of the request were sealed by; NULL: it had none.
ALTER TABLE idempotency ADD COLUMN field TEXT;
