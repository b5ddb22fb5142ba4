"""The tokenised twin of a table, its rejects and its journal: three files that a resumed import finds in step.

The journal is written after what it speaks of is on the disk. What a killed import has put behind its last mark is
cut off before it goes on. A lock on the journal keeps two imports out of one twin.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Self

import orjson

from gateway.model.errors import GatewayError, RulesError, WorldError
from gateway.model.table import Import, Mark, Part, Reject

_OWN = 0o600
_BLOCK = 2**22


class ImportFiles:
    """``twin``, and beside it ``twin.rejects.csv`` and ``twin.journal``; for their owner's eyes only."""

    def __init__(self, twin: Path) -> None:
        self.twin = twin
        self.rejects = twin.with_name(f"{twin.name}.rejects.csv")
        self.journal = twin.with_name(f"{twin.name}.journal")
        self._open: dict[Path, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for descriptor in self._open.values():
            os.close(descriptor)
        self._open.clear()

    def resume(self) -> tuple[Import, Mark]:
        """What is being imported and how far it got; everything behind that is cut off. GW-I111, GW-I113."""
        try:
            self._lock(os.open(self.journal, os.O_RDWR))
            lines = self.journal.read_bytes().split(b"\n")[:-1]
            found = [orjson.loads(line) for line in lines]
            what, mark = _import_of(found[0]), Mark(**found[-1])
            os.ftruncate(self._open[self.journal], sum(len(line) + 1 for line in lines))
            if not mark.done:
                self._take(self.twin, mark.twin)
                self._take(self.rejects, mark.rejects)
        except (OSError, orjson.JSONDecodeError, TypeError, LookupError) as error:
            raise self._nothing(error) from error
        return what, mark

    def begin(self, what: Import, mark: Mark, head: bytes = b"") -> Mark:
        """Make the files. GW-I110 if any of them is there, or of its parts."""
        parts = [self.part(number).twin for number in range(len(what.parts))]
        if any(path.exists() for path in (self.twin, self.rejects, *parts)):
            raise _there(self.twin)
        try:
            self._lock(os.open(self.journal, os.O_RDWR | os.O_CREAT | os.O_EXCL, _OWN))
            rejects = b"line,code\n"
            mark = replace(mark, twin=len(head), rejects=len(rejects))
            self._take(self.twin, 0)
            self._take(self.rejects, 0)
            self._write(self.twin, head)
            self._write(self.rejects, rejects)
            self._write(self.journal, _line(asdict(what)) + _line(asdict(mark)))
            _sync_directory(self.twin.parent)
        except FileExistsError:
            raise _there(self.twin) from None
        except OSError as error:
            raise self._unwritten(error) from error
        return mark

    def add(self, rows: bytes, rejects: Sequence[Reject], mark: Mark) -> Mark:
        try:
            if rows:
                self._write(self.twin, rows)
            if rejects:
                self._write(self.rejects, b"".join(b"%d,%b\n" % (one.line, one.code.encode()) for one in rejects))
            mark = replace(mark, twin=self._size(self.twin), rejects=self._size(self.rejects))
            self._write(self.journal, _line(asdict(mark)))
        except OSError as error:
            raise self._unwritten(error) from error
        return mark

    @property
    def begun(self) -> bool:
        """True if there is something to resume."""
        return self.journal.exists() and self.journal.read_bytes().count(b"\n") > 1

    def planned(self) -> Import:
        """What is being imported; nothing is locked or changed. GW-I111."""
        try:
            with self.journal.open("rb") as file:
                return _import_of(orjson.loads(file.readline()))
        except (OSError, orjson.JSONDecodeError, TypeError, LookupError) as error:
            raise self._nothing(error) from error

    def part(self, number: int) -> ImportFiles:
        """The files of one part, beside these."""
        return ImportFiles(self.twin.with_name(f"{self.twin.name}.part{number}"))

    def join(self, parts: Sequence[ImportFiles], mark: Mark) -> Mark:
        """The twins and rejects of parts that are done, one after another behind the head; then they are removed.

        Whoever is stopped in the middle of it begins anew: what is not marked is cut off.
        """
        try:
            for part in parts:
                with part.twin.open("rb") as twin, part.rejects.open("rb") as rejects:
                    rejects.readline()
                    for path, file in ((self.twin, twin), (self.rejects, rejects)):
                        while block := file.read(_BLOCK):
                            self._write(path, block)
        except OSError as error:
            raise self._unwritten(error) from error
        mark = self.add(b"", [], mark)
        self.remove(parts)
        return mark

    def remove(self, parts: Sequence[ImportFiles]) -> None:
        for part in parts:
            for path in (part.twin, part.rejects, part.journal):
                path.unlink(missing_ok=True)

    # ------------------------------------------------------------------------------------------------------ details

    def _lock(self, descriptor: int) -> None:
        self._open[self.journal] = descriptor
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RulesError(
                "GW-I113", f"another import is writing {str(self.twin)!r}.", "let it end, or name another --out."
            ) from None

    def _take(self, path: Path, size: int) -> None:
        """Open a file to append to it, what is behind ``size`` cut off."""
        self._open[path] = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, _OWN)
        if self._size(path) < size:
            raise FileNotFoundError
        os.ftruncate(self._open[path], size)

    def _size(self, path: Path) -> int:
        return os.fstat(self._open[path]).st_size

    def _write(self, path: Path, content: bytes) -> None:
        descriptor, rest = self._open[path], memoryview(content)
        if path == self.journal:
            os.lseek(descriptor, 0, os.SEEK_END)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fdatasync(descriptor)

    def _nothing(self, error: Exception) -> RulesError:
        return RulesError(
            "GW-I111",
            f"there is no journal {str(self.journal)!r} to go on from ({type(error).__name__}).",
            "begin the import again without --resume, with another --out.",
        )

    def _unwritten(self, error: OSError) -> GatewayError:
        return WorldError(
            "GW-I131",
            f"the twin {str(self.twin)!r} can't be written ({type(error).__name__}): what is marked in its journal is "
            "whole.",
            "make room, then go on with --resume.",
        )


def _import_of(facts: dict[str, Any]) -> Import:
    return Import(**{**facts, "parts": tuple(Part(**one) for one in facts.get("parts", ()))})


def _line(facts: dict[str, object]) -> bytes:
    return orjson.dumps(facts) + b"\n"


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _there(twin: Path) -> RulesError:
    return RulesError(
        "GW-I110",
        f"{str(twin)!r}, its rejects, its journal or a part of it is there already: an import overwrites nothing.",
        "go on with --resume, or name another --out.",
    )
