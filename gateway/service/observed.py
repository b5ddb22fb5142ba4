"""What an observing gateway has seen, added up for ``discover``: counts and masked examples, written now and then."""

from __future__ import annotations

import asyncio
from typing import Protocol

from gateway.core.judge import Judgement
from gateway.core.tally import Tally
from gateway.model.errors import WorldError
from gateway.ports import Sink
from gateway.ruleset.tally_form import written

_EVERY_S = 10.0


class Notebook(Protocol):
    """Where it is written down. WorldError GW-S042."""

    async def write(self, text: str) -> None: ...


class Observed:
    """One process's own tally; each writing replaces the one before."""

    def __init__(self, notebook: Notebook) -> None:
        self._tally = Tally()
        self._notebook = notebook
        self._changed = False

    def note(self, judgement: Judgement) -> None:
        self._tally.add(judgement)
        self._changed = True

    async def write(self, sink: Sink) -> None:
        if self._changed:
            self._changed = False
            try:
                await self._notebook.write(written(self._tally))
            except WorldError as error:
                sink.emit("observe_failed", code=error.code)

    async def write_forever(self, sink: Sink) -> None:
        while True:
            await asyncio.sleep(_EVERY_S)
            await self.write(sink)
