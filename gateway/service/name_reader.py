"""The door to a model that reads free text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gateway.model.free_text import Spotted


class NameReader(Protocol):
    """A model in processes of its own, within a time budget."""

    @property
    def as_written(self) -> bool:
        """False if it reads by capitals, and texts without any are to be given some first."""
        ...

    def takes(self, texts: Sequence[str]) -> bool:
        """False where there is no room or nobody to read them: told before any work goes into them."""
        ...

    async def names_in(self, texts: Sequence[str]) -> Sequence[Spotted] | None:
        """The names that it spots; None where the texts could not be read in time, whatever the reason."""
        ...
