"""A model of the tests' own, plugged in by its address: it knows the names that a file lists, and does as texts bid."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

from gateway.model.free_text import NameModel, Spotted

ADDRESS = "tests.free_text.plugin:open_model"
NAMES = "names.txt"


def open_model(folder: Path) -> NameModel:
    return _Listed((folder / NAMES).read_text().split())


class _Listed:
    def __init__(self, names: Sequence[str]) -> None:
        self._names = re.compile("|".join(names), re.IGNORECASE)

    def names_in(self, texts: Sequence[str]) -> Sequence[Spotted]:
        return [one for number, text in enumerate(texts) for one in self._in_text(number, text)]

    def _in_text(self, number: int, text: str) -> Iterator[Spotted]:
        if "crash now" in text:
            os._exit(3)
        if "sleep now" in text:
            Event().wait()
        if "raise now" in text:
            raise RuntimeError(text)
        if "print now" in text:
            print(text)  # noqa: T201 - the deed
        if "connect now" in text:
            with socket.socket() as made:
                made.connect(("127.0.0.1", int(text.rsplit(maxsplit=1)[-1])))
        if "nonsense now" in text:
            yield Spotted(number + 10_000, 0, 1, 1.0)
            yield Spotted(number, 0, 10_000, 1.0)
        if "broken now" in text:
            yield Spotted(number, "0", 1, 1.0)  # type: ignore[arg-type]  # what a plug-in gets wrong
        for match in self._names.finditer(text):
            yield Spotted(number, match.start(), match.end(), 0.9)
