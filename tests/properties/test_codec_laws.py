"""Laws 3 and 7 of the codecs: untouched is untouched, and reading is total and linear; what is written reads back."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Callable, Iterator

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.codec import decode_reply, decode_request, encode_reply, encode_request, rewrite
from gateway.core.codec.codings import undo
from gateway.model.document import Document, Leaf, Part, terminal_leaves
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from gateway.model.message import Reply, Request
from gateway.model.names import Path

LIMITS = Limits()
FORM = "application/x-www-form-urlencoded"

odd_texts = st.sampled_from(
    """ |  |"'\\|\r\n\0|<script>|</script>|&amp;|%41+|a=b&c=d;e|🙂|\u2028|[1]|?a=b|\ufeff""".split("|")
)
anything = st.text(st.characters(exclude_categories=()), max_size=12) | odd_texts
"""Texts, lone surrogates included."""

writable = anything.filter(lambda text: not re.search(r"[\ud800-\udfff]", text))
"""Texts that UTF-8 holds."""

numbers = st.sampled_from(["0", "-0", "1.50", "1e400", "12345678901234567890", "-1E+2"])
strings = anything.map(json.dumps) | writable.map(lambda text: json.dumps(text, ensure_ascii=False))
blanks = st.sampled_from(["", "", " ", "\n\t"])


def _array(items: list[str], blank: str) -> str:
    return "[" + blank + f"{blank},".join(items) + blank + "]"


def _object(members: list[tuple[str, str]], blank: str) -> str:
    return "{" + blank + f"{blank},".join(f"{key}{blank}:{blank}{value}" for key, value in members) + blank + "}"


json_texts = st.recursive(
    numbers | strings | st.sampled_from(["true", "false", "null"]),
    lambda inner: (
        st.builds(_array, st.lists(inner, max_size=4), blanks)
        | st.builds(_object, st.lists(st.tuples(strings, inner), max_size=4), blanks)
    ),
    max_leaves=12,
)

percent = anything.map(lambda text: "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass")))
odd_pairs = st.sampled_from(["", "a", "=", "%zz=%", "a=b+c"])
pairs = st.lists(st.tuples(percent, percent).map("=".join) | percent | odd_pairs)
queries = pairs.map("&".join)
paths = st.lists(percent | st.sampled_from(["", "a;b=c;d", "x"])).map(lambda parts: "/" + "/".join(parts))
cookies = pairs.map("; ".join)
header_values = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
tags = st.sampled_from(
    """<p>|</p>|<p title='|'>|"|<!--|-->|<script>|</script>|<a href='/x?y=|<svg>|</svg>|<title>|</title>|<script>'a'|/|`
    |<style>|<textarea>x</textarea>|<b data-x='{"a":1}'>""".split("|")
)
pages = st.lists(anything | tags).map("".join)

requests = st.builds(
    lambda path, query, cookie, value, body: Request(
        "POST",
        path + query,
        (("Cookie", cookie), ("X-Value", value), ("Content-Type", body[0]), ("Content-Length", str(len(body[1])))),
        body[1],
    ),
    paths,
    queries.map(lambda query: query and f"?{query}"),
    cookies,
    header_values,
    st.tuples(st.just("application/json"), json_texts.map(lambda text: text.encode("utf-8", "replace")))
    | st.tuples(st.just(FORM), queries.map(str.encode))
    | st.tuples(st.just("text/plain"), writable.map(str.encode)),
)
replies = st.builds(
    lambda kind, body: Reply(200, (("Content-Type", kind), ("Location", "/a?b=c")), body),
    st.sampled_from(["text/html", "application/json", "text/plain"]),
    (pages | json_texts).map(lambda text: text.encode("utf-8", "replace")),
)


def decoded(message: Request | Reply) -> Document | None:
    """The document, or None where reading was refused."""
    try:
        return decode_reply(message, LIMITS) if isinstance(message, Reply) else decode_request(message, LIMITS)
    except PayloadError:
        return None


def texts(document: Document) -> list[tuple[Path, str]]:
    return [(leaf.path, leaf.text) for leaf in document.leaves]


def ordinals(document: Document) -> list[set[int]]:
    """Which terminal leaves stand under each leaf of the body, the last part to be read."""
    at = len(document.leaves) - sum(1 for _ in terminal_leaves(document.parts[-1]))
    own = list[set[int]]()
    for leaf in document.parts[-1].leaves:
        size = sum(1 for _ in terminal_leaves(leaf.inner)) if leaf.inner else 1
        own.append(set(range(at, at + size)))
        at += size
    return own


def stretches(part: Part) -> list[str]:
    return [part.text[leaf.raw.start : leaf.raw.end] for leaf in part.leaves]


