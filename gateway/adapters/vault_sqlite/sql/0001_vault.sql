-- The home store of one region, layout 2, applied once, to a file that is not yet at its path. Scripts of higher numbers
-- lead on to later layouts.
--
-- Ids and blinds are stored as bytes (half the size of their hex), kinds, scopes and tokens as text. Nothing here is
-- readable without keys: `sealed` is ciphertext under the person's data key, every `blind` is keyed, a token is random.
-- Tables are keyed by what they are read by; keys that grow with time (record, person) append instead of scattering.

-- region, birth (Unix ms) and the counter that the readiness probe writes.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One person's values of one request.
CREATE TABLE record (
    id      BLOB PRIMARY KEY,           -- 14 bytes: region, time in ms, random
    region  TEXT NOT NULL,
    scope   TEXT NOT NULL,
    route   TEXT NOT NULL,
    subject BLOB NOT NULL,
    sealed  BLOB NOT NULL,
    names   TEXT NOT NULL,              -- [[field, token, kind, blind or null], …]: the names that were handed out
    reused  BLOB NOT NULL,              -- ids of the records whose tokens this one was answered with, one after another
    at      INTEGER NOT NULL,           -- Unix seconds
    expires INTEGER,
    sent    INTEGER NOT NULL,           -- requests that sent its tokens and are not known to be refused
    refused INTEGER NOT NULL DEFAULT 0  -- 1: the request that wrote it was refused, its own count is already taken off
) STRICT, WITHOUT ROWID;
CREATE INDEX record_by_subject ON record (subject, scope);
CREATE INDEX record_by_expiry ON record (expires) WHERE expires IS NOT NULL;

-- What a blind stands for. scope '' is the directory: whose identifier it is, and how certainly. Any other scope is an
-- equal value: its token there, and the person and record that came with it first.
CREATE TABLE names (
    blind    BLOB NOT NULL,
    kind     TEXT NOT NULL,
    scope    TEXT NOT NULL,
    subject  BLOB NOT NULL,
    token    TEXT,
    record   BLOB,
    standing INTEGER,  -- directory only: 0 mentioned, 1 registered, 2 proven
    among    INTEGER,  -- directory only: how many identifiers the message named that made this person, else 0
    PRIMARY KEY (blind, kind, scope)
) STRICT, WITHOUT ROWID;

-- Where a person of the directory lives: one row for all of that person's identifiers.
CREATE TABLE person (
    subject BLOB PRIMARY KEY,
    region  TEXT,
    rank    TEXT,
    vouched TEXT  -- NULL until an identifier is registered or proven; then the kinds of the proven ones, one a line
) STRICT, WITHOUT ROWID;

-- Further persons who hold the same equal value, each by the record that has it.
CREATE TABLE holder (
    token   TEXT NOT NULL,
    subject BLOB NOT NULL,
    record  BLOB NOT NULL,
    field   INTEGER NOT NULL,
    PRIMARY KEY (token, subject)
) STRICT, WITHOUT ROWID;

-- Token to field where the text does not say it: short shapes, and tokens that outlived the record they were made for.
-- record NULL: a name that is spent; it resolves to nothing and is never handed out again.
CREATE TABLE alias (
    token  TEXT PRIMARY KEY,
    record BLOB,
    field  INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    id      BLOB PRIMARY KEY,
    subject BLOB NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_expiry ON session (expires);
CREATE INDEX session_by_subject ON session (subject);

-- Tokens that a session saw in a reply and may send back.
CREATE TABLE shown (
    session BLOB NOT NULL,
    token   TEXT NOT NULL,
    until   INTEGER NOT NULL,
    PRIMARY KEY (session, token)
) STRICT, WITHOUT ROWID;
CREATE INDEX shown_by_expiry ON shown (until);

-- The records that a request under an Idempotency-Key wrote, one id after another.
CREATE TABLE idempotency (
    blind   BLOB PRIMARY KEY,
    records BLOB NOT NULL,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (at);

-- The ledger: one block a commit group, chained per process (model/chain.py).
CREATE TABLE ledger (
    id      INTEGER PRIMARY KEY,
    chain   TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    at_ms   INTEGER NOT NULL,
    key     TEXT NOT NULL,
    entries TEXT NOT NULL,
    mac     TEXT NOT NULL,
    UNIQUE (chain, seq)
) STRICT;
