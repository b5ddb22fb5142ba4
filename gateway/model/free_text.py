"""What a model that reads free text is asked and answers: a plug-in is a ``NameModel`` and imports nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Spotted(NamedTuple):
    """A stretch that a model takes for somebody's name: which text, from where to where (code points), how sure (0 to
    1).
    """

    text: int
    start: int
    end: int
    score: float


class NameModel(Protocol):
    """Finds names of people in a batch of texts; may take long, never changes a text."""

    def names_in(self, texts: Sequence[str]) -> Sequence[Spotted]: ...
