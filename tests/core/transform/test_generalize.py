"""Values made coarse; what cannot be made coarse does not go out."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.core.detect.kinds import KINDS
from gateway.core.transform import Means, transform
from gateway.model.decision import Action, Treatment
from gateway.model.kinds import KindSpec
from gateway.model.names import Kind, Scope
from gateway.model.secret import Secret

MEANS = Means(Secret(b"p" * 32), Scope("metrics"), date(2026, 11, 22))
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"


def coarse(kind: str, text: str, **techniques: object) -> str:
    spec = KINDS.get(Kind(kind), KindSpec(Kind(kind), "personal", "opaque"))
    return transform(Treatment(Action.GENERALIZE, tuple(sorted(techniques.items()))), spec, text, MEANS)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0"),
        ("203.0.113.77:8080", "203.0.113.0"),
        ("2001:db8:1:2::7", "2001:db8:1::"),
        ("[2001:db8:1:2::7]:443", "2001:db8:1::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:203.0.113.77", "203.0.113.0"),
        (" 203.0.113.77 ", "203.0.113.0"),
        ("203.0.113.777", ""),
        ("203.0.113.7, 10.0.0.1", ""),
    ],
)
def test_an_address_becomes_its_network(address: str, network: str) -> None:
    assert coarse("ip", address, ip=(24, 48)) == network


def test_a_shorter_prefix_says_less() -> None:
    assert coarse("ip", "203.0.113.77", ip=[16, 32]) == "203.0.0.0"


@pytest.mark.parametrize(
    ("technique", "text", "result"),
    [
        ("year", "17.05.1990", "1990"),
        ("month", "17 мая 1990 г.", "1990-05"),
        ("decade", "1990-05-17T00:00:00Z", "1990s"),
        ("year", "unknown", ""),
    ],
)
def test_a_date_becomes_its_year_month_or_decade(technique: str, text: str, result: str) -> None:
    assert coarse("birth_date", text, date=technique) == result


@pytest.mark.parametrize(
    ("kind", "text", "band"),
    [
        ("age", "34", "30-39"),
        ("birth_date", "23.11.1990", "30-39"),
        ("birth_date", "22.11.1986", "40-49"),
        ("birth_date", "01.01.2030", "0-9"),
        ("age", "90", "90+"),
        ("age", "104", "90+"),
        ("age", "old", ""),
    ],
)
def test_an_age_or_birth_date_becomes_a_band(kind: str, text: str, band: str) -> None:
    assert coarse(kind, text, age=10) == band


def test_no_band_reaches_over_ninety() -> None:
    assert coarse("age", "85", age=20) == "80-89"


@pytest.mark.parametrize(
    ("text", "bound"), [("137", "100"), ("-137", "-200"), ("100", "100"), ("99.99", "0"), ("1e9", ""), ("many", "")]
)
def test_a_number_becomes_the_lower_bound_of_its_bucket(text: str, bound: str) -> None:
    assert coarse("order_total", text, number=100) == bound


@pytest.mark.parametrize(
    ("text", "decimals", "rounded"),
    [
        ("55.755826, 37.6173", 1, "55.8, 37.6"),
        ("-0.04", 1, "-0.0"),
        ("55,755826", 2, "55,76"),
        ("55.75; 37.61", 0, "56; 38"),
        ("Moscow", 1, ""),
        ("55." + "7" * 90, 1, ""),
    ],
)
def test_coordinates_are_rounded(text: str, decimals: int, rounded: str) -> None:
    assert coarse("geo.point", text, geo=decimals) == rounded


@pytest.mark.parametrize(("text", "prefix"), [("101000", "101"), ("SW1A 1AA", "SW1"), ("10", "1"), ("1", "")])
def test_a_postcode_keeps_its_beginning_and_never_more_than_half(text: str, prefix: str) -> None:
    assert coarse("postcode", text, postcode=3) == prefix


@pytest.mark.parametrize(("text", "domain"), [("Anna@Example.ORG", "example.org"), ("anna@", "")])
def test_an_address_becomes_its_domain(text: str, domain: str) -> None:
    assert coarse("email", text) == domain


@pytest.mark.parametrize(
    ("detail", "text", "result"),
    [
        ("host", "https://anna:secret@example.org:8443/people/anna?x=1#y", "example.org"),
        ("path", "https://anna:secret@example.org:8443/people?x=1#y", "https://example.org/people"),
        ("path", "//example.org/people", "https://example.org/people"),
        ("host", "not a url", ""),
        ("host", "http://[broken", ""),
    ],
)
def test_a_url_loses_user_port_query_and_fragment(detail: str, text: str, result: str) -> None:
    assert coarse("referer", text, url=detail) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        (FIREFOX, "Firefox (Windows)"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari (iOS)"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge (Linux)"),
        ("Annas own client", "other (other)"),
    ],
)
def test_a_user_agent_becomes_family_and_system(text: str, result: str) -> None:
    assert coarse("user_agent", text) == result


def test_a_user_agent_may_lose_its_system_too() -> None:
    assert coarse("user_agent", FIREFOX, user_agent="family") == "Firefox"


def test_of_several_techniques_the_one_that_fits_the_kind_is_used() -> None:
    assert coarse("birth_date", "17.05.1990", ip=(24, 48), date="year") == "1990"


def test_a_kind_that_no_given_technique_fits_gets_its_usual_one() -> None:
    assert coarse("birth_date", "17.05.1990", ip=(24, 48)) == "30-39"


@pytest.mark.parametrize("techniques", [{}, {"number": 10, "date": "year"}, {"blur": 3}])
def test_a_kind_without_a_technique_leaves_nothing(techniques: dict[str, object]) -> None:
    assert coarse("login", "anna", **techniques) == ""


@pytest.mark.parametrize("parameter", ["24", 24, (24,), (33, 48), (24, 129), (-1, 48)])
def test_a_parameter_that_makes_no_sense_leaves_nothing(parameter: object) -> None:
    assert coarse("ip", "203.0.113.77", ip=parameter) == ""
