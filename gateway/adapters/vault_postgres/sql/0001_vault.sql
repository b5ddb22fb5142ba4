-- The home store of one region, version 1. Runs in the vault's own schema (search_path), as the schema's owner.
--
-- Ids and blinds are bytes (half the size of their hex), kinds, scopes and tokens text. Nothing here is readable without
-- keys: `sealed` is ciphertext under the person's data key, every `blind` is keyed, a token is random.
-- Each table is distributed by the column it is read by, and every unique key contains that column, so that the same DDL
-- runs on Citus (docs/how-to/scale-out.md). There are no foreign keys and no sequences: what belongs together is written
-- in one transaction, and ids come from the gateway. Keys that grow with time append instead of scattering.

-- region, birth (Unix ms) and the counter that the readiness probe writes.
-- distributed by: nothing, a reference table
CREATE TABLE meta (
    key   text PRIMARY KEY,
    value text NOT NULL
);

-- One person's values of one request.
-- distributed by: id
CREATE TABLE record (
    id      bytea PRIMARY KEY,          -- 14 bytes: region, time in ms, random
    region  text NOT NULL,
    scope   text NOT NULL,
    route   text NOT NULL,
    subject bytea NOT NULL,
    sealed  bytea NOT NULL,
    names   text NOT NULL,              -- [[field, token, kind, blind or null], …]: the names that were handed out
    reused  bytea NOT NULL,             -- ids of the records whose tokens this one was answered with, one after another
    at      bigint NOT NULL,            -- Unix seconds
    expires bigint,
    sent    bigint NOT NULL DEFAULT 1,  -- requests that sent its tokens and are not known to be refused
    refused boolean NOT NULL DEFAULT false -- the request that wrote it was refused, its own count is already taken off
) WITH (fillfactor = 90);
CREATE INDEX record_by_subject ON record (subject, scope);
CREATE INDEX record_by_expiry ON record (expires) WHERE expires IS NOT NULL;

-- What a blind stands for. scope '' is the directory: whose identifier it is, and how certainly. Any other scope is an
-- equal value: its token there, and the person and record that came with it first.
-- distributed by: blind
CREATE TABLE names (
    blind    bytea NOT NULL,
    kind     text NOT NULL,
    scope    text NOT NULL,
    subject  bytea NOT NULL,
    token    text,
    record   bytea,
    standing smallint,  -- directory only: 0 mentioned, 1 registered, 2 proven
    among    integer,   -- directory only: how many identifiers the message named that made this person, else 0
    PRIMARY KEY (blind, kind, scope)
);

-- Where a person of the directory lives: one row for all of that person's identifiers.
-- distributed by: subject
CREATE TABLE person (
    subject bytea PRIMARY KEY,
    region  text,
    rank    text,
    vouched text  -- NULL until an identifier is registered or proven; then the kinds of the proven ones, one a line
);

-- Further persons who hold the same equal value, each by the record that has it.
-- distributed by: token
CREATE TABLE holder (
    token   text NOT NULL,
    subject bytea NOT NULL,
    record  bytea NOT NULL,
    field   integer NOT NULL,
    PRIMARY KEY (token, subject)
);

-- Token to field where the text does not say it: short shapes, and tokens that outlived the record they were made for.
-- record NULL: a name that is spent; it resolves to nothing and is never handed out again.
-- distributed by: token
CREATE TABLE alias (
    token  text PRIMARY KEY,
    record bytea,
    field  integer
);

-- distributed by: id
CREATE TABLE session (
    id      bytea PRIMARY KEY,
    subject bytea NOT NULL,
    expires bigint NOT NULL
);
CREATE INDEX session_by_expiry ON session (expires);
CREATE INDEX session_by_subject ON session (subject);

-- Tokens that a session saw in a reply and may send back.
-- distributed by: session
CREATE TABLE shown (
    session bytea NOT NULL,
    token   text NOT NULL,
    until   bigint NOT NULL,
    PRIMARY KEY (session, token)
);
CREATE INDEX shown_by_expiry ON shown (until);

-- The records that a request under an Idempotency-Key wrote, one id after another.
-- distributed by: blind
CREATE TABLE idempotency (
    blind   bytea PRIMARY KEY,
    records bytea NOT NULL,
    at      bigint NOT NULL
);
CREATE INDEX idempotency_by_age ON idempotency (at);

-- The ledger: one block a commit group, chained per process (model/chain.py).
-- distributed by: chain
CREATE TABLE ledger (
    chain   text NOT NULL,
    seq     bigint NOT NULL,
    at_ms   bigint NOT NULL,
    key     text NOT NULL,
    entries text NOT NULL,
    mac     text NOT NULL,
    PRIMARY KEY (chain, seq)
);
CREATE INDEX ledger_by_time ON ledger (at_ms);
