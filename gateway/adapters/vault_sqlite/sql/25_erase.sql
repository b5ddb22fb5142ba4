-- How persons leave a vault for good.

-- name: any_erased
SELECT EXISTS (SELECT 1 FROM erased)

-- name: erased
WITH wanted (subject) AS (VALUES (?))
SELECT erased.subject FROM wanted CROSS JOIN erased ON erased.subject = wanted.subject

-- name: condemn
INSERT OR IGNORE INTO erased (subject, at, ordered_by, why) VALUES (?, ?, ?, ?)

-- name: condemned
SELECT subject, at, ordered_by, why FROM erased WHERE done IS NULL ORDER BY at, subject

-- name: gone
UPDATE erased SET done = ? WHERE subject = ? AND done IS NULL

-- name: purge_erased
DELETE FROM erased WHERE done <= ?

-- name: records_of
SELECT id FROM record WHERE subject = ? LIMIT ?

-- name: names_after
-- A page of all names; nothing finds them by their person, and nothing else needs to.
SELECT blind, kind, scope, subject FROM names WHERE (blind, kind, scope) > (?, ?, ?) ORDER BY blind, kind, scope LIMIT ?

-- name: first_names
SELECT blind, kind, scope, subject FROM names ORDER BY blind, kind, scope LIMIT ?

-- name: drop_entry
DELETE FROM names WHERE blind = ? AND kind = ? AND scope = '' AND subject = ?

-- name: drop_person
DELETE FROM person WHERE subject = ?

-- name: drop_shown
DELETE FROM shown WHERE session IN (SELECT id FROM session WHERE subject = ?)

-- name: drop_sessions
DELETE FROM session WHERE subject = ?
