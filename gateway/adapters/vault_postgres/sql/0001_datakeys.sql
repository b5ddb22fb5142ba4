-- The wrapped keys of one region, version 1: a database or at least a schema and credentials of its own, never in a copy
-- of the vault. Small (about 100 bytes a person) and read by id, so that it need not be distributed.

-- region, birth (Unix ms), and the generation that every erasure raises (caches compare it).
-- distributed by: nothing, a reference table
CREATE TABLE meta (
    key   text PRIMARY KEY,
    value text NOT NULL
);
INSERT INTO meta (key, value) VALUES ('generation', '0');

-- The region's key set, sealed under the root key. One row; serial grows with every change.
-- distributed by: nothing, a reference table
CREATE TABLE key_set (
    one    integer PRIMARY KEY CHECK (one = 1),
    serial bigint NOT NULL,
    body   bytea NOT NULL
);

-- One person's data key, sealed under an epoch key of the key set. An erased row is dead at once and gone from the disk
-- with the next vacuum of the table, so vacuum it often.
-- distributed by: id
CREATE TABLE data_key (
    id      bytea PRIMARY KEY,  -- 14 bytes: region, time in ms, random; the person's SubjectId
    version text NOT NULL,      -- of the epoch key
    wrapped bytea NOT NULL
) WITH (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0.0);

-- Who re-wraps and destroys now, and until when (Unix ms) if nothing is heard. One row.
-- distributed by: nothing, a reference table
CREATE TABLE lease (
    one      integer PRIMARY KEY CHECK (one = 1),
    holder   text NOT NULL,
    until_ms bigint NOT NULL
);
INSERT INTO lease (one, holder, until_ms) VALUES (1, '', 0);
