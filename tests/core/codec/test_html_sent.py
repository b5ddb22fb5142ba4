"""HTML of requests: everything in it is looked into."""

from __future__ import annotations

import json
import time
from html.parser import HTMLParser

import pytest

from gateway.core.codec import decode_request, encode_request, rewrite
from gateway.model.errors import PayloadError
from gateway.model.message import Request
from tests.core.codec.messages import HTML, LIMITS, body, edited, read, request, seen

PAGE = """<!doctype html><p title="Anna &amp; co" data-x='1' hidden lang=ru>Dear <b>Анна</b>,&nbsp;call
 &#43;7 916</p><!-- anna --><script>var a = "anna";</script><style>.anna{}</style>
<br><input name=email value="a&#64;b">"""


def leaves(text: str) -> list[tuple[str, str]]:
    return [(".".join(map(str, leaf.path)), leaf.text) for leaf in read(request(text, HTML)).leaves]


def test_texts_attributes_comments_and_scripts_are_leaves() -> None:
    assert leaves(PAGE) == [
        ("body", "doctype html"),
        ("body.title", "Anna & co"),
        ("body.data-x", "1"),
        ("body.lang", "ru"),
        ("body", "Dear"),
        ("body", "Анна"),
        ("body", ",\xa0call\n +7 916"),
        ("body", " anna "),
        ("body", 'var a = "anna";'),
        ("body", ".anna{}"),
        ("body", "email"),
        ("body.email", "a@b"),
    ]


class Reader(HTMLParser):
    """Another reader's view: every text and attribute value."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts = list[str]()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for _, value in attrs if value]

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())

    def handle_comment(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("new", ["tk", "<b>'\"&>`=", "a b", ""])
def test_every_leaf_is_written_anew_without_touching_the_others(new: str) -> None:
    message = request(PAGE, HTML)
    document = read(message)
    for ordinal, leaf in enumerate(document.leaves):
        if leaf.spelling == "plain" or leaf.text == "doctype html":
            continue
        after = body(encode_request(rewrite(document, {ordinal: new}), message))
        before, now = Reader(PAGE).texts, Reader(after).texts
        if new and leaf.spelling != "html_comment":
            assert len([text for text in before if text not in now]) == 1
            assert new in now
        assert after.startswith(PAGE[: leaf.raw.start])
        assert after.endswith(PAGE[leaf.raw.end :])


def test_a_comment_can_not_be_ended() -> None:
    message = request("<p>x</p><!--a-->", HTML)
    document = read(message)
    assert body(encode_request(rewrite(document, {1: "--><b>"}), message)) == "<p>x</p><!----&gt;&lt;b&gt;-->"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Anna <anna@example.org>", [("body", "Anna"), ("body", "<anna@example.org>")]),
        ("1 < 2 <", [("body", "1 < 2 <")]),
        ("<br>", [("body", "<br>")]),
        ("<p x='1", [("body", "<p x='1")]),
        ("<p x=1<b>y</b>", [("body", "<p x=1"), ("body", "y")]),
        ("<p иван@x=1>y</p>", [("body", "<p иван@x=1>"), ("body", "y")]),
        ('<p a79161234567="1">y', [("body", '<p a79161234567="1">'), ("body", "y")]),
        ("a<!-- anna", [("body", "a"), ("body", " anna")]),
        ("a<!---->b<!x><?php anna ?>", [("body", "a"), ("body", "b"), ("body", "x"), ("body", "php anna ?")]),
        ("<script>anna", [("body", "anna")]),
        ("<script></script>x</script>", [("body", "x")]),
        ("<input value=a>", [("body.value", "a")]),
        ("<p title>x", [("body", "x")]),
    ],
)
def test_what_is_odd_is_a_text(text: str, found: list[tuple[str, str]]) -> None:
    assert leaves(text) == found


def test_html_in_a_field_is_looked_into() -> None:
    message = request(json.dumps({"bio": "<p>ivan&#64;example.org</p>", "n": "1 < 2 & 3"}))
    assert seen(message) == {"body.bio": "ivan@example.org", "body.n": "1 < 2 & 3"}
    assert json.loads(body(edited(message, {"body.bio": "tk"})))["bio"] == "<p>tk</p>"


def test_tags_alone_in_a_field_are_a_text() -> None:
    assert seen(request('{"bio":"<br><hr>"}')) == {"body.bio": "<br><hr>"}


def test_the_page_keeps_its_charset() -> None:
    page = '<meta charset="windows-1251"><p>Анна</p>'
    message = request(page.encode("cp1251"), "text/html")
    assert edited(message, {"body": "é"}).body == '<meta charset="windows-1251"><p>&#233;</p>'.encode("cp1251")


@pytest.mark.parametrize(
    "text",
    [
        "<" * 200000,
        "<!" * 100000,
        "<a b=x" * 60000,
        "<a b='" * 60000,
        '<a b="' * 60000 + "'",
        "<script>" * 40000,
        "<p " + "a " * 100000,
        "<p>" * 49_000,
        "&" * 200000,
        "<!--" * 60000,
        "<q" * 100000,
    ],
)
def test_hostile_pages_take_linear_time(text: str) -> None:
    began = time.perf_counter()
    try:
        read(request(text, HTML))
    except PayloadError as refused:
        assert refused.code in {"GW-P109", "GW-P111"}  # noqa: PT017 - either refusal is lawful
    assert time.perf_counter() - began < 5


def test_bytes_beside_a_change_stay_bytes() -> None:
    message = Request("GET", "/", (("X-Note", "<p>\udcc5 Anna &amp; Hans</p>"),), b"")
    document = decode_request(message, LIMITS)
    (at,) = [at for at, leaf in enumerate(document.leaves) if "Anna" in leaf.text]
    again = encode_request(rewrite(document, {at: "\udcc5 tk & x"}), message)
    assert again.headers == (("X-Note", "<p>\udcc5 tk &#38; x</p>"),)
