-- How a file stands, in figures.

-- name: first_record
SELECT id FROM record ORDER BY id LIMIT 1

-- name: last_record
SELECT id FROM record ORDER BY id DESC LIMIT 1

-- name: records_since
SELECT count(*) FROM record WHERE id > ?

-- name: due
SELECT count(*) FROM record WHERE expires <= ?

-- name: newest_blocks
SELECT at_ms, entries FROM ledger ORDER BY id DESC LIMIT ?

-- name: lease
SELECT until_ms FROM lease WHERE until_ms > ?
