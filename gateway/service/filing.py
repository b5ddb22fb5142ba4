"""What of the world files need, in one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway.model.names import Region
from gateway.ports import Extractor, ObjectStore, Spooled


@dataclass(frozen=True, slots=True)
class Filing:
    """``stores``: the object store of each region; ``spool``: room for what passes and is too large for memory."""

    stores: Mapping[Region, ObjectStore]
    spool: Callable[[], Spooled]
    extractor: Extractor
