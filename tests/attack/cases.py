"""Attack requests by multiplication: how a value is spelled × where it stands × what is done to the body × its kind.

Further spellings, places and coats join by ``SPELLINGS``, ``PLACES`` and ``COATS``: one row a new codec. A row is
``due`` when the gateway has to handle it (2xx, nothing leaks, the reply comes back as it was sent); what is not due may
be refused, with a reason, but never leak.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, urlencode

from tests.attack.coats import COATS, Coat, Message
from tests.attack.encodings import DISGUISES, ENCODINGS

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
class Case:
    """One attack. ``secrets`` are what may not arrive; ``due``: refusing it is a failure."""

    spelling: str
    place: str
    coat: str
    kind: str
    wire: bytes
    secrets: tuple[str, ...]
    due: bool
    echo: bytes | None = None
    """What an echoing back end's reply has to mean to the client, if the message is due."""
    loose: bool = False
    worn: Coat = COATS["none"]

    @property
    def name(self) -> str:
        return f"{self.place}/{self.spelling}/{self.coat}/{self.kind}"


# ------------------------------------------------------------------------------------------------- how it is spelled


SPELLINGS: dict[str, Callable[[str], str]] = {
    **{name: coded.wrap for name, coded in ENCODINGS.items()},
    **DISGUISES,
    "capitals": str.upper,
    "blanks around": lambda text: f"  {text}\t",
    "zero width here and there": lambda text: "\u200b".join((text[:4], text[4:9], text[9:])),
    "right to left": lambda text: f"\u202b{text}\u202c",
    "in a sentence": lambda text: f"Клиент просит связаться: {text}, срочно.",
}

# ------------------------------------------------------------------------------------------------------ where it stands


@dataclass(frozen=True, slots=True)
class Place:
    put: Callable[[str, str], Message]
    segment: bool = False
    """What stands there may hold no slash."""
    loose: bool = False
    """In what is none of its syntax, escapes come back in another spelling; its reply has to hold the value."""


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


