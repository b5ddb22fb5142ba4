-- Which layout a store has, and how it is brought to the next. Run by `pii-gateway vault migrate`, as the owner.

-- name: layout_table
CREATE TABLE IF NOT EXISTS layout (
    store    text NOT NULL,              -- vault or data keys
    version  integer NOT NULL,
    checksum text NOT NULL,              -- SHA-256 of the migration as it was applied
    at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (store, version)
)

-- name: patience
-- A migration that can't have its lock soon gives up instead of making every request wait behind it.
SET lock_timeout = '3s'; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0

-- name: one_at_a_time
-- Ends with the connection.
SELECT pg_advisory_lock(hashtextextended('pii-gateway layout of ' || current_setting('search_path'), 0))

-- name: applied
SELECT version, checksum FROM layout WHERE store = $1 ORDER BY version

-- name: note
INSERT INTO layout (store, version, checksum) VALUES ($1, $2, $3)

-- name: settle
INSERT INTO meta (key, value) VALUES ('region', $1), ('born_ms', $2), ('probe', '0'), ('imports', '')
ON CONFLICT DO NOTHING

-- name: has_schema
SELECT to_regnamespace($1) IS NOT NULL

-- name: has_layout
SELECT to_regclass('layout') IS NOT NULL

-- name: region
SELECT value FROM meta WHERE key = 'region'

-- name: closed
-- True for a vault that was restored, while nobody has answered yet for what is missing.
SELECT EXISTS (SELECT 1 FROM meta WHERE key = 'closed' AND value <> '')

-- name: durability
-- What decides whether a commit that was acknowledged is on the disk.
SELECT current_setting('synchronous_commit') AS synchronous_commit, current_setting('fsync') AS fsync,
    current_setting('synchronous_standby_names') AS synchronous_standby_names

-- name: held_up
-- A commit of this role that has been waiting for a synchronous standby for a while: another one would, too.
SELECT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE usename = current_user AND wait_event = 'SyncRep' AND pid <> pg_backend_pid()
        AND query_start < clock_timestamp() - interval '1 second'
)

-- name: trial
-- Whether the server can make a commit durable now, its synchronous standbys included.
UPDATE meta SET value = (value::bigint + 1)::text WHERE key = 'probe'

-- name: counts
SELECT (SELECT count(*) FROM record), (SELECT count(*) FROM person),
    pg_total_relation_size('record') + pg_total_relation_size('names') + pg_total_relation_size('person')
    + pg_total_relation_size('holder') + pg_total_relation_size('alias') + pg_total_relation_size('session')
    + pg_total_relation_size('shown') + pg_total_relation_size('idempotency') + pg_total_relation_size('ledger')
