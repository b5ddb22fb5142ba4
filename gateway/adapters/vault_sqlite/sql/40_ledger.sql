-- The ledger's blocks (model/chain.py says what the MAC covers).

-- name: add_block
INSERT INTO ledger (chain, seq, at_ms, key, entries, mac) VALUES (?, ?, ?, ?, ?, ?)

-- name: head
SELECT seq, mac FROM ledger WHERE chain = ? ORDER BY seq DESC LIMIT 1

-- name: blocks
SELECT chain, seq, at_ms, key, entries, mac FROM ledger ORDER BY chain, seq

-- name: tail
SELECT chain, seq, at_ms, key, entries, mac FROM ledger ORDER BY id DESC LIMIT ?
