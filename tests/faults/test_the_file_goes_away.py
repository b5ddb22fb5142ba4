"""The vault's file is moved, unlinked, replaced or locked while it is open: nothing is told that is not there."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from gateway.adapters.vault_sqlite import SqliteVault
from gateway.model.errors import WorldError
from gateway.model.kept import Batch, Fetch
from tests.contracts.people import ANNA, RU, HandClock, email, fio, keep, name_of, only, record, ref_of
from tests.faults.processes import worker

R1, R2, R3 = record(1), record(2), record(3)


def made(folder: Path, name: str = "ru.db", timeout_s: float = 2.0) -> SqliteVault:
    return SqliteVault(folder / name, RU, clock=HandClock(), ref_of=ref_of, timeout_s=timeout_s)


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncGenerator[SqliteVault]:
    home = made(tmp_path)
    await home.start()
    await home.keep(one(1))
    yield home
    await home.close()


def one(number: int) -> Batch:
    where = record(number)
    return only(keep(where, ANNA, email(where, f"{number}"), fio(where)))


async def refusal(vault: SqliteVault, number: int) -> str:
    with pytest.raises(WorldError) as caught:
        await vault.keep(one(number))
    assert caught.value.status == 503
    return caught.value.code


async def there(vault: SqliteVault, *numbers: int) -> list[int]:
    fetched = await vault.fetch(Fetch(records=tuple(record(n) for n in numbers)))
    return sorted(n for n in numbers if record(n) in fetched.records)


def rows(path: Path) -> int:
    """What a connection of another program finds."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM record").fetchone()[0])
    finally:
        connection.close()


# -------------------------------------------------------------------------------------------------------------- moved


async def test_a_vault_that_was_moved_away_refuses(vault: SqliteVault) -> None:
    vault.path.rename(vault.path.with_name("elsewhere.db"))
    assert [await refusal(vault, 2), await refusal(vault, 3)] == ["GW-V102", "GW-V102"]


async def test_a_vault_that_comes_back_works_on(vault: SqliteVault) -> None:
    away = vault.path.rename(vault.path.with_name("elsewhere.db"))
    await refusal(vault, 2)
    away.rename(vault.path)
    await vault.keep(one(3))
    assert await there(vault, 1, 2, 3) == [1, 3]


async def test_a_vault_that_was_moved_away_is_whole_without_its_log(vault: SqliteVault, tmp_path: Path) -> None:
    away = vault.path.rename(vault.path.with_name("elsewhere.db"))
    await refusal(vault, 2)
    copy = tmp_path / "copy.db"
    shutil.copy(away, copy)
    assert rows(copy) == 1


async def test_a_vault_that_was_moved_away_answers_nothing(vault: SqliteVault) -> None:
    vault.path.rename(vault.path.with_name("elsewhere.db"))
    with pytest.raises(WorldError, match="GW-V102"):
        await there(vault, 1)


async def test_a_vault_that_was_moved_away_is_not_ready(vault: SqliteVault) -> None:
    away = vault.path.rename(vault.path.with_name("elsewhere.db"))
    with pytest.raises(WorldError, match="GW-V102"):
        await vault.ready()
    away.rename(vault.path)
    await vault.ready()


async def test_no_token_is_handed_out_for_a_commit_into_a_moved_file(vault: SqliteVault) -> None:
    away = vault.path.with_name("elsewhere.db")
    with pytest.raises(WorldError, match="GW-V102"):
        await vault._writer.write(lambda _: vault.path.rename(away))
    away.rename(vault.path)
    await vault.keep(one(2))


async def test_a_whole_directory_that_is_moved_and_comes_back_works_on(tmp_path: Path) -> None:
    home = made(tmp_path / "var")
    await home.start()
    await home.keep(one(1))
    away = (tmp_path / "var").rename(tmp_path / "elsewhere")
    assert await refusal(home, 2) == "GW-V102"
    away.rename(tmp_path / "var")
    await home.keep(one(3))
    assert await there(home, 1, 2, 3) == [1, 3]
    await home.close()


