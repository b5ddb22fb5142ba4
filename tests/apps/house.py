"""Applications as their operators run them: an environment of their own, a process, and the gateway before it.

The environments are made once a machine: they stay in the user's cache folder, named after what is installed in them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
_BEGINS = "http://127.0.0.1:9001"
_START_S = 60.0


def environment(name: str) -> Path:
    """The ``bin`` folder of an environment with what ``NAME.txt`` pins; the first call installs it."""
    pins = HERE / f"{name}.txt"
    digest = hashlib.sha256(pins.read_bytes() + sys.version.encode()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pii-gateway-tests"
    folder = cache / f"{name}-{digest}"
    ready = folder / "ready"
    if not ready.exists():
        shutil.rmtree(folder, ignore_errors=True)
        run([sys.executable, "-m", "venv", str(folder)])
        run([str(folder / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", "-r", str(pins)])
        ready.touch()
    return folder / "bin"


def run(command: Sequence[str], variables: Mapping[str, str] | None = None) -> None:
    """Wait for the command of an application; what it said is told if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_bare(variables))
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}"


def _bare(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our own environment variables, without what would let an application import the gateway's packages."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | dict(more or {})


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def served(
    command: Sequence[str], port: int, folder: Path, variables: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The address of an application, from the moment it takes connections; what it says goes to ``app.log``."""
    with (
        (folder / "app.log").open("ab") as log,
        subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=_bare(variables)) as process,
    ):
        try:
            _until_it_listens(port, process, folder / "app.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _until_it_listens(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + _START_S
    while True:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, f"the application ended: {log.read_text()[-3000:]}"
        assert time.monotonic() < ends, f"the application does not listen: {log.read_text()[-3000:]}"
        time.sleep(0.05)


@dataclass(frozen=True, slots=True)
class Gate:
    """A running gateway; ``home`` holds vault and keys, ``log`` is its error stream."""

    url: str
    home: Path
    log: Path


@contextmanager
def gateway(
    rules: str, folder: Path, upstream: str, files: Mapping[str, str] | None = None, port: int = 0
) -> Iterator[Gate]:
    """``pii-gateway serve`` with the named file of ``tests/apps/rules``, before this application.

    ``files`` are written beside the rules first, e.g. the keys that claims are verified by.
    """
    folder.mkdir(exist_ok=True)
    text = (HERE / "rules" / rules).read_text(encoding="utf-8")
    assert _BEGINS in text
    path, log = folder / rules, folder / "gateway.log"
    path.write_text(text.replace(_BEGINS, upstream), encoding="utf-8")
    for name, content in (files or {}).items():
        (folder / name).write_text(content, encoding="utf-8")
    command = [sys.executable, "-m", "gateway", "serve", "--rules", str(path)]
    command += ["--listen", f"127.0.0.1:{port}", "--admin", "127.0.0.1:0"]
    root = str(HERE.parent.parent)
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": root},
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("listening "), log.read_text()[-3000:]
            yield Gate(f"http://127.0.0.1:{int(line.rstrip().rpartition(':')[2])}", folder / "home", log)
        finally:
            process.terminate()
