-- How the names of rows turn with the index key (docs/decisions/0027). `{…}` is filled in with a table's columns, so that a
-- later layout is copied whole.

-- name: begin
-- Every transaction that writes holds the lock together with the others; a phase ends only when nobody has it. It lies in
-- memory and goes with the transaction. On Citus the coordinator has it.
BEGIN; SELECT pg_advisory_xact_lock_shared(hashtextextended('pii-gateway index of ' || current_setting('search_path'), 0))

-- name: briefly
-- Who waits for the lock alone has all who write wait behind: a gateway that was suspended in a transaction keeps it from us
-- until the server ends that session (idle_in_transaction_session_timeout), and nobody shall notice until then.
SET LOCAL lock_timeout = '250ms'

-- name: everybody_out
SELECT pg_advisory_xact_lock(hashtextextended('pii-gateway index of ' || current_setting('search_path'), 0))

-- name: stand
SELECT value FROM meta WHERE key = 'index'

-- name: way
SELECT value FROM meta WHERE key = 'index_way'

-- name: claim
-- One step at a time; whoever comes second leaves it to the first.
SELECT value FROM meta WHERE key = 'index_way' FOR UPDATE SKIP LOCKED

-- name: note
UPDATE meta SET value = $2 WHERE key = $1

-- name: columns
SELECT attname FROM pg_attribute
WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attname <> $2 ORDER BY attnum

-- name: page
SELECT {keys} FROM {table} WHERE ({keys}) > ({marks}) ORDER BY {keys} LIMIT {most}

-- name: first_page
SELECT {keys} FROM {table} ORDER BY {keys} LIMIT {most}

-- name: copy
-- Rows once more under other names, as they are when nobody changes them any more: who changes one waits, and sees the
-- copy with the next statement. A copy that is there is as new.
INSERT INTO {table} ({blind}, {others})
SELECT wanted.twin, {their_others} FROM unnest({arrays}, ${next}::bytea[]) AS wanted ({keys}, twin)
JOIN {table} t ON {is_wanted}
ORDER BY {their_keys}
FOR UPDATE OF t
ON CONFLICT DO NOTHING

-- name: drop
DELETE FROM {table} t USING unnest({arrays}) AS wanted ({keys}) WHERE {is_wanted}

-- name: records
SELECT id, names FROM record WHERE id > $1 ORDER BY id LIMIT $2

-- name: rename
-- If they are as they were read; whoever changes them now writes the new blinds anyway.
UPDATE record r SET names = new.names
FROM unnest($1::bytea[], $2::text[], $3::text[]) AS new (id, old_names, names)
WHERE r.id = new.id AND r.names = new.old_names

-- name: ends
SELECT (SELECT id FROM record ORDER BY id LIMIT 1), (SELECT id FROM record ORDER BY id DESC LIMIT 1)
