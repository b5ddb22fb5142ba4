-- The wrapped keys of one region, layout 2: a file of its own, never in a copy of the vault.

-- region, birth (Unix ms), and the generation that every erasure raises (caches compare it).
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The region's key set, sealed under the root key. One row; serial grows with every change.
CREATE TABLE key_set (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    serial INTEGER NOT NULL,
    body   BLOB NOT NULL
) STRICT;

-- One person's data key, sealed under an epoch key of the key set.
CREATE TABLE data_key (
    id      BLOB PRIMARY KEY,  -- 14 bytes: region, time in ms, random; the person's SubjectId
    version TEXT NOT NULL,     -- of the epoch key
    wrapped BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Who re-wraps and destroys now, and until when (Unix ms) if nothing is heard. One row.
CREATE TABLE lease (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    holder   TEXT NOT NULL,
    until_ms INTEGER NOT NULL
) STRICT;
INSERT INTO lease (one, holder, until_ms) VALUES (1, '', 0);
