-- What `recall` and `fetch` ask, for all callers that wait at once. Each statement is one snapshot.

-- name: identifiers
-- Whose identifiers they are, how certainly, and where those people live.
SELECT n.blind, n.kind, n.subject, n.standing, n.among, n.first_seen, n.confirmed, p.vouched,
    p.merged, q.region, q.rank, q.version, p.blocked IS NOT NULL OR q.blocked IS NOT NULL AS blocked
FROM unnest($1::bytea[], $2::text[]) AS wanted (blind, kind)
JOIN names n ON n.blind = wanted.blind AND n.kind = wanted.kind AND n.scope = ''
LEFT JOIN person p ON p.subject = n.subject
LEFT JOIN person q ON q.subject = coalesce(p.merged, p.subject)

-- name: tokens
-- By tokens ($1), records that their texts name or that are asked for ($2), and whether sealed values are wanted ($3):
-- what is noted of the tokens, who holds them, and the records that all of these lead to.
WITH noted AS MATERIALIZED (
    SELECT token, record, field FROM alias WHERE token = ANY ($1::text[]) AND record IS NOT NULL
), held AS MATERIALIZED (
    SELECT token, subject, record, field FROM holder WHERE token = ANY ($1::text[])
), led_to AS (
    SELECT unnest($2::bytea[]) AS id UNION SELECT record FROM noted UNION SELECT record FROM held WHERE $3
)
SELECT 'noted' AS what, token, NULL::bytea AS subject, record, field,
    NULL::text AS scope, NULL::text AS names, NULL::text AS region, NULL::bytea AS sealed, NULL::bigint AS at,
    NULL::bigint AS version, NULL::bytea AS merged, NULL::boolean AS blocked
FROM noted
UNION ALL
SELECT 'held', h.token, h.subject, h.record, h.field, NULL, NULL, NULL, NULL, NULL, NULL,
    p.merged, p.blocked IS NOT NULL OR q.blocked IS NOT NULL
FROM held h LEFT JOIN person p ON p.subject = h.subject LEFT JOIN person q ON q.subject = p.merged
UNION ALL
SELECT 'record', NULL, r.subject, r.id, NULL, r.scope, r.names, r.region, CASE WHEN $3 THEN r.sealed END, r.at,
    r.version, p.merged, p.blocked IS NOT NULL OR q.blocked IS NOT NULL
FROM record r LEFT JOIN person p ON p.subject = r.subject LEFT JOIN person q ON q.subject = p.merged
WHERE r.id = ANY (ARRAY (SELECT id FROM led_to))

-- name: records_of
-- People's records in a scope ('' is any), newest first, with those of persons who count as them. A person without any
-- is there for being blocked.
SELECT wanted.subject AS whose, wanted.scope AS asked, wanted.most, p.blocked IS NOT NULL OR q.blocked IS NOT NULL AS blocked,
    r.id AS record, r.region, r.scope, r.subject, r.sealed, r.at, r.version
FROM unnest($1::bytea[], $2::text[], $3::bigint[]) AS wanted (subject, scope, most)
LEFT JOIN person p ON p.subject = wanted.subject
LEFT JOIN person q ON q.subject = p.merged
LEFT JOIN LATERAL (
    SELECT id, region, scope, subject, sealed, at, version FROM record
    WHERE record.subject = ANY (
        ARRAY (SELECT wanted.subject UNION ALL SELECT one.subject FROM person one WHERE one.merged = wanted.subject)
    ) AND wanted.scope IN ('', record.scope)
    ORDER BY id DESC LIMIT wanted.most
) r ON true
ORDER BY r.id DESC

-- name: person
SELECT subject, region, rank, vouched, version, held, blocked, merged, marks FROM person WHERE subject = $1

-- name: kept_of
-- What is kept of a person: how many records of each scope and route, the first, and when one was last sent.
SELECT scope, route, count(*), min(at), max(greatest(at, confirmed)) FROM record
WHERE subject IN (SELECT $1::bytea UNION ALL SELECT subject FROM person WHERE merged = $1) GROUP BY scope, route

-- name: page
-- Live records in the order of their ids.
SELECT id AS record, region, scope, subject, sealed, at, version, route, expires, names, confirmed FROM record
WHERE id > $1 AND (expires IS NULL OR expires > $2) ORDER BY id LIMIT $3

-- name: sessions
SELECT s.id, s.subject, s.expires, p.merged, q.region, q.rank, q.version,
    p.blocked IS NOT NULL OR q.blocked IS NOT NULL AS blocked
FROM session s
LEFT JOIN person p ON p.subject = s.subject
LEFT JOIN person q ON q.subject = coalesce(p.merged, p.subject)
WHERE s.id = ANY ($1::bytea[])

-- name: shown
SELECT s.session, s.token, s.until
FROM unnest($1::bytea[], $2::text[]) AS wanted (session, token)
JOIN shown s ON s.session = wanted.session AND s.token = wanted.token

-- name: retries
-- The records that a request wrote, as far as they are still there, in order, and whose they are; one row at least, with
-- the field key it was sealed by.
SELECT i.blind, i.field, r.id AS record, r.subject
FROM idempotency i
LEFT JOIN LATERAL generate_series(0, length(i.records) / 14 - 1) AS place ON true
LEFT JOIN record r ON r.id = substring(i.records FROM 14 * place + 1 FOR 14)
WHERE i.blind = ANY ($1::bytea[])
ORDER BY i.blind, place

-- name: filled
-- True as soon as anything is kept: then keys must exist already.
SELECT EXISTS (SELECT 1 FROM record) OR EXISTS (SELECT 1 FROM names) OR EXISTS (SELECT 1 FROM person)
    OR EXISTS (SELECT 1 FROM session) OR EXISTS (SELECT 1 FROM ledger)

-- name: peopled
-- True as soon as the directory knows anybody; names of cookies there are nobody's.
SELECT EXISTS (SELECT 1 FROM names WHERE scope = '' AND kind NOT LIKE 'cookie:%')
