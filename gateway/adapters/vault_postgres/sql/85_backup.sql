-- What a backup reads, as the gateway's role, and what a restore writes, as the owner.

-- name: meta
SELECT key, value FROM meta

-- name: tables
-- Those of the store itself; which layout it has, who does a job now, and how far a restore is, belong to the place.
SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = to_regnamespace(current_schema()) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    AND c.relname NOT IN ('layout', 'lease', 'meta')
GROUP BY c.relname ORDER BY c.relname

-- name: newest_block
SELECT chain, seq, mac FROM ledger ORDER BY at_ms DESC, chain DESC, seq DESC LIMIT 1

-- name: read_all
-- A backup reads whole tables, not rows by their keys.
SET enable_seqscan = on

-- name: closed
-- Set while a vault that was restored waits for somebody to answer for what is missing; empty: it is open.
SELECT value FROM meta WHERE key = 'closed' AND value <> ''

-- name: close
INSERT INTO meta (key, value) VALUES ('closed', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value

-- name: open
UPDATE meta SET value = '' WHERE key = 'closed'

-- name: mark
-- How far a restore is: which backup, which file, how many of its bytes.
INSERT INTO meta (key, value) VALUES ('restoring', $1) ON CONFLICT (key) DO UPDATE SET value = excluded.value

-- name: marked
SELECT value FROM meta WHERE key = 'restoring'

-- name: take_meta
INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value

-- name: end_now
-- Before anything else ends: the purge takes it first.
UPDATE record SET expires = 0 WHERE id = ANY ($1::bytea[])

-- name: drop_name
DELETE FROM names n USING unnest($1::bytea[], $2::text[], $3::text[]) AS gone (blind, kind, scope)
WHERE n.blind = gone.blind AND n.kind = gone.kind AND n.scope = gone.scope

-- name: drop_person
DELETE FROM person WHERE subject = ANY ($1::bytea[])

-- name: drop_session
DELETE FROM session WHERE id = ANY ($1::bytea[])
