"""Secrets that rules name by where they are: ``env:NAME`` or ``file:PATH``, read when they are used.

So a secret is turned by writing the file anew. Line ends after it are not part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gateway.model.errors import WorldError
from gateway.model.secret import Secret

_MOST_BYTES = 4096


class LocalSecrets:
    """The Secrets port over the process's environment and local files."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def secret(self, reference: str) -> Secret:
        """Raises WorldError (GW-S030) where there is none."""
        where, _, name = reference.partition(":")
        value = self._environment.get(name, "").encode("utf-8", "surrogateescape") if where == "env" else _read(name)
        value = value.rstrip(b"\r\n")
        if not value:
            raise _missing(reference)
        return Secret(value)


def _read(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            return file.read(_MOST_BYTES)
    except OSError:
        return b""


def _missing(reference: str) -> WorldError:
    return WorldError(
        "GW-S030",
        f"there is no secret at {reference}: nothing was recorded or forwarded.",
        "write it there, readable by the gateway and nobody else",
    )