def edits_of(data: st.DataObject, document: Document, texts: st.SearchStrategy[str | None]) -> dict[int, str | None]:
    if not document.leaves:
        return {}
    return data.draw(st.dictionaries(st.integers(0, len(document.leaves) - 1), texts, max_size=4))


# ------------------------------------------------------------------------------------- 3: untouched is untouched


@given(requests)
def test_a_request_without_edits_is_the_identical_bytes(request: Request) -> None:
    document = decoded(request)
    assert document is None or encode_request(rewrite(document, {}), request) == request


@given(replies)
def test_a_reply_without_edits_is_the_identical_bytes(reply: Reply) -> None:
    document = decode_reply(reply, LIMITS)
    assert encode_reply(rewrite(document, {}), reply) == reply


@given(st.data(), json_texts)
def test_every_other_scalar_of_json_keeps_its_spelling_and_its_place(data: st.DataObject, text: str) -> None:
    document = decoded(json_request(text))
    if document is None:
        return
    edits = edits_of(data, document, anything)
    before, now = document.parts[-1], rewrite(document, edits).parts[-1]
    spelt, spelt_now = stretches(before), stretches(now)
    assert len(spelt) == len(spelt_now)
    touched = [bool(own & edits.keys()) for own in ordinals(document)]
    assert [one for one, other in zip(spelt, touched, strict=True) if not other] == [
        one for one, other in zip(spelt_now, touched, strict=True) if not other
    ]


@given(st.data(), json_texts)
def test_removing_leaves_of_json_takes_their_members_away_and_nothing_else(data: st.DataObject, text: str) -> None:
    message = json_request(text)
    document = decoded(message)
    if document is None or any(leaf.inner for leaf in document.parts[-1].leaves):
        return
    edits = edits_of(data, document, st.none())
    after = encode_request(rewrite(document, edits), message)
    gone = [bool(own & edits.keys()) for own in ordinals(document)]
    rest = without(values(text), iter(gone))
    assert values(after.body.decode()) == (None if rest is GONE else rest)


class Members(list[tuple[str, object]]):
    """The members of an object, duplicates kept."""


def values(text: str) -> object:
    """JSON read by another reader, numbers as they are written."""
    read: object = json.loads(text, object_pairs_hook=Members, parse_int=str, parse_float=str)
    return read


def without(value: object, gone: Iterator[bool]) -> object:
    """The value without what is gone; ``gone`` tells one leaf after the other, keys before their values."""
    if isinstance(value, Members):
        kept = Members()
        for key, inner in value:
            key_goes = next(gone)
            rest = without(inner, gone)
            if not key_goes and rest is not GONE:
                kept.append((key, rest))
        return kept
    if isinstance(value, list):
        items = [without(item, gone) for item in value]
        return [None if item is GONE else item for item in items]
    return GONE if next(gone) else value


GONE = object()


@given(st.data(), requests)
def test_edits_and_removals_of_any_leaf_give_a_request_that_reads_as_what_was_written(
    data: st.DataObject, request: Request
) -> None:
    document = decoded(request)
    if document is None:
        return
    try:
        after = rewrite(document, edits_of(data, document, st.none() | anything))
    except PayloadError as refused:
        assert refused.code == "GW-P114"  # noqa: PT017 - only this refusal is lawful
        return
    again = decoded(encode_request(after, request))
    assert again is None or texts(again) == texts(after)


@given(st.data(), replies)
def test_edits_of_any_leaf_give_a_reply_that_reads_as_what_was_written(data: st.DataObject, reply: Reply) -> None:
    document = decode_reply(reply, LIMITS)
    after = rewrite(document, edits_of(data, document, anything))
    again = decode_reply(encode_reply(after, reply), LIMITS)
    assert again.parts[-1].syntax != after.parts[-1].syntax or texts(again) == texts(after)


# ----------------------------------------------------------------------------------------- what is written is read


def every_leaf(part: Part) -> Iterator[Leaf]:
    """Leaves that hold documents included."""
    for leaf in part.leaves:
        yield leaf
        if leaf.inner:
            yield from every_leaf(leaf.inner)


def comes_back(message: Request | Reply, text: str) -> bool:
    """True if the text, written in place of OLD, is read there again."""
    document = decoded(message)
    assert document is not None
    number = next(number for number, leaf in enumerate(document.leaves) if leaf.text == "OLD")
    after = rewrite(document, {number: text})
    again = decoded(encode_reply(after, message) if isinstance(message, Reply) else encode_request(after, message))
    assert again is not None
    old = document.leaves[number]
    path = (*old.path[:-1], text) if old.is_key and old.spelling != "header_name" else old.path
    return any(leaf.text == text and leaf.path == path for part in again.parts for leaf in every_leaf(part))


