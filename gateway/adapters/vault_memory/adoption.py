"""Which imports are unfinished: as the catalog asks."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.model.table import Unfinished


class Imports:
    """By name."""

    def __init__(self) -> None:
        self._imports: dict[str, Unfinished] = {}

    async def import_begun(self, one: Unfinished) -> None:
        """As the catalog says."""
        self._imports.setdefault(one.name, one)

    async def import_ended(self, name: str) -> None:
        """As the catalog says."""
        self._imports.pop(name, None)

    def imports(self) -> Sequence[Unfinished]:
        """As the catalog says."""
        return [one for _, one in sorted(self._imports.items())]
