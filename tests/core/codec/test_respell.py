"""A message that is only to be sent is spelled as ``rewrite`` spells it, and has no leaves where it changed."""

from __future__ import annotations

import pytest

from gateway.core.codec import decode_reply, decode_request, encode_reply, encode_request, respell, rewrite
from gateway.model.limits import Limits
from gateway.model.message import Reply, Request

LIMITS = Limits()
JSON = (("Content-Type", "application/json"), ("Content-Length", "1"))
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
HTML_1251 = (("Content-Type", "text/html; charset=windows-1251"),)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (JSON, b'{"email": "anna@example.org", "n": 1.50, "url": "https://x.example/?a=b"}'),
        (FORM, b"email=anna%40example.org&b=1+2"),
        ((*FORM, ("Cookie", "a=1; b=2"), ("X-Name", "Anna")), b"x=1"),
    ],
)
@pytest.mark.parametrize("text", ["Иванова \ud83d", "x", "", None])
def test_a_request_is_sent_as_it_would_be_after_being_read_again(
    headers: tuple[tuple[str, str], ...], body: bytes, text: str | None
) -> None:
    request = Request("POST", "/users/7?email=anna%40example.org", headers, body)
    document = decode_request(request, LIMITS)
    for edits in ({ordinal: text} for ordinal in range(len(document.leaves))):
        sent = encode_request(respell(document, edits), request)
        assert sent == encode_request(rewrite(document, edits), request)


def test_a_reply_keeps_its_charset() -> None:
    reply = Reply(200, HTML_1251, "<p>Анна</p>".encode("cp1251"))
    document = decode_reply(reply, LIMITS)
    made = respell(document, {0: "Анна ₸ Łukasz"})
    assert encode_reply(made, reply) == encode_reply(rewrite(document, {0: "Анна ₸ Łukasz"}), reply)


def test_a_body_of_which_nothing_is_left_is_empty() -> None:
    request = Request("POST", "/x", FORM, b"email=a")
    document = decode_request(request, LIMITS)
    made = respell(document, {len(document.leaves) - 1: None})
    assert [(part.syntax, part.text) for part in made.parts if part.name == "body"] == [("empty", "")]


def test_what_changed_has_no_leaves_and_the_rest_is_as_it_was() -> None:
    request = Request("POST", "/users/7", JSON, b'{"a": "b"}')
    document = decode_request(request, LIMITS)
    made = respell(document, {len(document.leaves) - 1: "c"})
    assert made.leaves == document.part("path").leaves  # type: ignore[union-attr]  # every request has a path


def test_a_document_without_edits_stays_the_same_object() -> None:
    document = decode_request(Request("POST", "/x", JSON, b"{}"), LIMITS)
    assert respell(document, {}) is document


@pytest.mark.parametrize("url", [r"https:\/\/x.example\/p?a=b", r"\u007b\"a\":1}", '  {\\"a\\":1}', "/p?a=b"])
def test_a_document_in_a_string_is_found_however_it_is_escaped(url: str) -> None:
    request = Request("POST", "/x", JSON, f'{{"in": "{url}"}}'.encode())
    body = decode_request(request, LIMITS).part("body")
    assert body is not None
    assert body.leaves[1].inner is not None