def json_request(text: str) -> Request:
    return Request("POST", "/", (("Content-Type", "application/json"),), text.encode())


def asked(target: str = "/", **headers: str) -> Request:
    return Request("GET", target, tuple((name.replace("_", "-"), value) for name, value in headers.items()), b"")


def page(text: str) -> Reply:
    return Reply(200, (("Content-Type", "text/html"),), text.encode())


@pytest.mark.parametrize(
    "body",
    ['"OLD"', '{"a":"OLD"}', '{"OLD":1}', '["\\u0430",{"a":["OLD"]}]', '{"a":"[\\"OLD\\"]"}', '["\\u004fLD"]'],
)
@given(text=anything)
def test_any_text_comes_back_from_json(body: str, text: str) -> None:
    assert comes_back(json_request(body), text)


@pytest.mark.parametrize(
    "message",
    [
        Request("POST", "/", (("Content-Type", FORM),), b"a=OLD&b=1"),
        Request("POST", "/", (("Content-Type", FORM),), b"OLD=1&b"),
        Request("POST", "/", (("Content-Type", FORM),), b"a=%5B%22OLD%22%5D"),
        Request("POST", "/", (("Content-Type", "text/plain"),), b"a=OLD&b=1"),
        asked("/?a=OLD+%4FLD&b=OLD"),
        asked("/?OLD=1"),
        asked(Cookie="a=OLD; b=2"),
        asked(Cookie="OLD=1"),
        asked(Cookie='a="OLD"'),
        asked(Cookie='a=["OLD",1]'),
        asked(Referer="https://h/a?b=OLD"),
        asked(Referer="https://h/a#b=OLD"),
        asked(Referer="https://OLD@h/a"),
        asked("/a;b=OLD"),
        json_request('{"a":"https://h/?b=OLD"}'),
        json_request('{"a":"?u=https%3A%2F%2Fh%2F%3Fb%3DOLD"}'),
        Reply(302, (("Location", "/a?b=OLD"),), b""),
        page("<a href='/a?b=OLD'>x</a>"),
        page("<script>'OLD'</script>"),
        page('<script type="application/json">{"a":"OLD"}</script>'),
        page("<script>a = '[\\\"OLD\\\"]'</script>"),
    ],
)
@given(text=writable)
def test_any_text_of_utf_8_comes_back(message: Request | Reply, text: str) -> None:
    assert comes_back(message, text)


@pytest.mark.parametrize(
    "message",
    [
        asked("/x/OLD"),
        asked("/a;OLD"),
        asked("/?OLD&b"),
        asked(Authorization="Basic T0xE"),
        asked(Referer="https://OLD/a"),
        asked(Referer="https://h/a#OLD"),
    ],
)
@given(text=writable.filter(lambda text: text not in {"", ".", ".."}))
def test_any_text_comes_back_from_places_that_are_never_empty(message: Request, text: str) -> None:
    assert comes_back(message, text)


one_line = writable.filter(lambda text: not re.search(r"[\r\n\0]", text))


@pytest.mark.parametrize("message", [asked(X_Request_Id="OLD"), asked(X_Name='{"a": "OLD"}')])
@given(text=one_line)
def test_any_text_without_line_breaks_comes_back_from_a_header(message: Request, text: str) -> None:
    assert comes_back(message, text)


@given(text=one_line.filter(lambda text: text.strip(" ") == text != ""))
def test_a_credential_comes_back(text: str) -> None:
    assert comes_back(asked(Authorization="Bearer OLD"), text)


