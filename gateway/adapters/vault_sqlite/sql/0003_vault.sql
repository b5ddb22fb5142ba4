-- From layout 2 to 3: versions, marks (holds, blocks, merges), when a value was last confirmed. Columns only, so it takes
-- no time on a file of any size.

-- Rises with every change of the person's data at home; 1 with the first.
ALTER TABLE person ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
-- While set (Unix seconds): nothing of the person is purged, expires or is erased.
ALTER TABLE person ADD COLUMN held INTEGER;
-- While set (Unix seconds): nothing of the person is processed but kept.
ALTER TABLE person ADD COLUMN blocked INTEGER;
-- The person as whom this one counts since the two were merged.
ALTER TABLE person ADD COLUMN merged BLOB;
-- [[what, when, who, why, other person, what was before], …]: whatever was ordered about the person, oldest first.
ALTER TABLE person ADD COLUMN marks TEXT;
CREATE INDEX person_by_merger ON person (merged) WHERE merged IS NOT NULL;

-- The person's version that the record made, and when its values were last sent again (NULL: never).
ALTER TABLE record ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE record ADD COLUMN confirmed INTEGER;

-- Directory only: the days (Unix seconds of their beginning, UTC) of the first and the latest evidence for the identifier.
ALTER TABLE names ADD COLUMN first_seen INTEGER;
ALTER TABLE names ADD COLUMN confirmed INTEGER;
