"""One worker process as its parent has it: started, told of new rules, let go, ended."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process

from gateway.cli.orders import MOST_BYTES, NewRules, Said, Start, line, said

_RELOAD_S = 120.0
"""Rules are checked and tried by their own tests, on a machine that is busy meanwhile."""


class Worker:
    """``listening`` is set while it serves, ``rules`` is the digest of those it has."""

    def __init__(self, number: int, process: Process) -> None:
        self.number = number
        self.address = ""
        self.rules = ""
        self.listening = asyncio.Event()
        self._process = process
        self._answers: asyncio.Queue[Said | None] = asyncio.Queue()
        self._one_at_a_time = asyncio.Lock()

    @property
    def status(self) -> int:
        """As a shell tells it: 128 and the signal for one that was killed."""
        code = self._process.returncode or 0
        return code if code >= 0 else 128 - code

    async def heard(self) -> Said | None:
        """The next thing it says of itself (that it listens); None once it has ended.

        Answers to orders go to whoever gave them.
        """
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        while text := await self._process.stdout.readline():
            match said(text):
                case Said(what="listening") as listening:
                    self.address, self.rules = listening.address, listening.rules
                    self.listening.set()
                    return listening
                case Said() as answer:
                    self.rules = answer.rules
                    self._answers.put_nowait(answer)
        await self._process.wait()
        self.listening.clear()
        self._answers.put_nowait(None)
        return None

    async def take(self, order: NewRules) -> Said | None:
        """What became of new rules; None if it ended over them, or did not say in time."""
        async with self._one_at_a_time:
            if not self.tell(line(order)):
                return None
            try:
                async with asyncio.timeout(_RELOAD_S):
                    return await self._answers.get()
            except TimeoutError:
                return None

    def release(self) -> None:
        """It finishes what is under way and ends; one that does not serve yet ends at once."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        if not self.listening.is_set():
            self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        try:
            self._process.send_signal(number)
        except ProcessLookupError:
            pass  # it has ended by itself

    def tell(self, text: bytes) -> bool:
        """False if it is not listened to any more."""
        stdin = self._process.stdin
        if stdin is None or stdin.is_closing():
            return False
        stdin.write(text)
        return True


async def start(order: Start) -> Worker:
    """The command that started this process, as a worker. OSError if the machine has no room for one.

    A group of its own keeps Ctrl-C away from it: the parent hears it and lets go.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *sys.orig_argv[1:],
        "--worker",
        str(order.number),
        stdin=PIPE,
        stdout=PIPE,
        limit=MOST_BYTES,
        process_group=0,
        close_fds=True,
    )
    worker = Worker(order.number, process)
    worker.tell(line(order))
    return worker
