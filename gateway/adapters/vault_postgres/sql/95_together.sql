-- Statements inside one. `{…}` is filled in with texts of this folder, never with anything from outside.

-- name: reading
-- The phase of the index, and the rows of each statement, in one snapshot.
WITH {parts} SELECT (SELECT value FROM meta WHERE key = 'index'), {rows}

-- name: part_reading
part_{n} AS MATERIALIZED ({sql})

-- name: rows_reading
(SELECT array_agg(part_{n}) FROM part_{n})

-- name: writing
-- How many rows each statement has written.
WITH {parts} SELECT {rows}

-- name: part_writing
part_{n} AS ({sql} RETURNING 1)

-- name: rows_writing
(SELECT count(*) FROM part_{n})
