-- How the names of rows turn with the index key (docs/decisions/0027). `{…}` is filled in with the columns of a table, so
-- that a later layout is copied whole. `twin` is a function of the connection: what a row of the older generation is to
-- be called in the next one, NULL for any other row.

-- name: stand
SELECT value FROM meta WHERE key = 'index'

-- name: way
SELECT value FROM meta WHERE key = 'index_way'

-- name: note
INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value

-- name: columns
SELECT name FROM pragma_table_info(?) ORDER BY cid

-- name: page
SELECT {keys} FROM {table} WHERE ({keys}) > ({marks}) ORDER BY {keys} LIMIT ?

-- name: first_page
SELECT {keys} FROM {table} ORDER BY {keys} LIMIT ?

-- name: copy
-- A row of the older generation, once more under its next name; where that is there already, it is as new.
INSERT OR IGNORE INTO {table} SELECT twin({blind}), {others} FROM {table} WHERE {is_key}

-- name: drop
DELETE FROM {table} WHERE {is_key}

-- name: records
SELECT id, names FROM record WHERE id > ? ORDER BY id LIMIT ?

-- name: rename
UPDATE record SET names = ? WHERE id = ?

-- name: ends
SELECT min(id), max(id) FROM record

-- name: undo
-- Temporary triggers live in the writer's connection alone.
DROP TRIGGER IF EXISTS temp.index_{table}_made;
DROP TRIGGER IF EXISTS temp.index_{table}_changed;
DROP TRIGGER IF EXISTS temp.index_{table}_gone;

-- name: undo_lift
DROP TRIGGER IF EXISTS temp.index_moved;
DROP TRIGGER IF EXISTS temp.index_forgotten;
DROP TRIGGER IF EXISTS temp.index_renamed;

-- name: fill
-- While the older generation decides: whatever happens to its rows happens to their twins. (Not by OR REPLACE: inside a
-- trigger the conflict clause of the statement outside is the one that counts.)
CREATE TEMP TRIGGER index_{table}_made AFTER INSERT ON {table} WHEN twin(NEW.{blind}) IS NOT NULL BEGIN
    DELETE FROM {table} WHERE {is_new_twin};
    INSERT INTO {table} VALUES (twin(NEW.{blind}), {new_others});
END;
CREATE TEMP TRIGGER index_{table}_changed AFTER UPDATE ON {table} WHEN twin(NEW.{blind}) IS NOT NULL BEGIN
    DELETE FROM {table} WHERE {is_new_twin};
    INSERT INTO {table} VALUES (twin(NEW.{blind}), {new_others});
END;
CREATE TEMP TRIGGER index_{table}_gone AFTER DELETE ON {table} WHEN twin(OLD.{blind}) IS NOT NULL BEGIN
    DELETE FROM {table} WHERE {is_old_twin};
END;

-- name: lift
-- While records still remember blinds of the older generation: what is done by these is done to the rows that decide.
CREATE TEMP TRIGGER index_moved AFTER UPDATE ON names WHEN twin(NEW.blind) IS NOT NULL BEGIN
    UPDATE names SET subject = NEW.subject, record = NEW.record
    WHERE (blind, kind, scope, token) = (twin(NEW.blind), NEW.kind, NEW.scope, NEW.token);
END;
CREATE TEMP TRIGGER index_forgotten AFTER DELETE ON names WHEN twin(OLD.blind) IS NOT NULL BEGIN
    DELETE FROM names WHERE (blind, kind, scope, token) = (twin(OLD.blind), OLD.kind, OLD.scope, OLD.token);
END;
CREATE TEMP TRIGGER index_renamed AFTER UPDATE OF names ON record WHEN lifted(NEW.names) <> NEW.names BEGIN
    UPDATE record SET names = lifted(NEW.names) WHERE id = NEW.id;
END;