async def test_a_vault_behind_a_link_that_is_turned_elsewhere_refuses(tmp_path: Path) -> None:
    await (other := made(tmp_path, "other.db")).start()
    await other.close()
    await (first := made(tmp_path, "first.db")).start()
    await first.close()
    (tmp_path / "ru.db").symlink_to("first.db")
    home = made(tmp_path)
    await home.start()
    await home.keep(one(1))
    (tmp_path / "ru.db").unlink()
    assert await refusal(home, 2) == "GW-V102"
    (tmp_path / "ru.db").symlink_to("other.db")
    await home.keep(one(3))
    await home.close()
    assert [rows(tmp_path / "first.db"), rows(tmp_path / "other.db")] == [1, 1]


# ----------------------------------------------------------------------------------------------------------- unlinked


async def test_nothing_is_written_into_an_unlinked_file(vault: SqliteVault) -> None:
    vault.path.unlink()
    before = vault.counters.commits
    assert [await refusal(vault, 2), await refusal(vault, 3), vault.counters.commits - before] == [
        "GW-V102",
        "GW-V102",
        0,
    ]


async def test_an_unlinked_vault_is_not_made_anew(vault: SqliteVault) -> None:
    vault.path.unlink()
    await refusal(vault, 2)
    assert not vault.path.exists()


async def test_an_unlinked_vault_can_be_rescued_from_the_open_file(vault: SqliteVault, tmp_path: Path) -> None:
    inode = vault.path.stat().st_ino
    vault.path.unlink()
    await refusal(vault, 2)
    links = [link for link in Path("/proc/self/fd").iterdir() if link.exists()]
    [held, *_] = [link for link in links if link.stat().st_ino == inode]
    shutil.copy(held, tmp_path / "rescued.db")
    (tmp_path / "rescued.db").rename(vault.path)
    await vault.keep(one(3))
    assert await there(vault, 1, 2, 3) == [1, 3]


# ----------------------------------------------------------------------------------------------------------- replaced


async def replacement(folder: Path, number: int) -> Path:
    """Another whole vault with one record, closed."""
    other = made(folder, "other.db")
    await other.start()
    await other.keep(one(number))
    await other.close()
    return other.path


async def test_a_vault_that_replaces_the_open_one_is_taken_over(vault: SqliteVault, tmp_path: Path) -> None:
    (await replacement(tmp_path, 5)).replace(vault.path)
    await vault.keep(one(2))
    assert await there(vault, 1, 2, 5) == [2, 5]


async def test_a_vault_may_replace_another_and_its_log(vault: SqliteVault, tmp_path: Path) -> None:
    other = await replacement(tmp_path, 5)
    for path in (vault.path, tmp_path / "ru.db-wal", tmp_path / "ru.db-shm"):
        path.unlink()
    other.rename(vault.path)
    await vault.keep(one(2))
    assert await there(vault, 1, 2, 5) == [2, 5]


async def test_a_vault_that_brings_a_log_of_its_own_keeps_it(vault: SqliteVault, tmp_path: Path) -> None:
    other = made(tmp_path, "other.db")
    await other.start()
    await other.keep(one(5))
    for suffix in ("-wal", ""):
        copy = Path(shutil.copy(tmp_path / f"other.db{suffix}", tmp_path / f"copy{suffix}"))
        copy.replace(tmp_path / f"ru.db{suffix}")
    await other.close()
    await vault.keep(one(2))
    assert await there(vault, 1, 2, 5) == [2, 5]


async def test_a_reader_is_the_first_to_see_a_replaced_vault(vault: SqliteVault, tmp_path: Path) -> None:
    (await replacement(tmp_path, 5)).replace(vault.path)
    assert await there(vault, 1, 5) == [5]


