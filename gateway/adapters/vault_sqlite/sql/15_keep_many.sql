-- What a commit group asks and writes at once. Each statement is written for one row of VALUES and widened to many.

-- name: equal_tokens
WITH wanted (blind, kind, scope) AS (VALUES (?, ?, ?))
SELECT names.blind, names.kind, names.scope, names.token, names.record, names.subject
FROM wanted CROSS JOIN names
    ON names.blind = wanted.blind AND names.kind = wanted.kind AND names.scope = wanted.scope

-- name: aliases_taken
WITH wanted (token) AS (VALUES (?))
SELECT alias.token FROM wanted CROSS JOIN alias ON alias.token = wanted.token

-- name: persons
WITH wanted (subject) AS (VALUES (?))
SELECT person.subject, person.region, person.rank FROM wanted CROSS JOIN person ON person.subject = wanted.subject

-- name: insert_records
INSERT INTO record (id, region, scope, route, subject, sealed, names, reused, at, expires, sent)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: name_equals
INSERT INTO names (blind, kind, scope, subject, token, record) VALUES (?, ?, ?, ?, ?, ?)

-- name: enter_directory
-- First come, first kept.
INSERT OR IGNORE INTO names (blind, kind, scope, subject) VALUES (?, ?, ?, ?)

-- name: take_aliases
INSERT INTO alias (token, record, field) VALUES (?, ?, ?)

-- name: enter_persons
INSERT INTO person (subject, region, rank) VALUES (?, ?, ?)

-- name: move_persons
UPDATE person SET region = ?, rank = ? WHERE subject = ?
