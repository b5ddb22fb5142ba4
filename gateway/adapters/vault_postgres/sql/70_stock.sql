-- What a check reads: every table in the order of its key, page by page, and the rows that others point to.
-- Columns are used by name, so that a later layout may add some.

-- name: rows_of_record
SELECT * FROM record WHERE id > $1 ORDER BY id LIMIT $2

-- name: rows_of_names
SELECT * FROM names WHERE (blind, kind, scope) > ($1, $2, $3) ORDER BY blind, kind, scope LIMIT $4

-- name: rows_of_person
SELECT * FROM person WHERE subject > $1 ORDER BY subject LIMIT $2

-- name: rows_of_holder
SELECT * FROM holder WHERE (token, subject) > ($1, $2) ORDER BY token, subject LIMIT $3

-- name: rows_of_alias
SELECT * FROM alias WHERE token > $1 ORDER BY token LIMIT $2

-- name: rows_of_session
SELECT * FROM session WHERE id > $1 ORDER BY id LIMIT $2

-- name: look_record
SELECT id, subject, scope, names FROM record WHERE id = ANY ($1::bytea[])

-- name: look_equal
SELECT n.* FROM unnest($1::text[], $2::bytea[], $3::text[]) AS asked (kind, blind, scope)
JOIN names n ON n.blind = asked.blind AND n.kind = asked.kind AND n.scope = asked.scope

-- name: look_alias
SELECT * FROM alias WHERE token = ANY ($1::text[])

-- name: look_holder
SELECT h.* FROM unnest($1::text[], $2::bytea[]) AS asked (token, subject)
JOIN holder h ON h.token = asked.token AND h.subject = asked.subject

-- name: look_person
SELECT subject FROM person WHERE subject = ANY ($1::bytea[])

-- name: look_recorded
SELECT DISTINCT subject FROM record WHERE subject = ANY ($1::bytea[])

-- name: index
-- By which generation of the index key rows are named (docs/decisions/0027); no row: the first.
SELECT value FROM meta WHERE key = 'index'
