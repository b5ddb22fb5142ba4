"""``pii-gateway vault backup`` and ``restore``: nothing lost, nobody back who was erased, nothing served unasked."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.adapters.vault_postgres import backup as postgres
from gateway.adapters.vault_sqlite import backup as sqlite
from gateway.adapters.vault_sqlite.file import VAULT
from gateway.model.backup import Manifest, decoded
from tests import postgres as servers
from tests.contracts.people import RU
from tests.ops.homes import Home


def root(home: Home) -> Path:
    return home.folder / "keys"


@pytest.fixture
def backup(home: Home, tmp_path: Path) -> Path:
    done = home.run("vault", "backup", str(tmp_path / "copy"))
    assert done.exit_code == 0, done.output
    return tmp_path / "copy"


@pytest.fixture
def elsewhere(home: Home, tmp_path: Path, request: pytest.FixtureRequest) -> Home:
    """Another host, with the same rules and keys, and an empty place for the vault."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    shutil.copytree(root(home), folder / "keys")
    if home.vault.startswith("sqlite:"):
        return Home(folder)
    server: servers.Server = request.getfixturevalue("server")
    made = Home(folder, server.url())
    assert made.run("vault", "migrate").exit_code == 0
    return made


def manifest(backup: Path) -> Path:
    return backup / "ru.vault" / "manifest.json"


def rows(home: Home) -> list[object]:
    """Everything of the vault that a person's data is found by."""
    names = home.rows("SELECT blind, kind, scope, subject, token, record FROM names ORDER BY blind, kind, scope")
    return [home.rows("SELECT id, sealed, names FROM record ORDER BY id"), names]


def test_a_restored_vault_is_the_one_that_was_backed_up(home: Home, backup: Path, elsewhere: Home) -> None:
    done = elsewhere.run("vault", "restore", str(backup))
    assert done.exit_code == 0, done.output
    assert rows(elsewhere) == rows(home)
    assert "whole: nothing is wrong" in elsewhere.run("vault", "check").output


def test_a_backup_is_for_its_owner_only_and_holds_no_value(backup: Path) -> None:
    made = [path for path in backup.rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in backup.iterdir()} == {0o700}
    assert [path for path in made for word in (b"canary", b"Hans", b"900 000") if word in path.read_bytes()] == []


def test_vault_and_keys_can_go_to_different_places(on_files: Home, tmp_path: Path) -> None:
    on_files.run("vault", "backup", str(tmp_path / "a"), "--keys-to", str(tmp_path / "b"))
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["ru.vault"]
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["ru.keys"]


def test_a_finished_backup_is_never_overwritten(home: Home, backup: Path) -> None:
    before = manifest(backup).read_text()
    assert "GW-V140" in home.run("vault", "backup", str(backup)).output
    assert manifest(backup).read_text() == before


def test_an_unfinished_backup_is_begun_anew(home: Home, backup: Path) -> None:
    manifest(backup).unlink()
    (backup / "ru.keys" / "manifest.json").unlink()
    assert home.run("vault", "backup", str(backup)).exit_code == 0
    assert manifest(backup).exists()


def test_a_folder_with_other_things_is_left_alone(on_files: Home, tmp_path: Path) -> None:
    (tmp_path / "copy" / "ru.vault").mkdir(parents=True)
    (tmp_path / "copy" / "ru.vault" / "thesis.txt").write_text("mine")
    assert "GW-V140" in on_files.run("vault", "backup", str(tmp_path / "copy")).output


def test_the_report_is_there_for_machines(on_files: Home, tmp_path: Path) -> None:
    vault, keys = on_files.told("backup", str(tmp_path / "copy"))
    assert (vault["part"], keys["part"], vault["name"] == keys["name"]) == ("vault", "keys", True)
    assert vault["counts"]["record"] == on_files.rows("SELECT count(*) FROM record")[0][0]


