-- What a check reads: every table in the order of its key, page by page, and the rows that others point to.
-- Columns are used by name, so that a later layout may add some.

-- name: rows_of_record
SELECT * FROM record WHERE id > ? ORDER BY id LIMIT ?

-- name: rows_of_names
SELECT * FROM names WHERE (blind, kind, scope) > (?, ?, ?) ORDER BY blind, kind, scope LIMIT ?

-- name: rows_of_person
SELECT * FROM person WHERE subject > ? ORDER BY subject LIMIT ?

-- name: rows_of_holder
SELECT * FROM holder WHERE (token, subject) > (?, ?) ORDER BY token, subject LIMIT ?

-- name: rows_of_alias
SELECT * FROM alias WHERE token > ? ORDER BY token LIMIT ?

-- name: rows_of_session
SELECT * FROM session WHERE id > ? ORDER BY id LIMIT ?

-- name: look_record
SELECT id, subject, scope, names FROM record WHERE id = ?

-- name: look_equal
SELECT * FROM names WHERE kind = ? AND blind = ? AND scope = ?

-- name: look_alias
SELECT * FROM alias WHERE token = ?

-- name: look_holder
SELECT * FROM holder WHERE token = ? AND subject = ?

-- name: look_person
SELECT subject FROM person WHERE subject = ?

-- name: look_recorded
SELECT subject FROM record WHERE subject = ? LIMIT 1

-- name: index
-- By which generation of the index key rows are named (docs/decisions/0027); no row: the first.
SELECT value FROM meta WHERE key = 'index'
