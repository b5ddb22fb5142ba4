-- What entries of the directory ask and write, in `keep` and in `settle`. Widened to many rows of VALUES.

-- name: owners
WITH wanted (blind, kind) AS (VALUES (?, ?))
SELECT names.blind, names.kind, names.subject, names.standing, names.among, names.first_seen, names.confirmed
FROM wanted CROSS JOIN names ON names.blind = wanted.blind AND names.kind = wanted.kind AND names.scope = ''

-- name: people
WITH wanted (subject) AS (VALUES (?))
SELECT person.subject, person.region, person.rank, person.vouched, person.version, person.held, person.blocked,
    person.merged, person.marks
FROM wanted CROSS JOIN person ON person.subject = wanted.subject

-- name: enter_owners
INSERT INTO names (blind, kind, scope, subject, standing, among, first_seen, confirmed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)

-- name: change_owner
UPDATE names SET subject = ?, standing = ?, among = ?, first_seen = ?, confirmed = ? WHERE blind = ? AND kind = ? AND scope = ''

-- name: enter_people
INSERT INTO person (region, rank, vouched, version, held, blocked, merged, marks, subject)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: change_person
UPDATE person SET region = ?, rank = ?, vouched = ?, version = ?, held = ?, blocked = ?, merged = ?, marks = ?
WHERE subject = ?

-- name: includes
-- Who counts as a person.
SELECT subject FROM person WHERE merged = ?
