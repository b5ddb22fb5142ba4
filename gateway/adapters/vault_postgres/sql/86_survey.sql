-- How a store stands, in figures.

-- name: first_record
SELECT id FROM record ORDER BY id LIMIT 1

-- name: last_record
SELECT id FROM record ORDER BY id DESC LIMIT 1

-- name: records_since
SELECT count(*) FROM record WHERE id > $1

-- name: due
SELECT count(*) FROM record WHERE expires <= $1

-- name: newest_blocks
SELECT at_ms, entries FROM ledger ORDER BY at_ms DESC, chain DESC, seq DESC LIMIT $1

-- name: lease
SELECT until_ms FROM lease WHERE until_ms > $1

-- name: size
-- With indexes and what is stored beside the rows.
SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
WHERE c.relnamespace = to_regnamespace(current_schema()) AND c.relkind IN ('r', 'p')

-- name: owned
-- Tables that this role may not vacuum: it would be skipped with a warning that nobody reads.
SELECT count(*) FROM pg_class c
WHERE c.relnamespace = to_regnamespace(current_schema()) AND c.relkind IN ('r', 'p')
    AND NOT pg_has_role(c.relowner, 'USAGE')
