-- How persons leave a vault for good.

-- name: condemn
-- Behind the lock that whoever writes holds, so that nobody goes on to write of them who has not seen it.
INSERT INTO erased (subject, at, ordered_by, why)
SELECT one, $2, $3, $4 FROM unnest($1::bytea[]) AS one ON CONFLICT (subject) DO NOTHING

-- name: whole
-- The persons, as whom they count, and who else counts as that one.
WITH root AS (
    SELECT coalesce(p.merged, one) AS subject FROM unnest($1::bytea[]) AS one LEFT JOIN person p ON p.subject = one
)
SELECT one AS subject FROM unnest($1::bytea[]) AS one
UNION SELECT subject FROM root
UNION SELECT p.subject FROM person p JOIN root ON p.merged = root.subject
ORDER BY subject

-- name: any_held
SELECT EXISTS (SELECT 1 FROM person WHERE subject = ANY ($1::bytea[]) AND held IS NOT NULL)

-- name: erased
SELECT subject FROM erased WHERE subject = ANY ($1::bytea[])

-- name: condemned
SELECT subject, at, ordered_by, why FROM erased WHERE done IS NULL ORDER BY at, subject

-- name: gone
UPDATE erased SET done = $2 WHERE subject = ANY ($1::bytea[]) AND done IS NULL

-- name: purge_erased
DELETE FROM erased WHERE done <= $1

-- name: records_of
SELECT id, subject FROM record WHERE subject = ANY ($1::bytea[]) LIMIT $2

-- name: names_after
-- A page of all names; nothing finds them by their person, and nothing else needs to.
SELECT blind, kind, scope, scope = '' AND subject = ANY ($1::bytea[]) AS theirs FROM names
WHERE (blind, kind, scope) > ($2::bytea, $3::text, $4::text) ORDER BY blind, kind, scope LIMIT $5

-- name: drop_entries
DELETE FROM names n USING unnest($1::bytea[], $2::text[]) AS old (blind, kind)
WHERE n.blind = old.blind AND n.kind = old.kind AND n.scope = '' AND n.subject = ANY ($3::bytea[])

-- name: drop_people
DELETE FROM person WHERE subject = ANY ($1::bytea[])
