-- The data keys of one region, version 1: a file of its own, never in a copy of the vault.

-- region, birth (Unix ms), and the generation that every erasure raises (caches compare it).
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One person's data key, sealed under the region's master key.
CREATE TABLE data_key (
    id      BLOB PRIMARY KEY,  -- 14 bytes: region, time in ms, random; the person's SubjectId
    version TEXT NOT NULL,     -- of the master key
    wrapped BLOB NOT NULL
) STRICT, WITHOUT ROWID;
