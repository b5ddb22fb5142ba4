"""Links to people's pages."""

from __future__ import annotations

import pytest

from gateway.core.classify import classify
from gateway.core.detect.profiles import profile_at
from tests.core.test_classify import RULES, request


@pytest.mark.parametrize(
    ("host", "segments", "number"),
    [
        ("vk.com", ["id100000"], 0),
        ("m.vk.com", ["anna.petrova"], 0),
        ("T.me", ["anna_example", "12"], 0),
        ("ok.ru", ["profile", "5550001"], 1),
        ("ok.ru", ["anna.petrova"], 0),
        ("www.linkedin.com", ["in", "anna-petrova"], 1),
        ("linkedin.com", ["company", "example"], None),
        ("ok.ru", ["profile", "!"], None),
        ("ok.ru", ["profile"], None),
        ("vk.com", ["feed"], None),
        ("vk.com", ["wall-100_200"], None),
        ("vk.com", [], None),
        ("example.org", ["anna"], None),
    ],
)
def test_which_segment_is_somebodys(host: str, segments: list[str], number: int | None) -> None:
    assert profile_at(host, segments) == number


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"link": "https://vk.com/id100000"}, ["id100000"]),
        ({"links": ["https://ok.ru/profile/5550001?x=1", "https://t.me/kotik_2000"]}, ["5550001", "kotik_2000"]),
        ({"link": "https://vk.com/"}, []),
        ({"link": "https://vk.com"}, []),
        ({"link": "https://vk.com/feed"}, []),
        ({"link": "https://example.org/anna"}, []),
    ],
)
def test_a_link_to_somebodys_page_is_found_in_any_field(body: object, found: list[str]) -> None:
    document = request(body)
    hits = [one for one in classify(document, RULES) if one.kind == "messenger"]
    assert [document.leaves[one.leaf].text for one in hits] == found


def test_what_a_name_has_told_is_told_once() -> None:
    document = request({"telegram": "https://t.me/anna_example"})
    leaves = [one.leaf for one in classify(document, RULES)]
    assert len(leaves) == len(set(leaves))
