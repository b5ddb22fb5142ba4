"""kill -9 spares the page cache, a power cut does not: the disk is asked before anybody is told, as strace sees it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.processes import worker


@pytest.fixture
def strace() -> str:
    path = shutil.which("strace")
    if path is None:
        pytest.skip("strace is not installed: that commits reach the disk before anybody is told is NOT proved here")
    return path


def told_too_early(trace: str) -> int:
    """Acknowledgements while something was in the log of which the disk had not yet said that it has it."""
    early, unsynced, syncing = 0, False, set()
    for line in trace.splitlines():
        thread = line.split()[0]
        if "pwrite64(" in line and "-wal>" in line:
            unsynced = True
        elif re.search(r"sync\(\d+<[^>]*-wal>", line):
            syncing.add(thread)
        elif '"kept ' in line:
            early += unsynced
        if thread in syncing and line.endswith("= 0"):
            unsynced = False
            syncing.remove(thread)
    return early


def acknowledged(trace: str) -> int:
    return sum("write(1<" in line and '"kept ' in line for line in trace.splitlines())


def traced(strace: str, folder: Path, what: str) -> Iterator[str]:
    trace = folder / "trace"
    under = (strace, "-f", "-y", "-e", "trace=pwrite64,write,fsync,fdatasync", "-o", str(trace))
    with worker(what, folder, under=under) as other:
        for _ in range(60):
            other.line()
        other.kill()
    yield trace.read_text()


@pytest.mark.slow
def test_no_name_is_told_before_the_disk_has_it(strace: str, tmp_path: Path) -> None:
    for trace in traced(strace, tmp_path, "keep-one-by-one"):
        assert acknowledged(trace) >= 60
        assert told_too_early(trace) == 0


@pytest.mark.slow
def test_a_vault_that_does_not_ask_the_disk_is_found_out(strace: str, tmp_path: Path) -> None:
    for trace in traced(strace, tmp_path, "keep-carelessly"):
        assert acknowledged(trace) >= 60
        assert told_too_early(trace) > 0
