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
