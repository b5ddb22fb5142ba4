"""The parent of several gateways on one port: starts them, starts the dead anew, leads signals and answers operators.

It serves no client and knows no rules. The first worker is started alone: what is wrong is told once, stores are made
once, and what it read are the rules of all. From then on rules change only by SIGHUP, for all of them; a worker that is
started later is given the texts that are in force, whatever stands on the disk by then.
"""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import click

from gateway.adapters.sink_counters import CountingSink
from gateway.adapters.sink_tee import TeeSink
from gateway.cli.lines import in_columns, log_lines
from gateway.cli.orders import NewRules, Said, Start, Texts
from gateway.cli.worker import Worker, start
from gateway.ports import Sink
from gateway.server.admin import Admin
from gateway.server.binding import address_of, bind, hold_port
from gateway.server.crew import Crew
from gateway.settings import Settings

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 30.0
_CALM_S = 60.0
"""A worker that has served for so long is started anew without a pause that grew."""
_CLOSING_S = 10.0
"""What stores get to close after the grace period."""
_LAST_WORDS_S = 0.5


def serve_by_workers(settings: Settings, count: int) -> int:
    """Until SIGTERM or SIGINT, or until no worker can be had; the exit status. GatewayError if it cannot start."""
    held, port = hold_port(settings.listen.host, settings.listen.port)
    try:
        columns = in_columns(settings.log)
        shared = settings.model_copy(update={"listen": settings.listen.model_copy(update={"port": port})})
        with log_lines(tuple, columns=columns) as log, tempfile.TemporaryDirectory(prefix="pii-gateway-") as folder:
            counters = CountingSink()
            parent = _Parent(shared, count, Path(folder), counters, TeeSink([counters, log]), columns=columns)
            return asyncio.run(parent.preside())
    finally:
        for one in held:
            one.close()