@pytest.mark.parametrize(
    "message", [page("<p>OLD</p>"), page("<p title='OLD'>"), page('<b data-x="OLD">'), page("<title>OLD</title>")]
)
@given(text=writable.filter(lambda text: not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", text)))
def test_any_text_that_html_can_hold_comes_back_from_it(message: Reply, text: str) -> None:
    assert text.isspace() or not text or comes_back(message, text)


# ---------------------------------------------------------------------------------------------- 7: total and linear

kinds = st.sampled_from(
    ["application/json", FORM, "text/plain", "text/html", "", "multipart/form-data", "a/b+json; charset=utf-16"]
) | st.text(max_size=20)
codings = st.sampled_from(["", "gzip", "br", "zstd", "deflate", "gzip, br"]) | st.text(max_size=8)
bodies = st.binary() | (json_texts | pages).map(lambda text: text.encode("utf-8", "replace")).flatmap(
    lambda raw: st.sampled_from([raw, gzip.compress(raw, mtime=0), brotli.compress(raw), zstandard.compress(raw)])
)


def is_as_it_came(document: Document, request: Request) -> bool:
    """The identical bytes; what is in Brotli is packed anew, since metadata may stand in it (docs/decisions/0035)."""
    sent, body = encode_request(document, request), document.part("body")
    if body is None or "br" not in body.codings:
        return sent == request
    return undo(sent.body, body.codings, LIMITS).raw == body.raw == undo(request.body, body.codings, LIMITS).raw


@given(st.text(), st.lists(st.tuples(st.text(), st.text())), kinds, codings, bodies)
def test_any_bytes_are_a_document_or_a_refusal(
    target: str, headers: list[tuple[str, str]], kind: str, coding: str, body: bytes
) -> None:
    request = Request("POST", target, (("Content-Type", kind), ("Content-Encoding", coding), *headers), body)
    document = decoded(request)
    assert document is None or is_as_it_came(document, request)
    reply = Reply(200, request.headers, body)
    assert encode_reply(decode_reply(reply, LIMITS), reply) == reply


@given(st.text(max_size=40), st.sampled_from(["application/json", "text/html", "text/plain", FORM]))
def test_any_text_of_a_reply_is_a_document(text: str, kind: str) -> None:
    reply = Reply(200, (("Content-Type", kind),), text.encode())
    assert encode_reply(decode_reply(reply, LIMITS), reply) == reply


WIDE = Limits(max_header_bytes=2**30, max_leaves=2**30, max_ratio=2**30)
HARD_TO_READ = {
    "application/json": r"""[ | { | {"a": | "\\ | " | 1 | "a", | {"a":1}, | "{ | "{\"a\":[ | "?a= | "<p | - | \u""",
    FORM: "& | = | % | %41 | a=1& | + | ?a= | [ | %7B%22 | ;",
    "text/plain": "?a= | a=b& | ? | / | :// | a:// | [ | { | < | #= | a b",
    "text/html": """< | <a | <a b=c | <!-- | <!-- <script> | --> | </ | <! | <svg> | <title> | <script> | & | &amp
        | &#x4 | <p a='b'> | <script>'a'</script> | <script></script><!-- | <script>/ | <script>/* | <style>a</style>
        | <a/""",
    "script": r"""/ | /* | /a/ | ` | ' | 'a' | \\ | ( | a/b | <!-- | <!-- <script | /[ | ${ | '\\ | "a"+""",
}
HARD = [
    (kind, piece.strip() + end)
    for kind, pieces in HARD_TO_READ.items()
    for piece in re.split(r"\s+\|\s+", pieces)
    for end in ("", " ")
]


def hard_message(kind: str, piece: str, size: int) -> Request | Reply:
    text = piece * (size // len(piece))
    if kind == "application/json":
        text = f"[{text}"
    if kind == "script":
        return page(f"<script>{text}</script>")
    if kind == "text/html":
        return page(text)
    return Request("POST", "/", (("Content-Type", kind),), text.encode())


def cost(message: Request | Reply) -> float:
    """The shorter of two readings, in seconds of this process."""

    def once() -> float:
        began = time.process_time()
        try:
            if isinstance(message, Reply):
                decode_reply(message, WIDE)
            else:
                decode_request(message, WIDE)
        except PayloadError:
            pass
        return time.process_time() - began

    return min(once() for _ in range(2))


@pytest.mark.parametrize(("kind", "piece"), HARD)
def test_sixteen_times_the_size_costs_no_square(kind: str, piece: str) -> None:
    small, large = cost(hard_message(kind, piece, 4_000)), cost(hard_message(kind, piece, 64_000))
    assert large < 80 * max(small, 0.0002)


@pytest.mark.parametrize(
    "made",
    [
        lambda size: Request("GET", "/" + "a;b=c/" * (size // 6), (), b""),
        lambda size: Request("GET", "/?" + "a=%41&" * (size // 6), (), b""),
        lambda size: asked(Cookie="a=%41; " * (size // 7)),
        lambda size: asked(Cookie='"' * size),
        lambda size: asked(Cookie='a=" ' * (size // 4)),
        lambda size: Request("GET", "/", (("X-A", "1"),) * (size // 6), b""),
        lambda size: asked(Referer="https://h/" + "?#/@;" * (size // 5)),
        lambda size: asked(Referer="//" + "@" * size),
    ],
)
def test_long_heads_cost_no_square(made: Callable[[int], Request]) -> None:
    assert cost(made(64_000)) < 80 * max(cost(made(4_000)), 0.0002)


@given(st.integers(0, 3), json_texts)
def test_rewriting_is_linear_in_the_edits(seed: int, text: str) -> None:
    """Every leaf at once, changed or removed, is as good as none."""
    document = decoded(json_request(text))
    if document is not None:
        edits = {number: None if (number + seed) % 3 == 0 else "x" for number in range(len(document.leaves))}
        after = rewrite(document, edits)
        assert json.loads(after.parts[-1].text) is not GONE