def test_a_backup_beside_a_busy_writer_is_of_one_moment(on_files: Home, tmp_path: Path) -> None:
    """Each commit of the writer adds the same row to two tables: a copy of several moments would have more of one."""
    program = (
        "import sqlite3, sys\n"
        "vault = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)\n"
        "for n in range(100000):\n"
        "    vault.execute('BEGIN IMMEDIATE')\n"
        "    vault.execute('INSERT INTO alias (token) VALUES (?)', (f'a{n}',))\n"
        "    vault.execute('INSERT INTO shown (session, token, until) VALUES (?, ?, 1)', (bytes(32), f'a{n}'))\n"
        "    vault.execute('COMMIT')\n"
        "    n == 20 and print('going', flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(on_files.file)], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        told = [on_files.told("backup", str(tmp_path / f"copy{number}")) for number in range(3)]
        assert writer.poll() is None
        writer.kill()
    added = {int(one[0]["counts"]["shown"]) for one in told}
    assert len(added) == 3
    for number in range(3):
        copy = sqlite3.connect(tmp_path / f"copy{number}" / "ru.vault" / "vault.db")
        [[more]] = copy.execute("SELECT count(*) FROM shown WHERE token NOT IN (SELECT token FROM alias)").fetchall()
        assert (more, copy.execute("PRAGMA integrity_check").fetchone()[0]) == (0, "ok")
        copy.close()


# --------------------------------------------------------------------------------------------------- what is refused


def test_a_changed_byte_is_found(backup: Path, elsewhere: Home) -> None:
    [file] = [path for path in (backup / "ru.vault").iterdir() if path.name in ("vault.db", "record.rows")]
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert "GW-V141" in elsewhere.run("vault", "restore", str(backup)).output


def test_a_manifest_made_to_fit_is_found(backup: Path, elsewhere: Home) -> None:
    """Whoever changes files and digests lacks the key of the MAC."""
    text = manifest(backup).read_text()
    manifest(backup).write_text(text.replace('"record": ', '"record": 1'))
    assert "GW-V141" in elsewhere.run("vault", "restore", str(backup)).output
    assert elsewhere.vault != "sqlite:ru.db" or not elsewhere.file.exists()


def test_a_cut_file_is_found(backup: Path, elsewhere: Home) -> None:
    [file] = [path for path in (backup / "ru.vault").iterdir() if path.name in ("vault.db", "names.rows")]
    file.write_bytes(file.read_bytes()[:-40])
    assert "GW-V141" in elsewhere.run("vault", "restore", str(backup)).output


def test_a_folder_without_a_manifest_is_no_backup(backup: Path, elsewhere: Home) -> None:
    manifest(backup).unlink()
    assert "GW-V140" in elsewhere.run("vault", "restore", str(backup)).output


def test_another_regions_backup_is_refused(backup: Path, elsewhere: Home) -> None:
    manifest(backup).write_text(manifest(backup).read_text().replace('"region": "ru"', '"region": "kz"'))
    assert "GW-V142" in elsewhere.run("vault", "restore", str(backup)).output


def test_another_kind_of_store_is_refused(on_files: Home, tmp_path: Path, server: servers.Server) -> None:
    on_files.run("vault", "backup", str(tmp_path / "copy"))
    other = Home(tmp_path, server.url())
    other.run("vault", "migrate")
    assert "GW-V142" in other.run("vault", "restore", str(tmp_path / "copy")).output


def test_a_filled_place_is_not_overwritten(home: Home, backup: Path) -> None:
    before = rows(home)
    assert "GW-V143" in home.run("vault", "restore", str(backup)).output
    assert rows(home) == before


def test_keys_older_than_the_grace_period_are_not_restored(home: Home, backup: Path, elsewhere: Home) -> None:
    shutil.rmtree(elsewhere.folder / "keys" / "ru", ignore_errors=True)
    shutil.copytree(root(home) / "ru" / "root", elsewhere.folder / "keys" / "ru" / "root")
    path = backup / "ru.keys" / "manifest.json"
    old = json.loads(path.read_text()) | {"at_ms": int((time.time() - 15 * 86400) * 1000)}
    path.write_text(json.dumps(old))
    told = elsewhere.run("vault", "restore", str(backup))
    assert ("GW-V142" in told.output, "older than 14 days" in told.output) == (True, True)


# -------------------------------------------------------------------------------------------------------- keys and gap


def test_keys_that_are_gone_come_back_with_the_vault(home: Home, backup: Path, elsewhere: Home) -> None:
    elsewhere.keys.unlink()
    done = elsewhere.run("vault", "restore", str(backup))
    assert (done.exit_code, elsewhere.keys.exists()) == (0, True), done.output
    assert "whole: nothing is wrong" in elsewhere.run("vault", "check").output


def test_who_was_erased_since_stays_erased(home: Home, backup: Path, elsewhere: Home) -> None:
    """One of two people who share a phone: the other one's token goes on resolving."""
    [(token, gone)] = home.rows("SELECT n.token, n.subject FROM names n JOIN holder h ON h.token = n.token")
    connection = sqlite3.connect(elsewhere.keys, isolation_level=None)
    connection.execute("DELETE FROM data_key WHERE id = ?", (bytes(gone),))
    connection.close()
    done = elsewhere.run("vault", "restore", str(backup))
    assert "1 rows of record dropped" in done.output
    spelt = f"x'{gone.hex()}'" if home.vault.startswith("sqlite:") else f"'\\x{gone.hex()}'::bytea"
    for table in ("record", "names", "person", "holder"):
        assert elsewhere.rows(f"SELECT 1 FROM {table} WHERE subject = {spelt}") == []
    [(heir,)] = elsewhere.rows(f"SELECT subject FROM names WHERE token = '{token}' AND scope <> ''")
    assert heir != gone
    assert "whole: nothing is wrong" in elsewhere.run("vault", "check").output


def test_a_vault_whose_index_key_was_turned_is_restored_by_the_same_rules(
    home: Home, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    assert home.run("keys", "rotate", "index").exit_code == 0
    backup: Path = request.getfixturevalue("backup")
    elsewhere: Home = request.getfixturevalue("elsewhere")
    connection = sqlite3.connect(elsewhere.keys, isolation_level=None)
    connection.execute("DELETE FROM data_key WHERE id = ?", (bytes(home.rows("SELECT subject FROM holder")[0][0]),))
    connection.close()
    assert "1 rows of record dropped" in elsewhere.run("vault", "restore", str(backup)).output
    assert "whole: nothing is wrong" in elsewhere.run("vault", "check").output


def test_keys_of_the_backup_do_not_bring_back_who_is_named_as_erased(
    home: Home, backup: Path, elsewhere: Home, tmp_path: Path
) -> None:
    elsewhere.keys.unlink()
    [(gone,), *_] = home.rows("SELECT subject FROM record ORDER BY id")
    (tmp_path / "erased").write_text(gone.hex() + "\n")
    done = elsewhere.run("vault", "restore", str(backup), "--erased", str(tmp_path / "erased"))
    assert ("rows of record dropped" in done.output, done.exit_code) == (True, 0), done.output
    assert "whole: nothing is wrong" in elsewhere.run("vault", "check").output


def test_a_restored_vault_serves_nobody_until_the_gap_is_accepted(home: Home, backup: Path, elsewhere: Home) -> None:
    elsewhere.run("vault", "restore", str(backup))
    closed = elsewhere.run("vault", "status")
    started = elsewhere.run("import", str(home.folder / "users.csv"), "--to", "crm", "--id", "id", "--out", "twin.csv")
    accepted = elsewhere.run("vault", "restore", "--accept-gap")
    opened = elsewhere.run("vault", "status")
    assert (closed.exit_code, "GW-V144" in closed.output, opened.exit_code) == (1, True, 0), opened.output
    assert "GW-V144" in started.output
    assert "the ledger has the gap 20" in accepted.output
    last = json.loads(elsewhere.run("ledger", "tail", "-n", "1", "--json").stdout)
    assert (last["event"], last["outcome"].startswith("gap 20")) == ("restore", True)


def test_a_gap_is_accepted_once(backup: Path, elsewhere: Home) -> None:
    elsewhere.run("vault", "restore", str(backup), "--accept-gap")
    assert "there is no gap to accept" in elsewhere.run("vault", "restore", "--accept-gap").output


def test_nothing_to_do_is_told(on_files: Home) -> None:
    assert "name the folder of a backup" in on_files.run("vault", "restore").output


# ------------------------------------------------------------------------------------------------------ interruptions


class Interrupted(Exception):  # noqa: N818 - the process is gone
    """Whatever ends a restore in the middle."""


def test_a_copied_file_is_gone_on_with(on_files: Home, tmp_path: Path) -> None:
    on_files.execute("WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 90000)"
                     " INSERT INTO alias (token) SELECT 'a' || i FROM n;")  # fmt: skip
    on_files.run("vault", "backup", str(tmp_path / "copy"))
    said = decoded(manifest(tmp_path / "copy").read_text())
    [piece] = said.pieces
    source, target = tmp_path / "copy" / "ru.vault" / piece.name, tmp_path / "new" / "ru.db"
    told: list[int] = []

    def interrupt(done: int, _: int) -> None:
        told.append(done)
        raise Interrupted

    with pytest.raises(Interrupted):
        sqlite.copy_in(source, piece, target, VAULT, said.name, interrupt)
    assert not target.exists()
    assert sqlite.copy_in(source, piece, target, VAULT, said.name, lambda done, _: told.append(done))
    assert not sqlite.copy_in(source, piece, target, VAULT, said.name, lambda done, _: told.append(done))
    sqlite.put(target, VAULT)
    assert [path.name for path in target.parent.iterdir()] == ["ru.db"]
    assert told[-1] == piece.bytes


def test_a_copy_that_was_killed_while_it_was_settled_is_made_anew(on_files: Home, tmp_path: Path) -> None:
    on_files.run("vault", "backup", str(tmp_path / "copy"))
    said = decoded(manifest(tmp_path / "copy").read_text())
    source, target = tmp_path / "copy" / "ru.vault" / "vault.db", tmp_path / "new" / "ru.db"
    target.parent.mkdir()
    shutil.copy(source, target.parent / ".ru.db.copying")
    half = sqlite3.connect(target.parent / ".ru.db.copying")
    half.execute("PRAGMA journal_mode = WAL")
    half.execute("INSERT INTO meta (key, value) VALUES ('restored', 'half')")
    half.commit()
    assert sqlite.copy_in(source, said.pieces[0], target, VAULT, said.name, lambda *_: None)
    half.close()
    sqlite.put(target, VAULT)
    assert Home(target.parent).rows("SELECT value FROM meta WHERE key = 'restored'") == [(said.name,)]


async def test_rows_on_a_server_are_gone_on_with(tmp_path: Path, server: servers.Server) -> None:
    source, target = await server.made(), await server.made()
    await servers.ask(
        source, lambda one: one.execute("INSERT INTO alias (token) SELECT 'a' || i FROM generate_series(1, 9000) i")
    )
    folder = tmp_path / "rows"
    folder.mkdir()
    contents, pieces = await postgres.copy_out(source, "vault", RU, lambda name: folder / name, lambda *_: None)
    made = Manifest("one", "vault", "postgresql", RU, 1, contents, tuple(pieces))
    seen: list[int] = []

    def interrupt(size: int) -> None:
        seen.append(size)
        if len([one for one in seen if one]) == 2:
            raise Interrupted

    with pytest.raises(Interrupted):
        await postgres.copy_in(target, "vault", made, folder, "{}", interrupt)
    assert await postgres.copy_in(target, "vault", made, folder, "{}", seen.append)
    assert not await postgres.copy_in(target, "vault", made, folder, "{}", seen.append)
    assert await servers.ask(target, lambda one: one.fetchval("SELECT count(DISTINCT token) FROM alias")) == 9000


def test_the_gateways_own_role_may_back_up_and_only_the_owner_restore(tmp_path: Path, server: servers.Server) -> None:
    """A backup needs no more rights than traffic does; a restore is the owner's, as a migration is."""
    create = "CREATE ROLE ru_traffic LOGIN"
    servers.at_once(servers.ask(server.address(), lambda one: one.execute(create)))
    (tmp_path / "one").mkdir()
    home = Home(tmp_path / "one", server.url(user="ru_traffic"))
    home.fill(owner="postgres")
    assert home.run("vault", "backup", str(tmp_path / "copy")).exit_code == 0
    assert "GW-V118" in home.run("vault", "compact").output
    assert home.run("vault", "compact", "--user", "postgres").exit_code == 0
    (tmp_path / "two").mkdir()
    shutil.copytree(home.folder / "keys", tmp_path / "two" / "keys")
    other = Home(tmp_path / "two", server.url(user="ru_traffic"))
    assert other.run("vault", "migrate", "--user", "postgres").exit_code == 0
    assert "GW-V118" in other.run("vault", "restore", str(tmp_path / "copy")).output
    assert other.run("vault", "restore", str(tmp_path / "copy"), "--user", "postgres").exit_code == 0
    assert "open again" in other.run("vault", "restore", "--accept-gap").output
    assert other.run("vault", "status").exit_code == 0


@pytest.mark.parametrize("after_s", [0.0, 0.05, 0.2])
def test_a_killed_restore_is_finished_by_the_next_one(
    home: Home, backup: Path, elsewhere: Home, after_s: float
) -> None:
    command = [sys.executable, "-m", "gateway", "vault", "restore", str(backup), "--rules", str(elsewhere.rules)]
    where = {"PII_GATEWAY_STATE_DIR": str(elsewhere.folder), "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, env=where, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as one:
        while one.poll() is None and not _began(elsewhere):
            time.sleep(0.005)
        time.sleep(after_s)
        one.send_signal(signal.SIGKILL)
    done = elsewhere.run("vault", "restore", str(backup))
    assert done.exit_code == 0, done.output
    assert rows(elsewhere) == rows(home)
    assert "GW-V144" in elsewhere.run("vault", "status").output
    assert [path.name for path in elsewhere.folder.iterdir() if path.name.startswith(".ru")] == []


def _began(home: Home) -> bool:
    if home.vault.startswith("sqlite:"):
        return any(path.name.startswith((".ru.db", "ru.db")) for path in home.folder.iterdir())
    return bool(home.rows("SELECT 1 FROM meta WHERE key = 'restoring'"))
