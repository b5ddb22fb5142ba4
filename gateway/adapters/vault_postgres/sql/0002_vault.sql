-- Versions, marks (holds, blocks, merges), when a value was last confirmed. Columns without a value or with a constant one:
-- no table is written anew, and a gateway of before goes on over it.

ALTER TABLE person
    ADD COLUMN version bigint NOT NULL DEFAULT 1, -- rises with every change of the person's data at home
    ADD COLUMN held    bigint,  -- while set (Unix seconds): nothing of the person is purged, expires or is erased
    ADD COLUMN blocked bigint,  -- while set (Unix seconds): nothing of the person is processed but kept
    ADD COLUMN merged  bytea,   -- the person as whom this one counts since the two were merged
    ADD COLUMN marks   text;    -- [[what, when, who, why, other person, what was before], …], oldest first
CREATE INDEX person_by_merger ON person (merged) WHERE merged IS NOT NULL;

ALTER TABLE record
    ADD COLUMN version   bigint NOT NULL DEFAULT 1, -- the person's version that the record made
    ADD COLUMN confirmed bigint;                    -- when its values were last sent again (NULL: never)

ALTER TABLE names
    ADD COLUMN first_seen bigint, -- directory only: the days (Unix seconds of their beginning, UTC) of the first
    ADD COLUMN confirmed  bigint; -- and of the latest evidence for the identifier
