-- The data key store.

-- name: add_keys
INSERT INTO data_key (id, version, wrapped) VALUES (?, ?, ?)

-- name: key
SELECT version, wrapped FROM data_key WHERE id = ?

-- name: erase_key
DELETE FROM data_key WHERE id = ?

-- name: next_generation
UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'

-- name: generation
SELECT value FROM meta WHERE key = 'generation'

-- name: count
SELECT count(*) FROM data_key

-- name: filled
SELECT EXISTS (SELECT 1 FROM data_key)

-- name: probe
UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'probe'

-- name: serial
SELECT coalesce((SELECT serial FROM key_set), 0)

-- name: key_set
SELECT body FROM key_set

-- name: first_key_set
INSERT OR IGNORE INTO key_set (one, serial, body) VALUES (1, :serial, :body)

-- name: next_key_set
UPDATE key_set SET serial = :serial, body = :body WHERE serial = :serial - 1

-- name: stale
SELECT id, version, wrapped FROM data_key WHERE id > ? AND version <> ? ORDER BY id LIMIT ?

-- name: rewrap
-- Only what is still as it was read: an erased key does not come back.
UPDATE data_key SET version = :version, wrapped = :wrapped WHERE id = :id AND wrapped = :before

-- name: versions
SELECT version, count(*) FROM data_key GROUP BY version

-- name: lease
UPDATE lease SET holder = :holder, until_ms = :now_ms + :for_ms WHERE holder = :holder OR until_ms <= :now_ms
