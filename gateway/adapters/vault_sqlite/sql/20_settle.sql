-- What `settle` and the purge ask and write, inside the writer's transaction.

-- name: refuse
-- The request that wrote it was refused: its own count comes off, once.
UPDATE record SET refused = 1, sent = sent - 1 WHERE id = ? AND refused = 0 RETURNING sent, reused

-- name: unsend
-- A refused request had been answered with a token of this record.
UPDATE record SET sent = sent - 1 WHERE id = ? RETURNING sent

-- name: end
UPDATE record SET expires = ? WHERE id = ?

-- name: start_session
INSERT INTO session (id, subject, expires) VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET subject = excluded.subject, expires = excluded.expires

-- name: close_session
DELETE FROM session WHERE id = ?

-- name: forget_shown
DELETE FROM shown WHERE session = ?

-- name: show
INSERT INTO shown (session, token, until) VALUES (?, ?, ?)
ON CONFLICT (session, token) DO UPDATE SET until = max(until, excluded.until)

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
SELECT id FROM record WHERE expires <= ? ORDER BY expires LIMIT ?

-- name: purge_sessions
DELETE FROM session WHERE expires <= ?

-- name: purge_shown
DELETE FROM shown WHERE until <= ?

-- name: purge_idempotency
DELETE FROM idempotency WHERE at <= ?

-- name: probe
UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'probe'
