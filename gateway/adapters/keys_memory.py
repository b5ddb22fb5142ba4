"""Keys that live as long as the process: for tests and trials."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from gateway.model.names import Region, SubjectId
from gateway.model.secret import DataKey, RegionKeys, Secret
from gateway.ports import Clock


class MemoryKeys:
    """The KeyProvider port for any region, its keys drawn from ``clock`` when first asked for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._regions: dict[Region, RegionKeys] = {}
        self._people: dict[tuple[Region, SubjectId], DataKey] = {}

    async def region_keys(self, region: Region) -> RegionKeys:
        if region not in self._regions:
            index, field, pseudonym = (Secret(self._clock.random(32)) for _ in range(3))
            self._regions[region] = RegionKeys(region, "1", index, field, pseudonym)
        return self._regions[region]

    async def fresh(self, region: Region, count: int) -> Sequence[DataKey]:
        return [self._made(region) for _ in range(count)]

    async def open(self, region: Region, subjects: Sequence[SubjectId]) -> dict[SubjectId, DataKey]:
        known = ((subject, self._people.get((region, subject))) for subject in subjects)
        return {subject: key for subject, key in known if key is not None}

    async def erase(self, region: Region, subjects: Sequence[SubjectId]) -> int:
        """Destroy data keys; how many there were."""
        return sum(self._people.pop((region, subject), None) is not None for subject in dict.fromkeys(subjects))

    async def ready(self) -> None:
        """Always."""

    def _made(self, region: Region) -> DataKey:
        head = sha256(region.encode()).digest()[:1] + self._clock.now_ms().to_bytes(6, "big")
        subject = SubjectId((head + self._clock.random(7)).hex())
        key = DataKey(subject, Secret(self._clock.random(32)))
        self._people[region, subject] = key
        return key
