"""The process of a model: ``python -m gateway.adapters.names_pool.child MODULE:FUNCTION FOLDER``.

It reads texts on stdin and writes names on stdout. Whatever the model prints goes nowhere, it gets no core file, and
nothing in Python can open a connection: no weights are fetched while the gateway runs, and no text leaves.
"""

from __future__ import annotations

import importlib
import os
import resource
import sys
from pathlib import Path
from typing import BinaryIO

from gateway.adapters.names_pool.frames import HEAD, framed, said_in, size_of
from gateway.model.free_text import NameModel

RAISED = (
    ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, OSError, RuntimeError, TypeError,
    ValueError,
)  # fmt: skip
"""What models raise over texts. Anything else ends the process, which says the same, but takes longer."""

_CONNECTING = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.sendmsg")


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_stay_offline)
    answers, texts = _own_pipes()
    model = opened(sys.argv[1], Path(sys.argv[2]))
    answers.write(framed("ready"))
    while head := texts.read(HEAD.size):
        answers.write(framed(_read(model, said_in(texts.read(size_of(head))))))


def opened(address: str, folder: Path) -> NameModel:
    """The model that ``module:function`` makes of its folder."""
    module, _, function = address.partition(":")
    made: NameModel = getattr(importlib.import_module(module), function)(folder)
    return made


def _read(model: NameModel, texts: object) -> object:
    """The answers; None if the model raised: the texts count as unread."""
    if not isinstance(texts, list):
        return None
    try:
        return [list(answer) for answer in model.names_in(texts)]
    except RAISED:
        return None


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipe for answers, away from where a library might print, and the one that texts come by."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    return answers, sys.stdin.buffer


def _stay_offline(event: str, _: tuple[object, ...]) -> None:
    if event in _CONNECTING:
        raise PermissionError("a model may not connect to anything")


if __name__ == "__main__":
    main()
