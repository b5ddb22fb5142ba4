"""What was found where: never the text, and in print not the keys above it, which may be personal themselves."""

from __future__ import annotations

from msgspec import Struct

from gateway.model.document import WHOLE, Span
from gateway.model.names import Kind, Path, print_place


class Finding(Struct, frozen=True, gc=False):
    """A stretch of one leaf that is personal data of a kind.

    ``leaf`` is the leaf's ordinal in its Document; ``span`` is ``WHOLE`` where it covers the leaf. ``score`` runs from
    0 to 1. ``detector`` names what found it: a detector of ``core/detect``, ``field:<verdict>`` for a field name, or
    ``token`` for a token that came in.
    """

    leaf: int
    path: Path
    span: Span
    kind: Kind
    score: float
    detector: str

    def __repr__(self) -> str:
        stretch = "whole" if self.span == WHOLE else f"{self.span.start}:{self.span.end}"
        where = f"leaf={self.leaf}, {print_place(self.path)}, {stretch}"
        return f"Finding({where}, {self.kind}, {self.score}, {self.detector})"
