-- What a commit group asks and writes at once. Each statement is written for one row of VALUES and widened to many.

-- name: equal_tokens
WITH wanted (blind, kind, scope) AS (VALUES (?, ?, ?))
SELECT names.blind, names.kind, names.scope, names.token, names.record, names.subject
FROM wanted CROSS JOIN names
    ON names.blind = wanted.blind AND names.kind = wanted.kind AND names.scope = wanted.scope

-- name: aliases_taken
WITH wanted (token) AS (VALUES (?))
SELECT alias.token FROM wanted CROSS JOIN alias ON alias.token = wanted.token

-- name: insert_records
INSERT INTO record (id, region, scope, route, subject, sealed, names, reused, at, expires, version, sent)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: name_equals
INSERT INTO names (blind, kind, scope, subject, token, record) VALUES (?, ?, ?, ?, ?, ?)

-- name: take_aliases
INSERT INTO alias (token, record, field) VALUES (?, ?, ?)
