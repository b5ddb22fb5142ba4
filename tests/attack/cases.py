"""Attack requests by multiplication: how a value is spelled × where it stands × what is done to the body × its kind.

Further spellings, places and coats join by ``SPELLINGS``, ``PLACES`` and ``COATS``: one row a new codec. A row is
``due`` when the gateway has to handle it (2xx, nothing leaks, the reply comes back as it was sent); what is not due may
be refused, with a reason, but never leak.
"""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, urlencode

import brotli
import zstandard

CONTROL = "ref-7f3a9c51d2"
"""Nobody's: has to arrive as it was sent, wherever the message is handled."""


class Value(NamedTuple):
    """A person's value under the name that forms and objects give it."""

    kind: str
    field: str
    text: str


VALUES = (
    Value("email", "email", "marina.kedrova@example.ru"),
    Value("phone", "phone", "+7 (900) 000-31-57"),
    Value("passport", "passport", "4509 731942"),
    Value("snils", "snils", "112-233-445 95"),
    Value("name", "last_name", "Кедрова-Полянская"),
)


@dataclass(frozen=True, slots=True)
class Message:
    """A request before it is written on the wire; ``body`` None: it has none."""

    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None

    def wire(self) -> bytes:
        method = "GET" if self.body is None else "POST"
        lines = [f"{method} {self.target} HTTP/1.1", "Host: app.example.org", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.body is not None and not any(name == "Transfer-Encoding" for name, _ in self.headers):
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + (self.body or b"")


@dataclass(frozen=True, slots=True)
class Case:
    """One attack. ``secrets`` are what may not arrive; ``due``: refusing it is a failure."""

    spelling: str
    place: str
    coat: str
    kind: str
    wire: bytes
    secrets: tuple[str, ...]
    due: bool
    pending: bool = False
    """Nobody has promised yet that this is recognised."""
    echo: bytes | None = None
    """What an echoing back end's reply has to mean to the client, if the message is due."""
    codings: str = ""
    """How the body is packed, by its label."""

    @property
    def name(self) -> str:
        return f"{self.place}/{self.spelling}/{self.coat}/{self.kind}"


# ------------------------------------------------------------------------------------------------- how it is spelled


@dataclass(frozen=True, slots=True)
class Spelling:
    write: Callable[[str], str]
    due: bool = True


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


SPELLINGS: dict[str, Spelling] = {
    "plain": Spelling(lambda text: text),
    "capitals": Spelling(str.upper),
    "blanks around": Spelling(lambda text: f"  {text}\t"),
    "full width": Spelling(lambda text: "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text)),
    "zero width": Spelling(lambda text: "\u200b".join((text[:4], text[4:9], text[9:]))),
    "right to left": Spelling(lambda text: f"\u202b{text}\u202c"),
    "no-break": Spelling(lambda text: text.replace(" ", "\u00a0")),
    "percent": Spelling(lambda text: quote(text, safe="")),
    "percent twice": Spelling(lambda text: quote(quote(text, safe=""), safe="")),
    "base64": Spelling(_base64),
    "json in it": Spelling(lambda text: json.dumps({"v": text})),
    "in a sentence": Spelling(lambda text: f"Клиент просит связаться: {text}, срочно."),
}

# ------------------------------------------------------------------------------------------------------ where it stands


@dataclass(frozen=True, slots=True)
class Place:
    put: Callable[[str, str], Message]
    due: bool = True


_JSON = (("Content-Type", "application/json"),)
_FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


def _json(content: object, *, plain: bool = False) -> Message:
    return Message("/api/people", _JSON, json.dumps(content, ensure_ascii=plain).encode("utf-8", "surrogatepass"))


def _typed(media: str, text: str) -> Message:
    return Message("/api/people", (("Content-Type", media),), text.encode())


def _multipart(field: str, text: str) -> Message:
    parts = "".join(
        f'--b0\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in ((field, text), ("ref", CONTROL))
    )
    return _typed("multipart/form-data; boundary=b0", parts + "--b0--\r\n")


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


PLACES: dict[str, Place] = {
    "json": Place(lambda field, text: _json({field: text, "ref": CONTROL, "amount": 10.50})),
    "json escaped": Place(lambda field, text: _json({field: text, "ref": CONTROL}, plain=True)),
    "json second item": Place(lambda field, text: _json({"people": [{"ref": CONTROL}, {field: text}]})),
    "json deep": Place(lambda field, text: _json({"a": [{"b": {"c": [{"d": {field: text}}]}}], "ref": CONTROL})),
    "json in json": Place(lambda field, text: _json({"payload": json.dumps({field: text}), "ref": CONTROL})),
    "json thrice": Place(
        lambda field, text: _json({"a": json.dumps({"b": json.dumps({field: text})}), "ref": CONTROL})
    ),
    "json top array": Place(lambda field, text: _json([{field: text}, CONTROL])),
    "form": Place(lambda field, text: Message("/api/people", _FORM, urlencode({field: text, "ref": CONTROL}).encode())),
    "json in form": Place(
        lambda field, text: Message(
            "/api/people", _FORM, urlencode({"data": json.dumps({field: text}), "ref": CONTROL}).encode()
        )
    ),
    "query in json in form": Place(
        lambda field, text: Message(
            "/api/people",
            _FORM,
            urlencode({"d": json.dumps({"u": "/p?" + urlencode({field: text})}), "ref": CONTROL}).encode(),
        )
    ),
    "text": Place(lambda field, text: _typed("text/plain", f"{field}: {text}\n{CONTROL}\n")),
    "query": Place(lambda field, text: Message(f"/search/people?{urlencode({field: text, 'ref': CONTROL})}")),
    "query of a post": Place(
        lambda field, text: Message(
            f"/api/people?{urlencode({field: text})}", _JSON, b'{"ref":"%b"}' % CONTROL.encode()
        )
    ),
    "path": Place(lambda field, text: Message(f"/search/{field}/{quote(text, safe='')}/{CONTROL}"), due=False),
    "header": Place(
        lambda field, text: Message(f"/search/{CONTROL}", ((f"X-User-{field.replace('_', '-')}", _one_line(text)),))
    ),
    "referer": Place(
        lambda field, text: Message(
            f"/search/{CONTROL}", (("Referer", f"https://app.example.org/?{urlencode({field: text})}"),)
        )
    ),
    "cookie": Place(
        lambda field, text: Message(f"/search/{CONTROL}", (("Cookie", f"a=1; {field}={quote(text, safe='')}"),))
    ),
    "json in cookie": Place(
        lambda field, text: Message(f"/search/{CONTROL}", (("Cookie", f"u={quote(json.dumps({field: text}))}"),))
    ),
    "multipart": Place(_multipart),
    "ndjson": Place(
        lambda field, text: _typed(
            "application/x-ndjson", f"{json.dumps({'ref': CONTROL})}\n{json.dumps({field: text})}\n"
        ),
    ),
    "xml": Place(
        lambda field, text: _typed(
            "application/xml", f"<?xml version='1.0'?><p><ref>{CONTROL}</ref><{field}>{_xml(text)}</{field}></p>"
        ),
    ),
    "csv": Place(lambda field, text: _typed("text/csv", f'ref,{field}\r\n{CONTROL},"{text}"\r\n')),
    "graphql": Place(
        lambda field, text: _json(
            {
                "query": f"mutation($v: String!) {{ add({field}: $v) {{ id }} }}",
                "variables": {field: text, "ref": CONTROL},
            }
        )
    ),
    "graphql literal": Place(
        lambda field, text: _json(
            {"query": f"mutation {{ add({field}: {json.dumps(text)}) {{ id }} }}", "ref": CONTROL}
        ),
    ),
    "json rpc": Place(
        lambda field, text: _json({"jsonrpc": "2.0", "id": 1, "method": "add", "params": {field: text, "ref": CONTROL}})
    ),
}


def _one_line(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ").encode("ascii", "ignore").decode() or "none"


# ----------------------------------------------------------------------------------------------- what the body wears


@dataclass(frozen=True, slots=True)
class Coat:
    wear: Callable[[Message], Message]
    due: bool = True


def _packed(coding: str, pack: Callable[[bytes], bytes], *, label: bool = True) -> Coat:
    def wear(message: Message) -> Message:
        told = (("Content-Encoding", coding),) if label else ()
        return Message(message.target, (*message.headers, *told), pack(message.body or b""))

    return Coat(wear)


def _raw_deflate(raw: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(raw) + packer.flush()


def _written(charset: str, *, mark: bytes = b"", label: bool = True) -> Coat:
    def wear(message: Message) -> Message:
        text = (message.body or b"").decode()
        headers = tuple(
            (name, f"{value}; charset={charset}" if label and name == "Content-Type" else value)
            for name, value in message.headers
        )
        return Message(message.target, headers, mark + text.encode(charset, "backslashreplace"))

    return Coat(wear)


def _labelled(media: str) -> Coat:
    return Coat(lambda message: Message(message.target, (("Content-Type", media),), message.body), due=False)


def _in_chunks(message: Message) -> Message:
    """Three bytes a chunk: no value stands in one piece."""
    body = message.body or b""
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in (body[at : at + 3] for at in range(0, len(body), 3)))
    return Message(message.target, (*message.headers, ("Transfer-Encoding", "chunked")), chunks + b"0\r\n\r\n")


COATS: dict[str, Coat] = {
    "none": Coat(lambda message: message),
    "chunks of three": Coat(_in_chunks),
    "gzip": _packed("gzip", gzip.compress),
    "deflate": _packed("deflate", zlib.compress),
    "raw deflate": _packed("deflate", _raw_deflate),
    "br": _packed("br", brotli.compress),
    "zstd": _packed("zstd", zstandard.ZstdCompressor().compress),
    "gzip twice": _packed("gzip, gzip", lambda raw: gzip.compress(gzip.compress(raw))),
    "gzip unlabelled": _packed("", gzip.compress, label=False),
    "zstd unlabelled": _packed("", zstandard.ZstdCompressor().compress, label=False),
    "mark": _written("utf-8", mark=b"\xef\xbb\xbf", label=False),
    "utf-16": _written("utf-16"),
    "utf-16 unlabelled": _written("utf-16", label=False),
    "utf-32": _written("utf-32"),
    "cp1251": _written("windows-1251"),
    "koi8-r": _written("koi8-r"),
    "as text": _labelled("text/plain"),
    "as a form": _labelled("application/x-www-form-urlencoded"),
    "as an image": _labelled("image/png"),
    "as nothing known": _labelled("application/x-own"),
    "charset unknown": _labelled("application/json; charset=x-unknown"),
}

_SPELT_KINDS = ("email", "phone", "snils")
_NAMELESS = ("text", "path", "graphql literal")
"""Places where no field's name tells that a rare surname is one: that is for the detectors' own suite."""

PENDING = frozenset({("text", "base64")})
"""Places and spellings that are not read well enough yet: some leak, and the runner says so and ends with 1.

Base64 between words of a text is read without those words: a SNILS that only its name before it gives away is not seen.
The suite expects those to fail. Empty this as it is mended.
"""


def cases() -> Iterator[Case]:
    """Every product that says something: each spelling in each place, and each coat around each body."""
    for value in VALUES:
        for place in PLACES:
            for spelling in SPELLINGS if value.kind in _SPELT_KINDS else ("plain",):
                if value.kind != "name" or place not in _NAMELESS:
                    yield _case(value, place, spelling, "none")
    for value in VALUES[:2] + VALUES[4:]:
        for place in ("json", "form", "text", "json in json"):
            for coat in COATS:
                if coat != "none" and (value.kind != "name" or place not in _NAMELESS):
                    yield _case(value, place, "plain", coat)


def _case(value: Value, place: str, spelling: str, coat: str) -> Case:
    spelt = SPELLINGS[spelling]
    bare = PLACES[place].put(value.field, spelt.write(value.text))
    worn = COATS[coat].wear(bare)
    pending = (place, spelling) in PENDING
    due = spelt.due and PLACES[place].due and COATS[coat].due and not pending
    codings = next((told for name, told in worn.headers if name == "Content-Encoding"), "")
    return Case(spelling, place, coat, value.kind, worn.wire(), (value.text,), due, pending, bare.body, codings)
