"""A streamed reply looks the same to its client wherever its bytes were cut (issue 4, done-when 3)."""

from __future__ import annotations

import json

import pytest

from tests.core.stream.streams import ORIGINALS, SHOWN, bites, splits, view


def escaped(token: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in token)


def sse(token: str) -> str:
    return (
        f": ping\n\nevent: note\r\nid: {token}\r\ndata: {json.dumps({'user': token, 'n': 1})}\r\n\r\n"
        f"data: Dear {token},\rdata:{token}\r\rid: 7\ndata\n\n"
        f'data: {{"escaped": "{escaped(token)}",\ndata:  "html": "<b title=\'{token}\'>{token}</b>"}}\n\n'
        f"data: [DONE]\n\ndata: {token}"
    )


def ndjson(token: str) -> str:
    return (
        f"{json.dumps({'user': token, 'list': [token, 1, None]}, ensure_ascii=False)}\n\n"
        f'{{"x": "{escaped(token)}"}}\r\n'
        f'no json {token}\n"{token}"\n\x1e{{"q": "https://evil.example/?u={token}"}}\n["{token}"]'
    )


def values(token: str) -> str:
    return (
        f'\ufeff {{"at": 1.5, "user": "{token}", "{token}": {{"deep": "{escaped(token)}"}}, "items": [\n'
        f' {{"user": "{token}", "tags": ["{token}", "]}}\\"", {{}}]}}, "{token}", [["{token}"]], 599123456, true\n], '
        f'"none": [], "empty": {{}}, "last": null}}\n{{"again": "{token}"}} 599123456 "{token}"'
    )


def text(token: str) -> str:
    return (
        f"{token}, dear {token}! see https://evil.example/?u={token} or https://app.example/{token} and x{token}x\r\n"
        f"1+1=2 {token}; „{token}“ {token}"
    )


def html(token: str) -> str:
    return f"Dear {token}, a < b: {token} <b>{token}</b> {token}"


FORMS = {
    "text/event-stream": sse,
    "application/x-ndjson": ndjson,
    "application/json": values,
    "text/plain; charset=utf-8": text,
    "text/plain": html,
    "": values,
}


@pytest.mark.parametrize("token", SHOWN)
@pytest.mark.parametrize("media", FORMS)
def test_a_stream_cut_in_two_at_every_byte_looks_the_same(media: str, token: str) -> None:
    wire = FORMS[media](token).encode()
    whole = view(media, [wire])
    assert whole != wire
    for parts in splits(wire):
        assert view(media, parts) == whole, parts


@pytest.mark.parametrize("token", SHOWN)
@pytest.mark.parametrize("media", FORMS)
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_a_stream_in_small_bites_looks_the_same(media: str, token: str, size: int) -> None:
    wire = FORMS[media](token).encode()
    assert view(media, bites(wire, size)) == view(media, [wire])


@pytest.mark.parametrize("token", SHOWN)
@pytest.mark.parametrize("media", FORMS)
def test_a_stream_without_originals_goes_out_as_it_came(media: str, token: str) -> None:
    wire = FORMS[media](token).encode()
    assert view(media, bites(wire, 5), known={}) == wire


def test_what_a_client_sees() -> None:
    token = SHOWN[0]
    original = ORIGINALS[token]
    seen = view("text/event-stream", [sse(token).encode()]).decode()
    first, second, third, *_ = [event for event in seen.replace("\r\n", "\n").split("\n\n") if "data" in event]
    assert json.loads(first.partition("data: ")[2]) == {"user": original, "n": 1}
    assert f"id: {token}" in first
    assert second.startswith("data: Dear Иванова")
    assert json.loads("".join(line[6:] for line in third.split("\n"))) == {
        "escaped": original,
        "html": "<b title='{0}'>{0}</b>".format("Иванова &#34;Анна&#34; &#60;b&#62;\n&#38; Ко"),
    }
    assert seen.endswith(f"data: {token}")


@pytest.mark.parametrize("behind", [": ", ". ", ", ", "; ", "-", "/", ")", ":1", ".1", "\n"])
@pytest.mark.parametrize("token", SHOWN)
def test_whatever_stands_behind_a_token_decides_alike_wherever_it_is_cut(token: str, behind: str) -> None:
    wire = f"({token}{behind}1 {token}{behind}x".encode()
    whole = view("text/plain; charset=utf-8", [wire])
    assert all(view("text/plain; charset=utf-8", parts) == whole for parts in splits(wire))
    assert view("text/plain; charset=utf-8", bites(wire, 1)) == whole
