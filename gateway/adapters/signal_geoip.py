"""Where an address is: the operator's own mmdb files and the data embedded in ``iptocc``.

Sources that disagree say nothing: a wrong country would move a person's data, an unknown one is what the rules say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path

import iptocc
import maxminddb

from gateway.model.errors import RulesError

Lookup = Callable[[str], str | None]

STALE_DAYS = 60
"""Blocks change hands and places every day; weekly data older than this tells of a broken update."""

_MAX_CACHED = 2**16
_NO_COUNTRY = frozenset({"", "A1", "A2", "AP", "EU", "O1", "T1", "XX", "ZZ"})
_NOWHERE = tuple(
    ip_network(prefix)
    for prefix in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16", "224.0.0.0/4", "::/127", "fc00::/7", "fe80::/10", "ff00::/8",
    )
)  # fmt: skip
"""Addresses that stand in no country: loopback, private, shared, link-local, multicast."""


class MmdbFile:
    """One mmdb file (MaxMind, DB-IP, ip-location): GW-S012 if it can't be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._reader = maxminddb.open_database(path)
        except (OSError, maxminddb.InvalidDatabaseError):
            raise RulesError(
                "GW-S012",
                f"the GeoIP file {str(path)!r} can't be read: callers would be located by other sources alone.",
                "check the path in geoip.files, or fetch the file anew",
            ) from None
        self._metadata = self._reader.metadata()

    def country(self, address: str) -> str | None:
        if self._metadata.ip_version == 4 and ":" in address:
            return None
        return _country_of(self._reader.get(address))

    def age_days(self, now_ms: int) -> float:
        """Days since the file was built."""
        return (now_ms / 1000 - self._metadata.build_epoch) / 86_400

    def close(self) -> None:
        self._reader.close()


class GeoSignals:
    """Implements ``ports.SignalSource``: the country that all sources that know one agree on."""

    def __init__(self, lookups: Sequence[Lookup]) -> None:
        self._lookups = tuple(lookups)
        self.country: Lookup = lru_cache(_MAX_CACHED)(self._agreed)

    def _agreed(self, address: str) -> str | None:
        plain = _placed(address)
        if plain is None:
            return None
        answers = {country for lookup in self._lookups if (country := lookup(plain)) is not None}
        return answers.pop() if len(answers) == 1 else None


def embedded(address: str) -> str | None:
    """By the registries' allocations, without any file: right for about 95 of 100 addresses."""
    return _country(iptocc.country_code(address))


def _placed(address: str) -> str | None:
    """The address in its one spelling, or None if it stands nowhere."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    nowhere = any(parsed.version == network.version and parsed in network for network in _NOWHERE)
    return None if nowhere else str(parsed)


def _country_of(record: object) -> str | None:
    """From ``{"country": {"iso_code": "RU"}}``, ``{"country_code": "RU"}`` or ``{"country": "RU"}``."""
    if not isinstance(record, Mapping):
        return None
    country = record.get("country")
    if isinstance(country, Mapping):
        return _country(country.get("iso_code"))
    return _country(record.get("country_code")) or _country(country)


def _country(code: object) -> str | None:
    known = isinstance(code, str) and len(code) == 2 and code.upper() not in _NO_COUNTRY
    return str(code).upper() if known else None
