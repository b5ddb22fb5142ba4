"""The gateway under fire: the real command on one port for all of its lives, its log and its temporary files kept."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.load.paths import ROOT, RULES
from tests.load.programs import module

SQLITE = 'vault: "sqlite:ru.db", key: "file:keys/ru"'


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def rules_over(folder: Path, upstream: str, stores: str = SQLITE) -> Path:
    """The bench's rules for an upstream and other stores."""
    path = folder / "rules.yaml"
    text = RULES.read_text().replace("http://127.0.0.1:9001", upstream)
    assert SQLITE in text
    path.write_text(text.replace(SQLITE, stores))
    return path


@dataclass
class Gate:
    """One gateway, started again on the same state after each death."""

    state: Path
    rules: Path
    port: int
    launcher: str = "gateway"
    process: subprocess.Popen[str] | None = None
    starts: int = 0

    def command(self, *words: str) -> list[str]:
        return module(self.launcher, *words, "--rules", str(self.rules))

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PII_GATEWAY_STATE_DIR": str(self.state),
            "TMPDIR": str(self.state),
            "PYTHONPATH": str(ROOT),
        }

    def begin(self) -> None:
        """As a supervisor does: again and again, until it listens."""
        listen = ("--listen", f"127.0.0.1:{self.port}", "--admin", "127.0.0.1:0")
        for _ in range(30):
            with (self.state / "gateway.log").open("ab") as log:
                self.process = subprocess.Popen(
                    self.command("serve", *listen),
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    cwd=self.state,
                    env=self.environment(),
                )
            _dump_core(self.process.pid)
            self.starts += 1
            assert self.process.stdout is not None
            if self.process.stdout.readline().startswith("listening "):
                return
            self.process.wait()
        raise AssertionError(f"the gateway does not start: {(self.state / 'gateway.log').read_text()[-2000:]}")

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(number)
            self.process.wait()
            if self.process.stdout is not None:
                self.process.stdout.close()

    async def again(self, number: signal.Signals = signal.SIGKILL) -> None:
        self.end(number)
        await asyncio.to_thread(self.begin)

    def run(self, *words: str) -> None:
        told = subprocess.run(
            self.command(*words), cwd=self.state, env=self.environment(), capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stdout + told.stderr


@contextmanager
def gate(state: Path, rules: Path, launcher: str = "gateway") -> Iterator[Gate]:
    """Not yet begun; gone when the block ends."""
    one = Gate(state, rules, free_port(), launcher)
    try:
        yield one
    finally:
        one.end()


def _dump_core(pid: int) -> None:
    """If it crashes it may leave a core, in its working folder or wherever the machine puts it."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.prlimit(pid, resource.RLIMIT_CORE, (hard, hard))
