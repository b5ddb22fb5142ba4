-- What `settle` and the purge ask and write. What is dropped is locked first, and read only then.

-- name: due
-- Records whose time is over, but those of held persons.
SELECT r.id, r.subject FROM record r
LEFT JOIN person p ON p.subject = r.subject LEFT JOIN person other ON other.subject = p.merged
WHERE r.expires <= $1 AND p.held IS NULL AND other.held IS NULL ORDER BY r.expires LIMIT $2

-- name: forgotten
-- Records of a person that every request which sent them was refused for.
SELECT id FROM record
WHERE subject IN (SELECT $1::bytea UNION ALL SELECT subject FROM person WHERE merged = $1) AND sent <= 0

-- name: includes
-- Who counts as a person.
SELECT subject FROM person WHERE merged = $1

-- name: end_shown
DELETE FROM shown WHERE session IN (SELECT id FROM session WHERE subject = ANY ($1::bytea[]))

-- name: end_sessions
DELETE FROM session WHERE subject = ANY ($1::bytea[])

-- name: lock_whole
SELECT id, subject, scope, names, reused, sent, refused, expires FROM record
WHERE id = ANY ($1::bytea[]) ORDER BY id FOR UPDATE

-- name: lock_successors
-- Every record of the same person and scope that has the token.
SELECT wanted.subject AS wanted_subject, wanted.scope AS wanted_scope, wanted.token,
    r.id, r.subject, r.scope, r.names, r.reused, r.sent, r.refused, r.expires
FROM unnest($1::bytea[], $2::text[], $3::text[]) AS wanted (subject, scope, token)
JOIN record r ON r.subject = wanted.subject AND r.scope = wanted.scope
    AND strpos(r.names, '"' || wanted.token || '"') > 0
ORDER BY r.id
FOR UPDATE OF r

-- name: lock_holders
SELECT token, subject, record, field FROM holder WHERE token = ANY ($1::text[]) ORDER BY token, subject FOR UPDATE

-- name: lock_aliases
SELECT token, record, field FROM alias WHERE token = ANY ($1::text[]) ORDER BY token FOR UPDATE

-- name: end
UPDATE record r SET expires = new.expires
FROM unnest($1::bytea[], $2::bigint[]) AS new (id, expires) WHERE r.id = new.id

-- name: drop_records
DELETE FROM record WHERE id = ANY ($1::bytea[])

-- name: drop_holders
DELETE FROM holder h USING unnest($1::text[], $2::bytea[]) AS old (token, subject)
WHERE h.token = old.token AND h.subject = old.subject

-- name: move_holders
UPDATE holder h SET record = new.record, field = new.field
FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::integer[]) AS new (token, subject, record, field)
WHERE h.token = new.token AND h.subject = new.subject

-- name: point_aliases
INSERT INTO alias (token, record, field)
SELECT * FROM unnest($1::text[], $2::bytea[], $3::integer[]) AS new (token, record, field)
ORDER BY token
ON CONFLICT (token) DO UPDATE SET record = excluded.record, field = excluded.field

-- name: move_equals
-- To another record, while they still have that token.
UPDATE names n SET subject = new.subject, record = new.record
FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::bytea[])
    AS new (blind, kind, scope, token, subject, record)
WHERE n.blind = new.blind AND n.kind = new.kind AND n.scope = new.scope AND n.token = new.token

-- name: forget_equals
DELETE FROM names n
USING unnest($1::bytea[], $2::text[], $3::text[], $4::text[]) AS old (blind, kind, scope, token)
WHERE n.blind = old.blind AND n.kind = old.kind AND n.scope = old.scope AND n.token = old.token

-- name: withdraw
-- Identifiers that were only mentioned, by people of whom nothing is left.
DELETE FROM names n
USING unnest($1::bytea[], $2::text[], $3::bytea[]) AS old (blind, kind, subject)
WHERE n.blind = old.blind AND n.kind = old.kind AND n.scope = ''
    AND n.subject = old.subject AND n.standing = 0
    AND NOT EXISTS (
        SELECT 1 FROM person p LEFT JOIN person other ON other.subject = p.merged
        WHERE p.subject = old.subject AND (p.held IS NOT NULL OR other.held IS NOT NULL)
    )
    AND NOT EXISTS (SELECT 1 FROM record r WHERE r.subject = old.subject)
    AND NOT EXISTS (SELECT 1 FROM session s WHERE s.subject = old.subject)

-- name: start_sessions
INSERT INTO session (id, subject, expires)
SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bigint[]) AS new (id, subject, expires)
WHERE NOT EXISTS (SELECT 1 FROM erased e WHERE e.subject = new.subject)
ORDER BY id
ON CONFLICT (id) DO UPDATE SET subject = excluded.subject, expires = excluded.expires

-- name: close_sessions
DELETE FROM session WHERE id = ANY ($1::bytea[])

-- name: forget_shown
DELETE FROM shown WHERE session = ANY ($1::bytea[])

-- name: show
INSERT INTO shown (session, token, until)
SELECT * FROM unnest($1::bytea[], $2::text[], $3::bigint[]) AS new (session, token, until)
ORDER BY session, token
ON CONFLICT (session, token) DO UPDATE SET until = greatest(shown.until, excluded.until)

-- name: purge_sessions
DELETE FROM session WHERE expires <= $1

-- name: purge_shown
DELETE FROM shown WHERE until <= $1

-- name: purge_idempotency
DELETE FROM idempotency WHERE at <= $1

-- name: imports
SELECT value FROM meta WHERE key = 'imports'

-- name: import_begun
-- The row is made by `vault migrate`; nothing comes back where it is missing. An import that was begun before stays.
UPDATE meta SET value = (jsonb_build_object($1::text, jsonb_build_array($2::text, $3::bigint))
    || coalesce(nullif(value, ''), '{}')::jsonb)::text
WHERE key = 'imports' RETURNING key

-- name: import_ended
UPDATE meta SET value = (coalesce(nullif(value, ''), '{}')::jsonb - $1::text)::text
WHERE key = 'imports' RETURNING key

-- name: probe
UPDATE meta SET value = (value::bigint + 1)::text WHERE key = 'probe'
