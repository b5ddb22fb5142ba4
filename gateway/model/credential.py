"""A credential that was opened: what it says stands in the message, to be judged like any text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from gateway.model.message import Request


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """``request``: with what the credential says in a header of ours. ``name`` and ``scheme`` are the credential's own;
    ``kept``: claims of a JWT about the token itself.
    """

    request: Request
    name: str
    scheme: str
    kept: Mapping[str, object]

    def __repr__(self) -> str:
        return f"Opened({self.name}, {self.scheme.strip()})"


class Tokens(Protocol):
    """JWTs under the gateway's own keys, named by where they are."""

    def signed(self, claims: Mapping[str, object], reference: str) -> str:
        """Raises WorldError where there is no such key."""
        ...

    def published(self, references: Iterable[str]) -> Mapping[str, object]:
        """A JWKS of the public halves. Raises WorldError."""
        ...
