"""Where in a reply an original may stand: in no URL that carries it to somebody else."""

from __future__ import annotations

import json
from base64 import b64encode
from time import process_time
from urllib.parse import quote

import pytest

from gateway.core.codec import decode_reply
from gateway.core.reach import in_reach, leads_away
from gateway.core.reading import Sighting
from gateway.model.document import Document, Span
from gateway.model.limits import Limits
from gateway.model.message import Headers, Reply
from gateway.model.names import Token

TOKEN = "tk00000000000000000000000000"
JSON: Headers = (("Content-Type", "application/json"),)
HTML: Headers = (("Content-Type", "text/html"),)
TEXT: Headers = (("Content-Type", "text/plain"),)


def sightings(document: Document) -> list[Sighting]:
    return [
        Sighting(ordinal, leaf.path, Span(at, at + len(TOKEN)), Token(TOKEN), "opaque")
        for ordinal, leaf in enumerate(document.leaves)
        if (at := leaf.text.find(TOKEN)) >= 0
    ]


def reached(body: str, headers: Headers, listed: frozenset[str] = frozenset({"cdn.example"})) -> int:
    """How many of the tokens in this reply of shop.example.org may be restored."""
    document = decode_reply(Reply(200, headers, body.encode()), Limits())
    return len(in_reach(document, sightings(document), listed, "shop.example.org:8443"))


def reached_in(text: str) -> int:
    return reached(json.dumps({"a": text}), JSON)


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"Dear {TOKEN}, and/or welcome",
        f"/users?email={TOKEN}",
        f"/users/{TOKEN}",
        f"?email={TOKEN}",
        f"https://shop.example.org/users?email={TOKEN}",
        f"https://SHOP.example.org.:443/users/{TOKEN}#x",
        f"//shop.example.org/users?email={TOKEN}",
        f"https://cdn.example/?email={TOKEN}",
        f"see https://shop.example.org/{TOKEN} there",
        f"see https://other.example/ and write to {TOKEN}",
        f"https://shop.example.org/?next=https://other.example/&email={TOKEN}",
        f"mailto:{TOKEN}",
        f"mailto:{TOKEN}?subject=a",
        f"tel:{TOKEN}",
        b64encode(f"Dear {TOKEN}".encode()).decode(),
        f"Dear%20{TOKEN}",
        f"data:text/plain;base64,{b64encode(f'Dear {TOKEN}'.encode()).decode()}",
        f"Anna &amp; {TOKEN}",
    ],
)
def test_token_that_stays_in_the_house_may_be_restored(text: str) -> None:
    assert reached_in(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"https://other.example/?email={TOKEN}",
        f"https://other.example/{TOKEN}",
        f"https://other.example/#{TOKEN}",
        f"https://{TOKEN}.other.example/x",
        f"//other.example/?email={TOKEN}",
        f"https:other.example/?email={TOKEN}",
        f"https:/other.example/{TOKEN}",
        f"/\\other.example/?email={TOKEN}",
        f"\\\\other.example/{TOKEN}",
        f"https://other.example\\@shop.example.org/?email={TOKEN}",
        f"https://shop.example.org@other.example/?email={TOKEN}",
        f"https://{TOKEN}@shop.example.org/x",
        f"https://shop.example.org.other.example/?email={TOKEN}",
        f"https://oth\ter.example/?email={TOKEN}",
        f"https://other.example/?a=\n{TOKEN}",
        f"\x01 https://other.example/?a={TOKEN}",
        f"h\nttps://other.example/a {TOKEN}",
        f"javascript:fetch('?a={TOKEN}')",
        f"data:text/html,?a={TOKEN}",
        f"![](https://other.example/?email={TOKEN})",
        f"![](//other.example/?email={TOKEN})",
        f"url(https:/\\other.example/?email={TOKEN})",
        f"see https://other.example/{TOKEN}",
        f"https://shop.example.org/?next=https%3A%2F%2Fother.example%2F%3Fe%3D{TOKEN}",
        f"https://other.example/?next=https%3A%2F%2Fshop.example.org%2F%3Fe%3D{TOKEN}",
        f"<a href='https://shop.example.org/?e={TOKEN}'>",
        json.dumps({"u": f"https://other.example/?email={TOKEN}"}),
        f"data:text/html;base64,{b64encode(f'Dear {TOKEN}'.encode()).decode()}",
        b64encode(f"https://other.example/?email={TOKEN}".encode()).decode(),
        quote(f"https://other.example/?email={TOKEN}", safe=""),
        f"https://other.example/%20=?utf-8?Q?=74{TOKEN[1:]}?=",
        f"javascript:void '%74{TOKEN[1:]}'",
        f"see https://other.example/?a&#61;{TOKEN}",
    ],
)
def test_token_in_a_url_that_leads_away_stays(text: str) -> None:
    assert reached_in(text) == 0


def test_token_in_a_url_of_a_page_stays_wherever_it_leads() -> None:
    assert reached(f'<a href="https://shop.example.org/?e={TOKEN}">{TOKEN}</a>', HTML) == 1


def test_token_in_an_url_within_a_script_string_stays() -> None:
    assert reached(f'<script>var a = "https://other.example/?e={TOKEN}", b = "{TOKEN}"</script>', HTML) == 1


def test_token_in_a_plain_text_is_judged_by_the_url_around_it() -> None:
    assert reached(f"{TOKEN} is at https://other.example/", TEXT) == 1
    assert reached(f"go to https://other.example/{TOKEN}", TEXT) == 0


@pytest.mark.parametrize(
    ("location", "count"),
    [
        (f"https://cdn.example/?e={TOKEN}", 1),
        (f"https://shop.example.org/?e={TOKEN}", 0),
        (f"/?e={TOKEN}", 0),
        (f"https://[cdn.example/?e={TOKEN}", 0),
        (f"https://cdn.example\\.other.example/?e={TOKEN}", 0),
    ],
)
def test_token_in_a_location_is_restored_towards_a_listed_host_only(location: str, count: int) -> None:
    assert reached("", (("Location", location),)) == count


def test_token_in_one_of_two_locations_stays() -> None:
    location = ("Location", f"https://cdn.example/?e={TOKEN}")
    assert reached("", (location, location)) == 0


def test_reply_without_tokens_is_not_looked_through() -> None:
    assert reached("{}", JSON) == 0


def test_address_in_brackets_is_a_host_like_any_other() -> None:
    assert not leads_away("https://[::1]:8443/x", {"[::1]"})
    assert leads_away("https://[::1]/x", {"[::2]"})


def test_tokens_between_many_links_cost_no_more_than_themselves() -> None:
    def cost_s(count: int) -> float:
        body = "TK https://away.example/x " * count
        document = decode_reply(Reply(200, (("Content-Type", "text/plain"),), body.encode()), Limits())
        seen = [Sighting(0, ("body",), Span(at * 26, at * 26 + 2), Token("tk"), "opaque") for at in range(count)]
        began = process_time()
        assert len(in_reach(document, seen, frozenset(), "shop.example")) == count
        return process_time() - began

    small = min(cost_s(500) for _ in range(3))
    large = min(cost_s(16_000) for _ in range(2))
    assert large < (small + 0.01) * 32 * 2.5
