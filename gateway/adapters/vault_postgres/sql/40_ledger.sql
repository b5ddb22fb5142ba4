-- The ledger's blocks (model/chain.py says what the MAC covers).

-- name: add_block
INSERT INTO ledger (chain, seq, at_ms, key, entries, mac)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[])
    AS new (chain, seq, at_ms, key, entries, mac)

-- name: head
SELECT seq, mac FROM ledger WHERE chain = $1 ORDER BY seq DESC LIMIT 1

-- name: blocks
-- In order, from the one after a chain and number.
SELECT chain, seq, at_ms, key, entries, mac FROM ledger
WHERE (chain, seq) > ($1, $2) ORDER BY chain, seq LIMIT $3

-- name: tail
SELECT chain, seq, at_ms, key, entries, mac FROM ledger ORDER BY at_ms DESC, chain DESC, seq DESC LIMIT $1
