-- What `recall` and `fetch` ask. One read transaction an answer.

-- name: alias_ref
SELECT record, field FROM alias WHERE token = ?

-- name: record_fact
SELECT subject, scope, names FROM record WHERE id = ?

-- name: rename
-- (Written only by the writer; it stands here beside what it goes with.)
UPDATE record SET names = ? WHERE id = ?

-- name: record
SELECT id, region, scope, subject, sealed, at, version FROM record WHERE id = ?

-- name: holders
SELECT subject, record, field FROM holder WHERE token = ? ORDER BY subject

-- name: records_of
-- A person's records in a scope, newest first.
-- With those of persons who count as this one.
SELECT id, region, scope, subject, sealed, at, version FROM record
WHERE subject IN (SELECT ?1 UNION ALL SELECT subject FROM person WHERE merged = ?1) AND scope = ?2
ORDER BY id DESC LIMIT ?3

-- name: records_of_anywhere
SELECT id, region, scope, subject, sealed, at, version FROM record
WHERE subject IN (SELECT ?1 UNION ALL SELECT subject FROM person WHERE merged = ?1) ORDER BY id DESC LIMIT ?2

-- name: person
SELECT region, rank, vouched, version, held, blocked, merged, marks FROM person WHERE subject = ?

-- name: kept_of
-- What is kept of a person: how many records of each scope and route, the first, and when one was last sent.
SELECT scope, route, count(*), min(at), max(max(at, coalesce(confirmed, 0))) FROM record
WHERE subject IN (SELECT ?1 UNION ALL SELECT subject FROM person WHERE merged = ?1) GROUP BY scope, route

-- name: identifier
-- Whose identifier a blind is, how certainly, and where that person lives.
SELECT names.subject, names.standing, names.among, person.region, person.rank, person.vouched, person.version,
    person.held, person.blocked, person.merged, person.marks, names.first_seen, names.confirmed
FROM names LEFT JOIN person ON person.subject = names.subject
WHERE names.blind = ? AND names.kind = ? AND names.scope = ''

-- name: session
SELECT session.subject, session.expires, person.region, person.rank, person.vouched, person.version, person.held,
    person.blocked, person.merged, person.marks
FROM session LEFT JOIN person ON person.subject = session.subject
WHERE session.id = ? AND session.expires > ?

-- name: shown
SELECT 1 FROM shown WHERE session = ? AND token = ? AND until > ?

-- name: replay
SELECT records, field FROM idempotency WHERE blind = ?

-- name: page
-- Live records in the order of their ids.
SELECT id, region, scope, subject, sealed, at, version, route, expires, names, confirmed FROM record
WHERE id > ? AND (expires IS NULL OR expires > ?) ORDER BY id LIMIT ?

-- name: whose
SELECT subject FROM record WHERE id = ?

-- name: filled
-- True as soon as anything is kept: then keys must exist already.
SELECT EXISTS (SELECT 1 FROM record) OR EXISTS (SELECT 1 FROM names) OR EXISTS (SELECT 1 FROM person)
    OR EXISTS (SELECT 1 FROM session) OR EXISTS (SELECT 1 FROM ledger)

-- name: peopled
-- True as soon as the directory knows anybody; names of cookies there are nobody's.
SELECT EXISTS (SELECT 1 FROM names WHERE scope = '' AND kind NOT GLOB 'cookie:*')
