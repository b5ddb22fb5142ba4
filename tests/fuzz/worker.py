"""One target under atheris, in a process of its own: ``python -m tests.fuzz.worker TARGET FOLDER [libFuzzer options]``.

A finding does not end the run: its input is written into FOLDER once for every place in the code where it shows, and
the fuzzer goes on. Hangs and runs out of memory end it; libFuzzer writes those inputs there itself.
"""

from __future__ import annotations

import hashlib
import sys
import traceback
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["gateway"]):
    from tests.fuzz.targets import TARGETS, Target


def main(name: str, folder: Path, options: list[str]) -> None:
    atheris.Setup([sys.argv[0], *options], _noting(name, TARGETS[name], folder))
    atheris.Fuzz()


def _noting(name: str, target: Target, folder: Path) -> Target:
    seen = set[str]()

    def one(data: bytes) -> None:
        try:
            target(data)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
            where = _where(error)
            if where not in seen:
                seen.add(where)
                path = folder / f"{name}-{hashlib.sha256(where.encode()).hexdigest()[:10]}"
                path.write_bytes(data)
                path.with_suffix(".txt").write_text("".join(traceback.format_exception(error)), encoding="utf-8")

    return one


def _where(error: Exception) -> str:
    """The kind of the error, what a law says of it, and the innermost line of this tree that it came through."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/gateway/" in frame.filename or "/tests/" in frame.filename]
    law = str(error) if isinstance(error, AssertionError) else ""
    return f"{type(error).__name__} {law.splitlines()[:1]} {own[-1].filename}:{own[-1].lineno}"


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
