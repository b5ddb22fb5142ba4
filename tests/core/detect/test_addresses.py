"""Addresses grown from a part of them, over lines, in any case; streets and towns are made up."""

from __future__ import annotations

import pytest

from gateway.core.detect.catalog import scanner


def addresses(text: str) -> list[str]:
    """The longest address that begins at each place."""
    found = {
        hit.start: hit for hit in sorted(scanner().scan([text]), key=lambda hit: hit.end) if "addr" in hit.detector.kind
    }
    reach = 0
    kept = []
    for start in sorted(found):
        if found[start].end > reach:
            kept.append(text[start : found[start].end])
            reach = found[start].end
    return kept


@pytest.mark.parametrize(
    "address",
    [
        "93 Quxanna 44\n Suite 574\n Quxby\n Kenya 92342",
        "Quxastraße 12, 80331 München, Germany",
        "16 Quxeborgvej 5\n Apt. 12\n Quxby",
        "12 rue de la Quxe, 75002 Paris",
        "Via Quxana 12, 00184 Roma",
        "221B Quxer Street\nLondon",
        "742 Quxer Terrace, Springfield, IL 62704-1234",
        "10 Quxing St, London SW1A 2AA",
        "PSC 7004, Box 8380\nAPO AP 11949",
        "Postfach 71, Bern",
        "Quxa Béla utca 12",
        "Spencer and Quxeborgvej 65",
        "the corner of Quxenweg 85 and Quxeborgvej 5",
        "19 quxe street apt. 098 quxwetegem kenya 14385",
        "5 quxe street, quxby, kenya",
    ],
)
def test_an_address_is_found_whole(address: str) -> None:
    assert addresses(f"please write to {address}") == [address]


@pytest.mark.parametrize(
    "text",
    ["in spring 2020", "via email 5", "place 5 orders", "box 12", "see u 5", "5 people on the street", "utca 5"],
)
def test_ordinary_numbers_are_no_address(text: str) -> None:
    assert addresses(text) == []


def test_a_sentence_before_a_flat_is_no_street() -> None:
    assert addresses("my new address is 5 qux row apt. 12") == ["5 qux row apt. 12"]
    assert addresses("at 5 pm it is apt. 12") == ["apt. 12"]
