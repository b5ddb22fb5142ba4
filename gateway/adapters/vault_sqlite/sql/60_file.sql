-- What every file of the home store is made and opened with.

-- name: pages
-- A record of eight values takes 1.2 KB: of a page of 4 KiB, the default, it would fill one nearly alone. A vault takes
-- 2.5 times less on pages of 8 KiB.
PRAGMA page_size = 8192

-- name: make
-- Before the schema. The write-ahead log is a property of the file from birth on.
PRAGMA journal_mode = WAL

-- name: settle_file
INSERT INTO meta (key, value) VALUES ('region', ?), ('born_ms', ?), ('probe', '0'), ('generation', '0')

-- name: region
SELECT value FROM meta WHERE key = 'region'

-- name: closed
-- A vault that was restored, while nobody has answered yet for what is missing.
SELECT 1 FROM meta WHERE key = 'closed'

-- name: durable
-- Every commit is on the disk (fdatasync of the log) before it is acknowledged.
PRAGMA synchronous = FULL

-- name: careful
-- A page that contradicts itself is an error, not an answer.
PRAGMA cell_size_check = ON

-- name: untrusting
-- Nothing in the file may call functions of ours.
PRAGMA trusted_schema = OFF

-- name: erasing
-- What is deleted is overwritten with zeros.
PRAGMA secure_delete = ON

-- name: in_memory
-- No temporary files beside the vault.
PRAGMA temp_store = MEMORY

-- name: cache
-- Sixteen MiB of pages a connection.
PRAGMA cache_size = -16000

-- name: own_checkpoints
-- For the writer: the log is carried into the file by a thread of its own, not inside a commit.
PRAGMA wal_autocheckpoint = 0

-- name: log_limit
PRAGMA journal_size_limit = 67108864

-- name: read_only
PRAGMA query_only = ON

-- name: save_log
-- Carries the whole log into the open file and empties it.
PRAGMA wal_checkpoint(TRUNCATE)

-- name: carry_log
-- Carries what it can without making anybody wait.
PRAGMA wal_checkpoint(PASSIVE)
