"""``pii-gateway subject erase``: what a person leaves behind in a company, its copies included."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.adapters.sink_memory import MemorySink
from gateway.model.erasure import Condemnation
from gateway.model.errors import WorldError
from gateway.model.names import Kind, SubjectId
from gateway.service.erasure import Erasure
from gateway.service.subjects import Subjects
from gateway.wiring import Home as Opened
from gateway.wiring import at_home
from tests import postgres
from tests.contracts.people import RU
from tests.ops.erasing import ANNA, Play, on_server
from tests.ops.homes import SHARED, Home

ERASE = ("subject", "erase", "--by", "dpo", "--why", "request 7")


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_after_the_grace_period_no_copy_opens_for_whom_was_erased(
    store: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if store == "sqlite":
        told = asyncio.run(Play(tmp_path, "sqlite:ru.db").run())
    else:
        server: postgres.Server = request.getfixturevalue("server")
        told = asyncio.run(on_server(tmp_path, server.url()))
    assert (set(told.left.values()), told.known) == ({0}, False)
    assert told.within_grace.startswith("opened: ")  # a restore works
    assert list(told.thief.values()) == ["GW-K109", "GW-K105", "no data key"]
    assert told.heir == SHARED


def somebody(home: Home) -> str:
    """Of the two who share a phone, the one who has it by somebody else's token."""
    [(subject,)] = home.rows("SELECT subject FROM holder")
    return bytes(subject).hex()


def keys_of(home: Home, subject: str) -> int:
    with closing(sqlite3.connect(home.keys)) as keys:
        found: int = keys.execute("SELECT count(*) FROM data_key WHERE id = ?", (bytes.fromhex(subject),)).fetchone()[0]
    return found


def test_a_person_is_erased_by_a_command(home: Home) -> None:
    gone = somebody(home)
    assert keys_of(home, gone) == 1
    done = home.run(*ERASE, "--id", gone)
    assert (done.exit_code, done.output) == (0, f"erased: {gone}\n")
    assert keys_of(home, gone) == 0
    assert home.run("subject", "show", "--id", gone, "--by", "dpo").exit_code == 1
    assert "whole: nothing is wrong" in home.run("vault", "check").output
    assert home.run("ledger", "verify").exit_code == 0
    assert gone in (home.folder / "keys" / "ru" / "ru.orders.jsonl").read_text()


def test_who_is_held_is_not_erased_and_the_mend_is_told(on_files: Home) -> None:
    gone = somebody(on_files)
    on_files.run("subject", "hold", "--id", gone, "--by", "dpo", "--why", "case 1")
    done = on_files.run(*ERASE, "--id", gone)
    assert (done.exit_code, "GW-V133" in done.output, "release it" in " ".join(done.output.split())) == (1, True, True)
    assert keys_of(on_files, gone) == 1
    assert on_files.run("subject", "show", "--id", gone, "--by", "dpo").exit_code == 0


def test_nobody_can_not_be_erased(on_files: Home) -> None:
    done = on_files.run(*ERASE, "--id", "01" + 26 * "0")
    assert (done.exit_code, "GW-V130" in done.output) == (1, True)


def test_the_ledger_tells_who_ordered_it_and_no_value(on_files: Home) -> None:
    gone = somebody(on_files)
    on_files.run(*ERASE, "--id", gone)
    told = on_files.run("ledger", "tail", "-n", "2", "--json").stdout
    assert (told.count('"erase"'), told.count("role:dpo"), told.count("request 7"), told.count(gone)) == (2, 2, 2, 2)
    assert SHARED not in told


# ------------------------------------------------------------------------------------------------------ interruptions


class Killed(BaseException):
    """The process is gone."""


class Dying:
    """A port of which the call numbered ``at`` (from 0), of those that erasing makes, never returns."""

    def __init__(self, inner: object, calls: list[str], at: int) -> None:
        self._inner = inner
        self._calls = calls
        self._at = at

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
        whole = getattr(self._inner, name)
        if name not in ("condemn", "write", "erase", "clear", "gone", "append"):
            return whole

        async def call(*arguments: object, **more: object) -> Any:  # noqa: ANN401 - as above
            self._calls.append(name)
            if len(self._calls) > self._at:
                raise Killed
            return await whole(*arguments, **more)

        return call


def _subjects(play: Play, home: Opened) -> Subjects:
    return Subjects(play.rules, home.world, home.vaults, home.journal)


async def killed_at(home: Opened, play: Play, subject: SubjectId, at: int) -> bool:
    """Erase until the call of that number; False if there are fewer."""
    calls: list[str] = []
    world = replace(home.world, keys=Dying(home.world.keys, calls, at), ledger=Dying(home.world.ledger, calls, at))
    vaults = {region: Dying(vault, calls, at) for region, vault in home.vaults.items()}
    erasure = Erasure(play.rules, world, vaults, Dying(home.journal, calls, at))  # type: ignore[arg-type]  # stands for any
    try:
        await erasure.erase(subject, "dpo", "request 7")
    except Killed:
        return True
    return False


@pytest.mark.parametrize("again", ["command", "background"])
async def test_an_erasure_that_was_killed_anywhere_is_finished_by_the_next(tmp_path: Path, again: str) -> None:
    for at in range(20):
        folder = tmp_path / str(at)
        folder.mkdir()
        play = Play(folder, "sqlite:ru.db")
        async with at_home(play.rules, play.settings, MemorySink(), play.clock) as home:
            await play._register(home, ANNA)
            found = await Subjects(play.rules, home.world, home.vaults, home.journal).named(
                Kind("email"), ANNA["email"]
            )
            assert found is not None
            if not await killed_at(home, play, found.subject, at):
                assert at > 5
                return
            play.clock.pass_s(120)
            erasure = Erasure(play.rules, home.world, home.vaults, home.journal)
            begun = bool(await home.vaults[RU].condemned())
            if again == "command" or not begun:
                await erasure.erase(found.subject, "dpo", "request 7")
            else:
                assert await erasure.finish(play.clock.now_ms() // 1000 - 60) == (found.subject,)
            assert await home.vaults[RU].dossier(found.subject) is None
            assert await home.world.keys.open(RU, [found.subject]) == {}
            assert await home.vaults[RU].condemned() == []
    raise AssertionError("erasing has no end")


async def test_what_somebody_has_just_begun_is_left_to_him(tmp_path: Path) -> None:
    play = Play(tmp_path, "sqlite:ru.db")
    async with at_home(play.rules, play.settings, MemorySink(), play.clock) as home:
        now_s = play.clock.now_ms() // 1000
        await home.vaults[RU].condemn(Condemnation((SubjectId("01" + 26 * "0"),), now_s, "dpo", "case 1"))
        erasure = Erasure(play.rules, home.world, home.vaults, home.journal)
        assert await erasure.finish(now_s - 60) == ()
        assert await erasure.finish(now_s) != ()


async def test_nothing_is_destroyed_that_the_journal_does_not_know(tmp_path: Path) -> None:
    play = Play(tmp_path, "sqlite:ru.db")
    async with at_home(play.rules, play.settings, MemorySink(), play.clock) as home:
        await play._register(home, ANNA)
        [stored] = await home.vaults[RU].page(None, 9)
        whose = stored.sealed.subject
        (tmp_path / "keys" / "ru" / "ru.orders.jsonl").mkdir()
        erasure = Erasure(play.rules, home.world, home.vaults, home.journal)
        with pytest.raises(WorldError, match="GW-V147"):
            await erasure.erase(whose, "dpo", "request 7")
        assert set(await home.world.keys.open(RU, [whose])) == {whose}
