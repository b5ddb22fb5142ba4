"""The pool over a real process: batches, budget, back-pressure, crashes. Whatever goes wrong, texts are unread."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import uvloop

from gateway.adapters.names_pool import NamesPool, PoolSizes
from gateway.adapters.names_pool.process import BROKEN, ModelProcess
from gateway.adapters.sink_memory import MemorySink
from gateway.model.errors import WorldError
from gateway.model.free_text import Spotted
from tests.free_text.plugin import ADDRESS, NAMES
from tests.free_text.pools import pool

TEXT = "вчера приходила хрюнда из отдела"
FOUND = [Spotted(0, 16, 22, 0.9)]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.01)


async def test_a_text_is_read(tmp_path: Path) -> None:
    async with pool(tmp_path) as made:
        assert await made.names_in([TEXT]) == FOUND


async def test_each_request_gets_the_names_of_its_own_texts(tmp_path: Path) -> None:
    texts = [[TEXT], ["ничего"], [TEXT, "а тут мымра", ""], [], ["мымра"]]
    async with pool(tmp_path) as made, asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(made.names_in(one)) for one in texts]
    assert [one.result() for one in asked] == [
        FOUND, [], [*FOUND, Spotted(1, 6, 11, 0.9)], [], [Spotted(0, 0, 5, 0.9)],
    ]  # fmt: skip


async def test_a_text_with_any_character_goes_there_and_back(tmp_path: Path) -> None:
    async with pool(tmp_path) as made:
        assert await made.names_in(["\0\n\ud800 👩‍👩‍👧 хрюнда"]) == [Spotted(0, 10, 16, 0.9)]


@pytest.mark.parametrize("deed", ["crash now", "broken now"])
async def test_a_process_that_breaks_is_started_again_and_its_request_is_unread(tmp_path: Path, deed: str) -> None:
    sink = MemorySink()
    async with pool(tmp_path, sink=sink) as made:
        assert await made.names_in([deed]) is None
        await until(lambda: made.takes(()))
        assert await made.names_in([TEXT]) == FOUND
    assert "model_failed" in {event for event, _ in sink.events}


async def test_a_stuck_process_is_ended_when_patience_is(tmp_path: Path) -> None:
    async with pool(tmp_path, PoolSizes(budget_s=30, patience_s=0.3)) as made:
        assert await made.names_in(["sleep now"]) is None
        await until(lambda: made.takes(()))
        assert await made.names_in([TEXT]) == FOUND


async def test_who_waits_longer_than_the_budget_is_told_so(tmp_path: Path) -> None:
    sink = MemorySink()
    async with pool(tmp_path, PoolSizes(budget_s=0.2, patience_s=30), sink) as made:
        assert await made.names_in(["sleep now"]) is None
        assert await made.names_in([TEXT]) is None
    assert [facts["why"] for event, facts in sink.events if event == "names_unread"] == ["late", "late"]


async def test_what_is_too_much_is_not_taken(tmp_path: Path) -> None:
    sink = MemorySink()
    async with pool(tmp_path, PoolSizes(budget_s=30, patience_s=0.5, waiting_chars=50), sink) as made:
        assert made.takes(["x" * 50])
        assert not made.takes(["x" * 51])
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(made.names_in(["sleep now" + "x" * 30]))
            await asyncio.sleep(0)
            assert not made.takes(["x" * 20])
        await until(lambda: made.takes(()))
        assert made.takes(["x" * 50])
    assert sink.events[0] == ("names_unread", {"why": "full"})


async def test_while_no_process_is_alive_nothing_is_taken(tmp_path: Path) -> None:
    sink = MemorySink()
    async with pool(tmp_path, sink=sink) as made:
        (tmp_path / "names.txt").unlink()
        assert await made.names_in(["crash now"]) is None
        assert not made.takes([TEXT])
        with pytest.raises(WorldError, match="GW-S041"):
            await made.ready()
        await until(lambda: [event for event, _ in sink.events].count("model_failed") > 1)
        (tmp_path / "names.txt").write_text("хрюнда")
        await until(lambda: made.takes(()))
        await made.ready()
        assert await made.names_in([TEXT]) == FOUND


async def test_a_process_that_is_killed_while_it_waits_is_started_again_and_costs_no_text(tmp_path: Path) -> None:
    sink = MemorySink()
    async with pool(tmp_path, sink=sink) as made:
        assert await made.names_in([TEXT]) == FOUND
        (process,) = made._alive
        os.kill(process._process.pid, signal.SIGKILL)
        await until(lambda: ("model_failed", {"error": "ended"}) in sink.events)
        await until(lambda: made.takes(()))
        assert await made.names_in([TEXT]) == FOUND


@pytest.mark.parametrize("policy", [asyncio.DefaultEventLoopPolicy, uvloop.EventLoopPolicy])
def test_a_process_that_is_gone_when_it_is_asked_is_broken(
    tmp_path: Path, policy: type[asyncio.DefaultEventLoopPolicy | uvloop.EventLoopPolicy]
) -> None:
    async def asked() -> None:
        (tmp_path / NAMES).write_text("хрюнда")
        process = await ModelProcess.start(ADDRESS, tmp_path, 30)
        os.kill(process._process.pid, signal.SIGKILL)
        await process.gone()
        await until(lambda: process._process.stdin is not None and process._process.stdin.is_closing())
        with pytest.raises(BROKEN):
            await process.names_in([TEXT], 5)

    with asyncio.Runner(loop_factory=policy().new_event_loop) as runner:
        runner.run(asked())


async def test_two_processes_read_at_the_same_time(tmp_path: Path) -> None:
    sizes = PoolSizes(processes=2, budget_s=30, patience_s=2, batch_chars=1)
    async with pool(tmp_path, sizes) as made, asyncio.TaskGroup() as tasks:
        await until(lambda: len(made._alive) == 2)
        stuck = tasks.create_task(made.names_in(["sleep now"]))
        await asyncio.sleep(0)
        assert await made.names_in([TEXT]) == FOUND
        assert not stuck.done()


async def test_a_model_that_raises_leaves_its_texts_unread_and_goes_on(tmp_path: Path) -> None:
    async with pool(tmp_path) as made:
        assert await made.names_in(["raise now"]) is None
        assert await made.names_in([TEXT]) == FOUND


async def test_what_a_model_prints_is_no_answer(tmp_path: Path) -> None:
    async with pool(tmp_path) as made:
        assert await made.names_in(["print now хрюнда"]) == [Spotted(0, 10, 16, 0.9)]


async def test_a_model_connects_to_nothing(tmp_path: Path) -> None:
    met = asyncio.Event()

    def meet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.set()
        writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    async with server, pool(tmp_path) as made:
        port = server.sockets[0].getsockname()[1]
        assert await made.names_in([f"connect now {port}"]) is None
        assert not met.is_set()


async def test_the_loop_goes_on_while_a_model_reads(tmp_path: Path) -> None:
    async with pool(tmp_path, PoolSizes(budget_s=0.3, patience_s=30)) as made, asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(made.names_in(["sleep now"]))
        turns = 0
        while not reading.done():
            turns += 1
            await asyncio.sleep(0.001)
    assert turns > 50


@pytest.mark.parametrize("address", ["no.such.module:open_model", "tests.free_text.plugin:nothing", ADDRESS])
async def test_a_model_that_cannot_be_loaded_is_told_at_the_start(tmp_path: Path, address: str) -> None:
    made = NamesPool(address, tmp_path, PoolSizes(), MemorySink())
    with pytest.raises(WorldError, match="GW-S040"):
        await made.start()


async def test_no_process_outlives_the_pool(tmp_path: Path) -> None:
    async with pool(tmp_path) as made:
        ids = [process._process.pid for process in made._alive]
    for one in ids:
        with pytest.raises(ProcessLookupError):
            os.kill(one, 0)