async def test_the_replaced_vault_is_whole_by_itself(vault: SqliteVault, tmp_path: Path) -> None:
    kept_aside = tmp_path / "aside.db"
    other = await replacement(tmp_path, 5)
    vault.path.rename(kept_aside)
    other.rename(vault.path)
    await vault.keep(one(2))
    assert (rows(kept_aside), rows(vault.path)) == (1, 2)


async def test_the_first_vault_may_come_back_after_another(vault: SqliteVault, tmp_path: Path) -> None:
    aside, other = tmp_path / "aside.db", await replacement(tmp_path, 5)
    vault.path.rename(aside)
    other.rename(vault.path)
    await vault.keep(one(2))
    vault.path.rename(other)
    aside.rename(vault.path)
    await vault.keep(one(3))
    assert await there(vault, 1, 2, 3, 5) == [1, 3]


@pytest.mark.parametrize("content", [b"", b"something else" * 500], ids=["empty", "text"])
async def test_what_is_no_vault_is_not_taken_over(vault: SqliteVault, tmp_path: Path, content: bytes) -> None:
    away = vault.path.rename(tmp_path / "aside.db")
    vault.path.write_bytes(content)
    assert [await refusal(vault, 2), vault.path.read_bytes()] == ["GW-V103", content]
    away.replace(vault.path)
    await vault.keep(one(3))
    assert await there(vault, 1, 3) == [1, 3]


async def test_a_directory_in_place_of_the_vault_refuses(vault: SqliteVault, tmp_path: Path) -> None:
    away = vault.path.rename(tmp_path / "aside.db")
    vault.path.mkdir()
    assert await refusal(vault, 2) == "GW-V103"
    vault.path.rmdir()
    away.rename(vault.path)
    await vault.keep(one(3))


async def test_a_vault_of_another_region_is_not_taken_over(vault: SqliteVault, tmp_path: Path) -> None:
    foreign = SqliteVault(tmp_path / "kz.db", type(RU)("kz"), clock=HandClock(), ref_of=ref_of)
    await foreign.start()
    await foreign.close()
    foreign.path.replace(vault.path)
    assert await refusal(vault, 2) == "GW-V110"


async def test_a_removed_log_is_noticed_and_nothing_acknowledged_is_lost(vault: SqliteVault, tmp_path: Path) -> None:
    (tmp_path / "ru.db-wal").unlink()
    assert await refusal(vault, 2) == "GW-V102"
    assert rows(Path(shutil.copy(vault.path, tmp_path / "copy.db"))) == 1


# ------------------------------------------------------------------------------------------------------------- locked


async def test_a_vault_that_another_process_writes_refuses_after_a_while(tmp_path: Path) -> None:
    home = made(tmp_path, timeout_s=0.4)
    await home.start()
    with worker("lock", tmp_path, "EXCLUSIVE") as other:
        other.until("holding")
        assert await refusal(home, 1) == "GW-V101"
        assert await there(home, 1) == []
        other.go_on()
        other.until("let go")
        await home.keep(one(2))
    assert await there(home, 1, 2) == [2]
    await home.close()


async def test_a_lock_that_is_let_go_in_time_is_waited_for(vault: SqliteVault, tmp_path: Path) -> None:
    with worker("lock", tmp_path, "IMMEDIATE") as other:
        other.until("holding")
        waiting = asyncio.create_task(vault.keep(one(2)))
        await asyncio.sleep(0)
        other.go_on()
        await waiting
    assert await there(vault, 2) == [2]


async def test_a_vault_that_another_process_has_for_itself_does_not_start(tmp_path: Path) -> None:
    await (home := made(tmp_path)).start()
    await home.close()
    with worker("lock", tmp_path, "EXCLUSIVE MODE") as other:
        other.until("holding")
        late = made(tmp_path, timeout_s=0.4)
        with pytest.raises(WorldError, match="GW-V101"):
            await late.start()
        other.go_on()
        other.until("let go")
        await late.start()
        await late.keep(one(1))
    await late.close()


def test_the_made_up_people_are_the_contracts() -> None:
    assert name_of(R1, 2) != name_of(R2, 2) != name_of(R3, 2)
