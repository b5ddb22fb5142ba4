"""One gateway in this process: alone at its addresses, or a worker beside others on one port."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import click
import uvloop

from gateway.adapters.sink_log import LogSink
from gateway.cli.lines import in_columns, log_lines
from gateway.cli.orders import MOST_BYTES, NewRules, Reading, Said, Start, line, new_rules, started
from gateway.cli.undumped import leave_no_core
from gateway.model.errors import GatewayError, RulesError
from gateway.model.rules import Ruleset
from gateway.ruleset.load import load as load_rules
from gateway.server.telemetry import Vocabulary, loop_errors
from gateway.settings import Settings
from gateway.wiring import Gateway, running

_YOUNG_OBJECTS = 20_000


def serve_alone(settings: Settings) -> None:
    """Until SIGTERM or SIGINT. GatewayError if it cannot start."""
    leave_no_core()
    ruleset = load_rules(settings.rules)
    vocabulary = Vocabulary(ruleset)
    with log_lines(vocabulary, columns=in_columns(settings.log)) as sink:
        _run(_alone(ruleset, settings, sink, vocabulary))


def serve_beside() -> None:
    """As one of several: as the parent at the other end of the standard streams says, and no longer than it lives."""
    leave_no_core()
    start = started(sys.stdin.buffer.readline())
    settings = Settings.model_validate_json(start.settings)
    reading = Reading(start.texts)
    ruleset = load_rules(list(start.texts or settings.rules), reading)
    refuse_what_is_not_shared(ruleset)
    vocabulary = Vocabulary(ruleset)
    with log_lines(vocabulary, columns=start.columns, worker=start.number) as sink:
        _run(_Worker(start, settings, sink, vocabulary).serve(ruleset, reading))


def _run(work: Coroutine[object, object, None]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)


def settle_memory(young: int = _YOUNG_OBJECTS) -> None:
    """Take what lives as long as the process (modules, rules, detectors: 70,000 objects) out of garbage collection.

    A full collection would walk all of that, 35 ms in which no request is answered. The rest is collected after 20,000
    new objects instead of 700, since a request makes hundreds and leaves few cycles. Measured with tests/load, 16
    clients: p99 97 → 58 ms, 7 % less CPU a request; 5,000 gained less, 100,000 no more.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(young, 10, 10)


@asynccontextmanager
async def _serving(
    ruleset: Ruleset, settings: Settings, sink: LogSink, asked_at: Path | None = None
) -> AsyncIterator[tuple[Gateway, asyncio.Event]]:
    """A running gateway, and what SIGTERM and SIGINT set."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(loop_errors(sink))
    stop = asyncio.Event()
    async with running(ruleset, settings, sink, asked_at=asked_at) as gateway:
        settle_memory()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        sink.emit("started", address=gateway.address, rules=ruleset.digest, routes=len(ruleset.routes), pid=os.getpid())
        yield gateway, stop
        sink.emit("stopping")
    sink.emit("stopped")


async def _reload(gateway: Gateway, settings: Settings, sink: LogSink, vocabulary: Vocabulary, order: NewRules) -> Said:
    """Read rules again, beside the requests; swap them whole or not at all."""
    reading = Reading(order.texts)
    try:
        ruleset = await asyncio.to_thread(load_rules, list(order.texts or settings.rules), reading)
        gateway.reload(ruleset)
    except GatewayError as error:
        sink.emit("rules_kept", code=error.code)
        click.echo(str(error), err=True)
        return Said("kept", rules=gateway.rules.current.digest)
    vocabulary.learn(ruleset)
    sink.emit("rules_reloaded", rules=ruleset.digest)
    return Said("reloaded", rules=ruleset.digest, texts=reading.texts)


# --------------------------------------------------------------------------------------------------------- alone


async def _alone(ruleset: Ruleset, settings: Settings, sink: LogSink, vocabulary: Vocabulary) -> None:
    hangup = asyncio.Event()

    async def reload_at_every_hangup() -> None:
        while True:
            await hangup.wait()
            hangup.clear()
            await _reload(gateway, settings, sink, vocabulary, NewRules())

    async with _serving(ruleset, settings, sink) as (gateway, stop), asyncio.TaskGroup() as tasks:
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, hangup.set)
        reloading = tasks.create_task(reload_at_every_hangup())
        scheme = "https" if settings.listen.tls_cert else "http"
        click.echo(f"listening on {scheme}://{gateway.address}")
        click.echo(f"admin on http://{gateway.admin_address} (/live /ready /metrics /rules)")
        if gateway.mail_address is not None:
            click.echo(f"mail on smtp://{gateway.mail_address}")
        if gateway.mail_tls_address is not None:
            click.echo(f"mail on smtps://{gateway.mail_tls_address}")
        await stop.wait()
        reloading.cancel()


# ------------------------------------------------------------------------------------------------------ one of several


class _Worker:
    """Serves until its standard input ends. SIGHUP is the parent's affair."""

    def __init__(self, start: Start, settings: Settings, sink: LogSink, vocabulary: Vocabulary) -> None:
        self._start = start
        self._settings = settings
        self._sink = sink
        self._vocabulary = vocabulary

    async def serve(self, ruleset: Ruleset, reading: Reading) -> None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, _nothing)
        asked_at = Path(self._start.socket)
        async with (
            _serving(ruleset, self._settings, self._sink, asked_at) as (gateway, stop),
            asyncio.TaskGroup() as tasks,
        ):
            obeying = tasks.create_task(self._obey(gateway, stop))
            _say(Said("listening", gateway.address, ruleset.digest, reading.texts))
            await stop.wait()
            obeying.cancel()

    async def _obey(self, gateway: Gateway, stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(MOST_BYTES)
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
        while order := await reader.readline():
            _say(await _reload(gateway, self._settings, self._sink, self._vocabulary, new_rules(order)))
        stop.set()


def _say(what: Said) -> None:
    """To the parent, which always listens; if it is gone, the input has ended too."""
    try:
        sys.stdout.buffer.write(line(what))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        pass


def _nothing() -> None:
    pass


def refuse_what_is_not_shared(ruleset: Ruleset) -> None:
    """GW-S019 for stores that each process would have for itself."""
    for name, region in ruleset.regions.items():
        own = [address for address in (region.vault, region.key) if address.startswith("memory:")]
        if own:
            raise RulesError(
                "GW-S019",
                f"region {name} has {own[0]!r}, which each worker would have for itself: what one keeps the others "
                "could not find.",
                "name a store that processes share (sqlite:, postgres:), or run one worker",
            )
