-- What `keep` asks and writes, for a whole commit group at once: each parameter is an array, row by row.
--
-- What was read is not locked. Every write says how many rows it found as they were read; where another gateway was
-- there first, some are missing, and the group is taken back and read again. Rows are written in the order of their
-- keys, and tables always in the order of this file, so that two gateways wait for each other but never in a ring.
-- Of who is erased nothing is written: rows are missing then, too, and whoever takes the group again asks why.

-- name: names
-- Equal values in their scopes, and directory rows (scope '').
SELECT n.blind, n.kind, n.scope, n.subject, n.token, n.record, n.standing, n.among, n.first_seen, n.confirmed
FROM unnest($1::bytea[], $2::text[], $3::text[]) AS wanted (blind, kind, scope)
JOIN names n ON n.blind = wanted.blind AND n.kind = wanted.kind AND n.scope = wanted.scope

-- name: people
SELECT subject, region, rank, vouched, version, held, blocked, merged, marks FROM person
WHERE subject = ANY ($1::bytea[])

-- name: lock_people
-- Before anything of theirs is dropped: nobody may hold them meanwhile.
SELECT subject, region, rank, vouched, version, held, blocked, merged, marks FROM person
WHERE subject = ANY ($1::bytea[]) ORDER BY subject FOR NO KEY UPDATE

-- name: aliases
SELECT token, record, field FROM alias WHERE token = ANY ($1::text[])

-- name: holders
SELECT token, subject, record, field FROM holder WHERE token = ANY ($1::text[])

-- name: records
SELECT id, subject, scope, names, reused, sent, refused, expires FROM record WHERE id = ANY ($1::bytea[])

-- name: retries
SELECT blind, records, at, field FROM idempotency WHERE blind = ANY ($1::bytea[])

-- name: remember
INSERT INTO idempotency (blind, records, at, field)
SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::text[]) AS new (blind, records, at, field)
ORDER BY blind
ON CONFLICT DO NOTHING

-- name: remember_anew
-- If it is as it was read.
UPDATE idempotency i SET records = new.records, at = new.at, field = new.field
FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::text[], $5::bytea[], $6::text[])
    AS new (blind, records, at, field, old_records, old_field)
WHERE i.blind = new.blind AND i.records = new.old_records AND i.field IS NOT DISTINCT FROM new.old_field

-- name: insert_names
INSERT INTO names (blind, kind, scope, subject, token, record, standing, among, first_seen, confirmed)
SELECT * FROM unnest(
        $1::bytea[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::bytea[], $7::smallint[], $8::integer[],
        $9::bigint[], $10::bigint[]
    ) AS new (blind, kind, scope, subject, token, record, standing, among, first_seen, confirmed)
WHERE NOT EXISTS (SELECT 1 FROM erased e WHERE e.subject = new.subject)
ORDER BY blind, kind, scope
ON CONFLICT DO NOTHING

-- name: change_entries
-- Of the directory, if they are as they were read.
UPDATE names n SET subject = new.subject, standing = new.standing, among = new.among, first_seen = new.first_seen,
    confirmed = new.confirmed
FROM unnest(
        $1::bytea[], $2::text[], $3::bytea[], $4::smallint[], $5::integer[], $6::bigint[], $7::bigint[], $8::bytea[],
        $9::smallint[]
    ) AS new (blind, kind, subject, standing, among, first_seen, confirmed, old_subject, old_standing)
WHERE n.blind = new.blind AND n.kind = new.kind AND n.scope = ''
    AND n.subject = new.old_subject AND n.standing = new.old_standing
    AND NOT EXISTS (SELECT 1 FROM erased e WHERE e.subject = new.subject)

-- name: insert_aliases
INSERT INTO alias (token, record, field)
SELECT * FROM unnest($1::text[], $2::bytea[], $3::integer[]) AS new (token, record, field)
ORDER BY token
ON CONFLICT DO NOTHING

-- name: insert_people
INSERT INTO person (subject, region, rank, vouched, version, held, blocked, merged, marks)
SELECT * FROM unnest(
        $1::bytea[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bytea[], $9::text[]
    ) AS new (subject, region, rank, vouched, version, held, blocked, merged, marks)
WHERE NOT EXISTS (SELECT 1 FROM erased e WHERE e.subject = new.subject)
ORDER BY subject
ON CONFLICT DO NOTHING

-- name: move_people
-- If they are as they were read.
-- (The number of marks never falls, so those need not be compared.)
UPDATE person p SET region = new.region, rank = new.rank, vouched = new.vouched, version = new.version,
    held = new.held, blocked = new.blocked, merged = new.merged, marks = new.marks
FROM unnest(
        $1::bytea[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bytea[],
        $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::integer[]
    ) AS new (
        subject, region, rank, vouched, version, held, blocked, merged, marks,
        old_region, old_rank, old_vouched, old_version, old_length
    )
WHERE p.subject = new.subject
    AND p.region IS NOT DISTINCT FROM new.old_region AND p.rank IS NOT DISTINCT FROM new.old_rank
    AND p.vouched IS NOT DISTINCT FROM new.old_vouched AND p.version = new.old_version
    AND coalesce(length(p.marks), 0) = new.old_length
    AND NOT EXISTS (SELECT 1 FROM erased e WHERE e.subject = new.subject)

-- name: insert_records
INSERT INTO record (id, region, scope, route, subject, sealed, names, reused, at, expires, version, sent, confirmed)
SELECT * FROM unnest(
        $1::bytea[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::bytea[], $7::text[], $8::bytea[],
        $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[]
    ) AS new (id, region, scope, route, subject, sealed, names, reused, at, expires, version, sent, confirmed)
WHERE NOT EXISTS (SELECT 1 FROM erased e WHERE e.subject = new.subject)
ORDER BY id
ON CONFLICT DO NOTHING

-- name: lock_records
-- Before they are changed, in the order of their ids.
SELECT id FROM record WHERE id = ANY ($1::bytea[]) ORDER BY id FOR NO KEY UPDATE

-- name: change_records
-- More requests send their tokens; a retry stands in for a refused one; a field learns its blind. If they are as they
-- were read, where they were read.
UPDATE record r
SET sent = r.sent + new.more, names = coalesce(new.names, r.names), refused = coalesce(new.refused, r.refused),
    confirmed = greatest(r.confirmed, new.confirmed)
FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::text[], $5::boolean[], $6::text[], $7::boolean[])
    AS new (id, more, confirmed, names, refused, old_names, old_refused)
WHERE r.id = new.id
    AND r.names = coalesce(new.old_names, r.names) AND r.refused = coalesce(new.old_refused, r.refused)

-- name: hold
-- A further person holds the token. A row that is there is locked, so that nobody ends the hold meanwhile.
INSERT INTO holder (token, subject, record, field)
SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::integer[]) AS new (token, subject, record, field)
ORDER BY token, subject
ON CONFLICT (token, subject) DO UPDATE SET field = holder.field
