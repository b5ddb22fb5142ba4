-- What `recall` and `fetch` ask. One read transaction an answer.

-- name: alias_ref
SELECT record, field FROM alias WHERE token = ?

-- name: record_fact
SELECT subject, scope, names FROM record WHERE id = ?

-- name: rename
-- (Written only by the writer; it stands here beside what it goes with.)
UPDATE record SET names = ? WHERE id = ?

-- name: record
SELECT id, region, scope, subject, sealed, at FROM record WHERE id = ?

-- name: holders
SELECT subject, record, field FROM holder WHERE token = ? ORDER BY subject

-- name: records_of
-- A person's records in a scope, newest first.
SELECT id, region, scope, subject, sealed, at FROM record
WHERE subject = ? AND scope = ? ORDER BY id DESC LIMIT ?

-- name: records_of_anywhere
SELECT id, region, scope, subject, sealed, at FROM record
WHERE subject = ? ORDER BY id DESC LIMIT ?

-- name: identifier
-- Whose identifier a blind is, and where that person lives.
SELECT names.subject, person.region, person.rank
FROM names LEFT JOIN person ON person.subject = names.subject
WHERE names.blind = ? AND names.kind = ? AND names.scope = ''

-- name: session
SELECT session.subject, person.region, person.rank, session.expires
FROM session LEFT JOIN person ON person.subject = session.subject
WHERE session.id = ? AND session.expires > ?

-- name: shown
SELECT 1 FROM shown WHERE session = ? AND token = ? AND until > ?

-- name: replay
SELECT records FROM idempotency WHERE blind = ?

-- name: lives
SELECT 1 FROM record WHERE id = ?

-- name: filled
-- True as soon as anything is kept: then keys must exist already.
SELECT EXISTS (SELECT 1 FROM record) OR EXISTS (SELECT 1 FROM names) OR EXISTS (SELECT 1 FROM person)
    OR EXISTS (SELECT 1 FROM session) OR EXISTS (SELECT 1 FROM ledger)

-- name: peopled
-- True as soon as the directory knows anybody; names of cookies there are nobody's.
SELECT EXISTS (SELECT 1 FROM names WHERE scope = '' AND kind NOT GLOB 'cookie:*')
