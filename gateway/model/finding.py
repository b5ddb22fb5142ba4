"""What was found where: never the text."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.model.document import Span
from gateway.model.names import Kind, Path


@dataclass(frozen=True, slots=True)
class Finding:
    """A stretch of one leaf that is personal data of a kind.

    ``leaf`` is the leaf's ordinal in its Document. ``score`` runs from 0 to 1. ``detector`` names what found it:
    a detector of ``core/detect``, ``field:<verdict>`` for a field name, or ``token`` for a token that came in.
    """

    leaf: int
    path: Path
    span: Span
    kind: Kind
    score: float
    detector: str