def _quoted(text: str) -> str:
    """A string of a script, in single quotes."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _fields(*texts: str) -> bytes:
    """A protobuf message of a double and strings, numbered from ten, each shorter than 16 KiB.

    Their tags are letters, and in the double stands an at sign: a text runs on into the next one.
    """
    raws = [text.encode() for text in texts]
    return (
        b"\x09"
        + struct.pack("<d", 1249.9)
        + b"".join(
            bytes([number << 3 | 2, *([len(raw)] if len(raw) < 128 else [len(raw) & 127 | 128, len(raw) >> 7])]) + raw
            for number, raw in enumerate(raws, 10)
        )
    )


def _add(field: str, text: str) -> object:
    return {"query": f"mutation($v: String!) {{ add({field}: $v) {{ id }} }}", "variables": {field: text}}


_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


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
    "path": Place(lambda field, text: Message(f"/search/{field}/{quote(text, safe='')}/{CONTROL}"), segment=True),
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
    "csv": Place(lambda field, text: _typed("text/csv", f"ref,{field}\r\n{CONTROL},{_cell(text)}\r\n")),
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
    "graphql batch": Place(lambda field, text: _json([_add("ref", CONTROL), _add(field, text)])),
    "json rpc": Place(
        lambda field, text: _json({"jsonrpc": "2.0", "id": 1, "method": "add", "params": {field: text, "ref": CONTROL}})
    ),
    "json api": Place(
        lambda field, text: Message(
            "/api/people",
            (("Content-Type", "application/vnd.api+json"),),
            json.dumps({"data": {"type": "people", "attributes": {field: text, "ref": CONTROL}}}).encode(),
        )
    ),
    "soap": Place(
        lambda field, text: _typed(
            "text/xml",
            f"<?xml version='1.0'?><s:Envelope xmlns:s='{_SOAP}'><s:Body><add ref='{CONTROL}'>"
            f"<{field}>{_xml(text)}</{field}></add></s:Body></s:Envelope>",
        )
    ),
    "form in json": Place(lambda field, text: _json({"body": urlencode({"sku": "b-1", field: text}), "ref": CONTROL})),
    "base64 in a form": Place(
        lambda field, text: Message(
            "/api/people",
            _FORM,
            urlencode({"data": ENCODINGS["base64"].wrap(json.dumps({field: text})), "ref": CONTROL}).encode(),
        )
    ),
    "protobuf": Place(
        lambda _, text: Message("/api/people", (("Content-Type", "application/x-protobuf"),), _fields(text, CONTROL))
    ),
    "grpc web": Place(
        lambda _, text: Message(
            "/api/people",
            (("Content-Type", "application/grpc-web+proto"),),
            b"\0" + len(_fields(text, CONTROL)).to_bytes(4, "big") + _fields(text, CONTROL),
        )
    ),
    "half of json in json": Place(
        lambda field, text: _json({"payload": json.dumps({field: text})[:-1] + ', "n": ', "ref": CONTROL}),
        loose=True,
    ),
    "json with a comment, as text": Place(
        lambda field, text: _typed(
            "text/plain", f'{{"ref": "{CONTROL}", /* whose */\n "{field}": {json.dumps(text)}}}'
        ),
        loose=True,
    ),
    "script in a form": Place(
        lambda field, text: Message(
            "/api/people",
            _FORM,
            urlencode({"data": f"{{ref: '{CONTROL}', {field}: {_quoted(text)}}}", "ref": CONTROL}).encode(),
        ),
        loose=True,
    ),
    "half of xml in json": Place(
        lambda field, text: _json({"payload": f"<person><{field}>{_xml(text)}</{field}><ref>", "ref": CONTROL}),
        loose=True,
    ),
    "form with blanks in json": Place(
        lambda field, text: _json({"payload": f"note=two words&{field}={quote(text)}&n=", "ref": CONTROL}),
        loose=True,
    ),
    "csv in json": Place(lambda field, text: _json({"payload": f"sku,{field}\nb-1,{_cell(text)}\n", "ref": CONTROL})),
    "multipart behind a preamble": Place(
        lambda field, text: _typed(
            "multipart/form-data; boundary=b0",
            "Several parts.\r\n" + (_multipart(field, text).body or b"").decode(),
        )
    ),
    "multipart in multipart": Place(
        lambda field, text: _typed(
            "multipart/form-data; boundary=b1",
            '--b1\r\nContent-Disposition: form-data; name="all"\r\n\r\n'
            + (_multipart(field, text).body or b"").decode()
            + "\r\n--b1--\r\n",
        )
    ),
    "matrix": Place(
        lambda field, text: Message(f"/search/people;v=1;{field}={quote(text, safe='')}/{CONTROL}"), segment=True
    ),
}


def _one_line(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ")


_SPELT_KINDS = ("email", "phone", "snils")
_NAMELESS = ("text", "path", "graphql literal", "protobuf", "grpc web")
"""Places where no field's name tells that a rare surname is one: that is for the detectors' own suite."""

_UNTOLD = "as an image|as nothing known|as octets|without a label|as a table|as Markdown|as protobuf"
_BYTES = f"unlabelled|plain, labelled|as text|as a form|charset unknown|{_UNTOLD}"
_LENIENT = {
    "ndjson": "unlabelled|, labelled|labelled once",
    "protobuf": _BYTES,
    "grpc web": _BYTES,
    "text": f"as a form|{_UNTOLD}",
    "half of json in json": "JSON escapes",
    "json with a comment, as text": "JSON escapes|as an image|as nothing known|as octets|without a label|as protobuf",
    "half of xml in json": "(?!plain none)",
}
"""Spellings and coats that may be refused, or come back with tokens, by place: streams of replies and messages are read
by their labels; a form is another text than the same text, and a text looks like nothing certain; two backslashes in
what is no JSON may begin a URL, and markup that is no XML is a page, in which nothing coded comes back.
"""

_GUESSED = re.compile("(?:cp1251|koi8-r|cp866|iso-8859-5), unlabelled")
"""A token in it may be no plausible Russian, and stays one in the reply."""


def cases() -> Iterator[Case]:
    """Every product that says something: each spelling in each place, and each coat around each body."""
    for value in VALUES:
        for place in PLACES:
            for spelling in SPELLINGS if value.kind in _SPELT_KINDS else ("plain",):
                if value.kind != "name" or place not in _NAMELESS:
                    yield _case(value, place, spelling, "none")
    for value in VALUES[:2] + VALUES[4:]:
        for place in PLACES:
            if value.kind != "name" or place not in _NAMELESS:
                yield from (_case(value, place, "plain", coat) for coat in _coats(value, place))


def _coats(value: Value, place: str) -> Iterator[str]:
    bare = PLACES[place].put("", "")
    media = dict(bare.headers).get("Content-Type", "")
    for name, coat in COATS.items():
        if name != "none" and bare.body and coat.fits.match(media):
            yield name


def _case(value: Value, place: str, spelling: str, coat: str) -> Case:
    spelt, worn = SPELLINGS[spelling](value.text), COATS[coat]
    bare = PLACES[place].put(value.field, spelt)
    lenient = (place in _LENIENT and re.search(_LENIENT[place], f"{spelling} {coat}")) or (
        value.kind == "name" and _GUESSED.match(coat)
    )
    due = worn.due and not lenient and not (PLACES[place].segment and ("/" in spelt or "\\" in spelt))
    said, loose = worn.wear(bare).wire(), PLACES[place].loose
    return Case(spelling, place, coat, value.kind, said, (value.text,), due, bare.body, loose, worn)
