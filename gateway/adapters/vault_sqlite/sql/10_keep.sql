-- What `keep` asks and writes. Runs inside the writer's transaction, so what it reads is what it changes.

-- name: equal_token
-- The token that an equal value has in a scope, with the person and record it first came with.
SELECT token, subject, record FROM names WHERE blind = ? AND kind = ? AND scope = ?

-- name: name_equal
INSERT INTO names (blind, kind, scope, subject, token, record) VALUES (?, ?, ?, ?, ?, ?)

-- name: take_alias
-- Takes a short text for a field; changes nothing if the text is or ever was a name.
INSERT OR IGNORE INTO alias (token, record, field) VALUES (?, ?, ?)

-- name: alias_exists
SELECT 1 FROM alias WHERE token = ?

-- name: insert_record
INSERT INTO record (id, region, scope, route, subject, sealed, names, reused, at, expires, version, sent)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)

-- name: sent_again
-- One more request sends tokens of this record, and so says that its values still hold.
UPDATE record SET sent = sent + 1, confirmed = max(coalesce(confirmed, 0), ?) WHERE id = ?

-- name: sent_on_retry
-- A retry of the request that wrote it; if that one was refused, the retry stands in for it.
UPDATE record SET sent = sent + 1, refused = 0, confirmed = max(coalesce(confirmed, 0), ?) WHERE id = ?

-- name: refusal
SELECT refused, reused FROM record WHERE id = ?

-- name: hold
-- A further person holds the token; the record that came first stays that person's reference.
INSERT OR IGNORE INTO holder (token, subject, record, field) VALUES (?, ?, ?, ?)

-- name: holds
SELECT 1 FROM holder WHERE token = ? AND subject = ?

-- name: replay
SELECT records, field FROM idempotency WHERE blind = ?

-- name: remember
INSERT INTO idempotency (blind, records, at, field) VALUES (?, ?, ?, ?)
ON CONFLICT (blind) DO UPDATE SET records = excluded.records, at = excluded.at, field = excluded.field
