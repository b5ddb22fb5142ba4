"""Where an address is, as far as all sources agree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.adapters.signal_geoip import GeoSignals, MmdbFile, embedded
from gateway.model.errors import RulesError
from tests.server.mmdb import Value, write_mmdb

BUILT = 1_790_000_000


@pytest.fixture
def mmdb(tmp_path: Path) -> Iterator[MmdbFile]:
    places: dict[str, Value] = {
        "198.51.100.0/24": {"country": {"iso_code": "DE"}},
        "203.0.113.0/24": {"country_code": "ru"},
        "192.0.2.0/25": {"country": "KZ"},
        "192.0.2.128/25": {"country": {"names": {"en": "Nowhere"}}},
        "95.165.0.0/16": {"country": {"iso_code": "DE"}},
    }
    file = MmdbFile(write_mmdb(tmp_path / "geo.mmdb", places, built=BUILT))
    yield file
    file.close()


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("198.51.100.7", "DE"),
        ("203.0.113.7", "RU"),
        ("192.0.2.7", "KZ"),
        ("192.0.2.200", None),
        ("8.8.8.8", None),
        ("::ffff:198.51.100.7", "DE"),
        ("2001:db8::1", None),
    ],
)
def test_country_is_read_from_records_of_every_shape(mmdb: MmdbFile, address: str, country: str | None) -> None:
    assert GeoSignals([mmdb.country]).country(address) == country


def test_v6_file_knows_both_families(tmp_path: Path) -> None:
    places: dict[str, Value] = {"2001:db8::/32": {"country_code": "RU"}, "198.51.100.0/24": {"country_code": "DE"}}
    file = MmdbFile(write_mmdb(tmp_path / "geo.mmdb", places, built=BUILT, ip_version=6))
    signals = GeoSignals([file.country])
    assert (signals.country("2001:db8::1"), signals.country("198.51.100.7")) == ("RU", "DE")
    file.close()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.1.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "x",
        "",
    ],
)
def test_address_that_stands_nowhere_has_no_country(address: str) -> None:
    assert GeoSignals([lambda _: "RU"]).country(address) is None


def test_sources_that_disagree_say_nothing(mmdb: MmdbFile) -> None:
    assert (embedded("95.165.0.1"), mmdb.country("95.165.0.1")) == ("RU", "DE")
    assert GeoSignals([mmdb.country, embedded]).country("95.165.0.1") is None


def test_source_that_knows_nothing_leaves_the_word_to_the_other(mmdb: MmdbFile) -> None:
    assert GeoSignals([mmdb.country, embedded]).country("8.8.8.8") == "US"


@pytest.mark.parametrize("code", ["EU", "ZZ", "A1", "RUS", "", 7, None])
def test_code_that_is_no_country_is_none(tmp_path: Path, code: str | int | None) -> None:
    record: Value = {} if code is None else {"country_code": code}
    file = MmdbFile(write_mmdb(tmp_path / "geo.mmdb", {"198.51.100.0/24": record}, built=BUILT))
    assert GeoSignals([file.country]).country("198.51.100.7") is None
    file.close()


def test_answers_are_remembered() -> None:
    asked: list[str] = []

    def lookup(address: str) -> str:
        asked.append(address)
        return "RU"

    signals = GeoSignals([lookup])
    assert [signals.country("95.165.0.1") for _ in range(3)] == ["RU"] * 3
    assert asked == ["95.165.0.1"]


def test_file_knows_how_old_it_is(mmdb: MmdbFile) -> None:
    assert mmdb.age_days((BUILT + 61 * 86_400) * 1000) == 61


@pytest.mark.parametrize("content", [None, b"not an mmdb"])
def test_file_that_cannot_be_read_is_an_error_of_the_settings(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "geo.mmdb").write_bytes(content)
    with pytest.raises(RulesError, match="GW-S012"):
        MmdbFile(tmp_path / "geo.mmdb")
