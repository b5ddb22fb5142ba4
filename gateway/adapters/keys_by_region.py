"""Each region's keys from its own provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.model.errors import WorldError
from gateway.model.names import Region, SubjectId
from gateway.model.secret import DataKey, RegionKeys
from gateway.ports import KeyProvider


class KeysByRegion:
    """A KeyProvider that asks the provider of the region."""

    def __init__(self, providers: Mapping[Region, KeyProvider]) -> None:
        self._providers = providers

    async def region_keys(self, region: Region) -> RegionKeys:
        return await self._of(region).region_keys(region)

    async def fresh(self, region: Region, count: int) -> Sequence[DataKey]:
        return await self._of(region).fresh(region, count)

    async def open(self, region: Region, subjects: Sequence[SubjectId]) -> dict[SubjectId, DataKey]:
        return await self._of(region).open(region, subjects)

    async def erase(self, region: Region, subjects: Sequence[SubjectId]) -> int:
        return await self._of(region).erase(region, subjects)

    def _of(self, region: Region) -> KeyProvider:
        try:
            return self._providers[region]
        except KeyError as error:
            raise WorldError(
                "GW-K106",
                f"there are no keys of region {region}: its data can't be protected.",
                "name a key source for the region in the rules.",
            ) from error