class _Parent:
    """``folder`` is where the workers' Unix sockets are."""

    def __init__(
        self, settings: Settings, count: int, folder: Path, counters: CountingSink, sink: Sink, *, columns: bool
    ) -> None:
        self._settings = settings
        self._sink = sink
        self._columns = columns
        self._sockets = {number: folder / f"{number}.sock" for number in range(1, count + 1)}
        self._crew = Crew(self._sockets, counters)
        self._admin = Admin(self._crew)
        self._workers: dict[int, Worker] = {}
        self._began = {number: asyncio.Event() for number in self._sockets}
        self._complete = False
        self._texts: Texts | None = None
        self._rules = ""
        self._hangups = 0
        self._rules_due = asyncio.Event()
        self._stop = asyncio.Event()
        self._status = 0

    async def preside(self) -> int:
        """From the first worker's start to the last one's end."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._asked_to_end)
        loop.add_signal_handler(signal.SIGHUP, self._asked_for_rules)
        async with AsyncExitStack() as stack:
            admin_address = await self._listen_admin(stack)
            async with asyncio.TaskGroup() as tasks:
                leading = tasks.create_task(self._lead_rules())
                await self._begin(tasks, admin_address)
                await self._stop.wait()
                leading.cancel()
                self._let_go(loop)
        self._sink.emit("stopped")
        return self._status

    async def _listen_admin(self, stack: AsyncExitStack) -> str:
        made = self._admin.server()
        server = await bind(made, self._settings.admin.host, self._settings.admin.port)
        stack.push_async_callback(made.shutdown, _LAST_WORDS_S)
        stack.callback(made.pre_shutdown)
        stack.callback(server.close)
        return address_of(server)

    async def _begin(self, tasks: asyncio.TaskGroup, admin_address: str) -> None:
        """The first, then the others at once; say where we are once all of them serve."""
        first, *others = self._sockets
        tasks.create_task(self._keep(first))
        await self._began[first].wait()
        for number in others:
            tasks.create_task(self._keep(number))
        for began in self._began.values():
            await began.wait()
        if self._stop.is_set():
            return
        self._complete = True
        self._rules_due.set()  # whoever asked in the meantime has waited
        address = self._workers[first].address
        scheme = "https" if self._settings.listen.tls_cert else "http"
        self._sink.emit("workers_started", address=address, count=len(self._sockets), pid=os.getpid())
        click.echo(f"listening on {scheme}://{address}")
        click.echo(f"admin on http://{admin_address} (/live /ready /metrics /rules)")

    # ----------------------------------------------------------------------------------------------- one worker each

    async def _keep(self, number: int) -> None:
        """See to it that there is such a worker, until all end."""
        loop = asyncio.get_running_loop()
        pause_s = _FIRST_PAUSE_S
        while not self._stop.is_set():
            born_s = loop.time()
            status, served = await self._one_life(number)
            self._crew.ended(number)
            if self._stop.is_set():
                return
            if not served and not (self._complete and self._anybody_serves()):
                self._give_up(status)
                return
            pause_s = _FIRST_PAUSE_S if loop.time() - born_s > _CALM_S else pause_s
            self._sink.emit("worker_died", worker=number, status=status, ms=round(pause_s * 1000))
            await self._pause(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    async def _one_life(self, number: int) -> tuple[int, bool]:
        """Exit status, and whether it ever served."""
        sent = Start(number, self._settings.model_dump_json(), str(self._sockets[number]), self._columns, self._texts)
        try:
            worker = await start(sent)
        except OSError as error:
            self._sink.emit("worker_not_started", worker=number, error=type(error).__name__)
            return 1, False
        self._workers[number] = worker
        if self._stop.is_set():
            worker.release()
        served = await worker.heard()
        if served is not None:
            self._welcome(worker, served)
            await worker.heard()
        return worker.status, served is not None

    def _welcome(self, worker: Worker, said: Said) -> None:
        if self._texts is None:
            self._texts, self._rules = said.texts, said.rules
        self._began[worker.number].set()
        self._rules_due.set()
        if self._complete:
            self._sink.emit("worker_back", worker=worker.number)

    def _anybody_serves(self) -> bool:
        return any(worker.listening.is_set() for worker in self._workers.values())

    async def _pause(self, pause_s: float) -> None:
        try:
            async with asyncio.timeout(pause_s):
                await self._stop.wait()
        except TimeoutError:
            pass

    # --------------------------------------------------------------------------------------------------------- rules

    def _asked_for_rules(self) -> None:
        self._hangups += 1
        self._rules_due.set()

    async def _lead_rules(self) -> None:
        """One worker tries what stands on the disk; only what it took into force goes to the others."""
        while True:
            await self._rules_due.wait()
            self._rules_due.clear()
            if self._hangups and self._complete:
                self._hangups = 0
                await self._renew()
            async with asyncio.TaskGroup() as tasks:
                for worker in self._workers.values():
                    if worker.listening.is_set() and worker.rules != self._rules:
                        tasks.create_task(self._hand_on(worker))

    async def _renew(self) -> None:
        trier = next((worker for worker in self._workers.values() if worker.listening.is_set()), None)
        answer = await trier.take(NewRules()) if trier else None
        if answer is not None and answer.what == "reloaded":
            self._texts, self._rules = answer.texts, answer.rules
        elif trier is not None and answer is None:
            trier.release()  # nobody knows which rules it has now; started anew, it has those of the others

    async def _hand_on(self, worker: Worker) -> None:
        answer = await worker.take(NewRules(self._texts))
        if answer is None or answer.rules != self._rules:
            self._sink.emit("rules_differ", worker=worker.number)
            worker.release()  # started anew, it has those of the others

    # ----------------------------------------------------------------------------------------------------------- end

    def _asked_to_end(self) -> None:
        if self._stop.is_set():
            self._kill()
        else:
            self._sink.emit("stopping")
            self._end()

    def _give_up(self, status: int) -> None:
        """A worker that never served has said why; nothing is gained by another try."""
        self._sink.emit("given_up", status=status)
        self._status = status or 1
        self._end()

    def _end(self) -> None:
        self._stop.set()
        for began in self._began.values():
            began.set()

    def _let_go(self, loop: asyncio.AbstractEventLoop) -> None:
        self._admin.drain()
        for worker in self._workers.values():
            worker.release()
        loop.call_later(self._settings.shutdown_grace_s + _CLOSING_S, self._kill)

    def _kill(self) -> None:
        for worker in self._workers.values():
            worker.kill()
