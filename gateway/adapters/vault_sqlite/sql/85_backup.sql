-- What a backup reads, and what a restore writes, outside the gateway.

-- name: meta
SELECT key, value FROM meta

-- name: tables
SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('meta', 'lease') ORDER BY name

-- name: newest_block
SELECT chain, seq, mac FROM ledger ORDER BY id DESC LIMIT 1

-- name: closed
-- Set while a vault that was restored waits for somebody to answer for what is missing.
SELECT value FROM meta WHERE key = 'closed'

-- name: close
INSERT INTO meta (key, value) VALUES ('closed', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value

-- name: open
DELETE FROM meta WHERE key = 'closed'

-- name: restored
INSERT INTO meta (key, value) VALUES ('restored', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value

-- name: restored_of
SELECT value FROM meta WHERE key = 'restored'

-- name: end_now
-- Before anything else ends: the purge takes it first.
UPDATE record SET expires = 0 WHERE id = ?

-- name: drop_name
DELETE FROM names WHERE blind = ? AND kind = ? AND scope = ?

-- name: drop_person
DELETE FROM person WHERE subject = ?

-- name: drop_session
DELETE FROM session WHERE id = ?
