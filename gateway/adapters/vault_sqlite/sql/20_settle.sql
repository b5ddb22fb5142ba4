-- What `settle` and the purge ask and write, inside the writer's transaction.

-- name: refuse
-- The request that wrote it was refused: its own count comes off, once.
UPDATE record SET refused = 1, sent = sent - 1 WHERE id = ? AND refused = 0 RETURNING sent, reused, subject

-- name: unsend
-- A refused request had been answered with a token of this record.
UPDATE record SET sent = sent - 1 WHERE id = ? RETURNING sent, subject

-- name: held
-- True while nothing of a person may go: the person is held, or the one as whom that person counts.
SELECT EXISTS (
    SELECT 1 FROM person LEFT JOIN person AS other ON other.subject = person.merged
    WHERE person.subject = ? AND (person.held IS NOT NULL OR other.held IS NOT NULL)
)

-- name: forgotten
-- Records of a person that every request which sent them was refused for.
SELECT id, subject FROM record WHERE (subject = ?1 OR subject IN (SELECT subject FROM person WHERE merged = ?1)) AND sent <= 0

-- name: end_sessions
DELETE FROM session WHERE subject IN (?, ?)

-- name: end_shown
DELETE FROM shown WHERE session IN (SELECT id FROM session WHERE subject IN (?, ?))

-- name: end
UPDATE record SET expires = ? WHERE id = ?

-- name: start_session
INSERT INTO session (id, subject, expires) VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET subject = excluded.subject, expires = excluded.expires

-- name: proven
-- Whose a proven identifier is, and as whom that person counts.
SELECT names.subject, person.merged FROM names LEFT JOIN person ON person.subject = names.subject
WHERE names.blind = ? AND names.kind = ? AND names.scope = '' AND names.standing = 2

-- name: close_session
DELETE FROM session WHERE id = ?

-- name: forget_shown
DELETE FROM shown WHERE session = ?

-- name: show
INSERT INTO shown (session, token, until) VALUES (?, ?, ?)
ON CONFLICT (session, token) DO UPDATE SET until = max(until, excluded.until)

-- name: withdraw
-- A refused request's identifier, if it is still that person's, merely mentioned, and the person left nothing else.
DELETE FROM names
WHERE blind = ?1 AND kind = ?2 AND scope = '' AND subject = ?3 AND standing = 0
    AND NOT EXISTS (
        SELECT 1 FROM person LEFT JOIN person AS other ON other.subject = person.merged
        WHERE person.subject = ?3 AND (person.held IS NOT NULL OR other.held IS NOT NULL)
    )
    AND NOT EXISTS (SELECT 1 FROM record WHERE subject = ?3) AND NOT EXISTS (SELECT 1 FROM session WHERE subject = ?3)

-- name: drop_record
DELETE FROM record WHERE id = ? RETURNING subject, scope, names

-- name: successor
-- The newest other record of the same person and scope that has the token, if there is one.
SELECT id, names FROM record WHERE subject = ? AND scope = ? AND instr(names, ?) > 0 ORDER BY id DESC LIMIT 1

-- name: next_holder
SELECT subject, record, field FROM holder WHERE token = ? ORDER BY subject LIMIT 1

-- name: leave
DELETE FROM holder WHERE token = ? AND subject = ?

-- name: hold_by
-- The person goes on holding the token by another record.
UPDATE holder SET record = ?, field = ? WHERE token = ? AND subject = ? AND record = ?

-- name: leave_by
DELETE FROM holder WHERE token = ? AND subject = ? AND record = ?

-- name: point_alias
INSERT INTO alias (token, record, field) VALUES (?, ?, ?)
ON CONFLICT (token) DO UPDATE SET record = excluded.record, field = excluded.field

-- name: spend_alias
UPDATE alias SET record = NULL, field = NULL WHERE token = ?

-- name: move_equal
UPDATE names SET subject = ?, record = ? WHERE blind = ? AND kind = ? AND scope = ? AND token = ?

-- name: forget_equal
DELETE FROM names WHERE blind = ? AND kind = ? AND scope = ? AND token = ?

-- name: expired_records
-- But those of held persons.
SELECT id FROM record
WHERE expires <= ? AND NOT EXISTS (
    SELECT 1 FROM person LEFT JOIN person AS other ON other.subject = person.merged
    WHERE person.subject = record.subject AND (person.held IS NOT NULL OR other.held IS NOT NULL)
)
ORDER BY expires LIMIT ?

-- name: purge_sessions
DELETE FROM session WHERE expires <= ?

-- name: purge_shown
DELETE FROM shown WHERE until <= ?

-- name: purge_idempotency
DELETE FROM idempotency WHERE at <= ?

-- name: imports
SELECT value FROM meta WHERE key = 'imports'

-- name: note_imports
INSERT INTO meta (key, value) VALUES ('imports', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value

-- name: probe
UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'probe'
