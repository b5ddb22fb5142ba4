-- Who is to be erased or has been, and by which field key a repeatable request was sealed. A new table and a column without
-- a value: nothing is written anew, and a gateway of before goes on over it.

-- Persons who are to leave the vault for good, or left it not long ago. done (Unix seconds) NULL: something of them is left.
-- Nothing of anybody here is kept or made known again. Small: who is gone is forgotten after days.
-- distributed by: nothing, a reference table
CREATE TABLE erased (
    subject    bytea PRIMARY KEY,
    at         bigint NOT NULL,
    ordered_by text NOT NULL,
    why        text NOT NULL,
    done       bigint
);

ALTER TABLE idempotency ADD COLUMN field text; -- the version of the field key that its encrypted fields were sealed by
