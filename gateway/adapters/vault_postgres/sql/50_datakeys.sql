-- The data key store.

-- name: add_keys
INSERT INTO data_key (id, version, wrapped)
SELECT * FROM unnest($1::bytea[], $2::text[], $3::bytea[]) AS new (id, version, wrapped) ORDER BY id

-- name: keys
SELECT id, version, wrapped FROM data_key WHERE id = ANY ($1::bytea[])

-- name: erase_keys
DELETE FROM data_key WHERE id = ANY ($1::bytea[])

-- name: next_generation
UPDATE meta SET value = (value::bigint + 1)::text WHERE key = 'generation'

-- name: generation
SELECT value::bigint FROM meta WHERE key = 'generation'

-- name: count
SELECT count(*) FROM data_key

-- name: some
SELECT EXISTS (SELECT 1 FROM data_key)

-- name: probe_keys
UPDATE meta SET value = (value::bigint + 1)::text WHERE key = 'probe'

-- name: serial
SELECT coalesce((SELECT serial FROM key_set), 0)

-- name: key_set
SELECT body FROM key_set

-- name: first_key_set
INSERT INTO key_set (one, serial, body) VALUES (1, $1, $2) ON CONFLICT DO NOTHING

-- name: next_key_set
UPDATE key_set SET serial = $1, body = $2 WHERE serial = $1 - 1

-- name: stale
SELECT id, version, wrapped FROM data_key WHERE id > $1 AND version <> $2 ORDER BY id LIMIT $3

-- name: rewrap
-- Only what is still as it was read: an erased key does not come back.
UPDATE data_key k SET version = new.version, wrapped = new.wrapped
FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::bytea[]) AS new (id, before, version, wrapped)
WHERE k.id = new.id AND k.wrapped = new.before

-- name: versions
SELECT version, count(*) FROM data_key GROUP BY version

-- name: lease
UPDATE lease SET holder = $1, until_ms = $2::bigint + $3::bigint WHERE holder = $1 OR until_ms <= $2::bigint
