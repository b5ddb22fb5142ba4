"""What a body may wear: content codings by label and without, charsets by label and without, wrong media types.

A coat is put on before a request leaves and taken off what arrives, so that both can be looked at bare.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import brotli
import zstandard

from tests.attack.encodings import CHARSETS, PACKINGS, Packing


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
class Coat:
    """``undone``: the bytes without it. ``fits``: the media types that it may be put on."""

    wear: Callable[[Message], Message]
    undone: Callable[[bytes], bytes] = bytes
    fits: re.Pattern[str] = re.compile("")
    due: bool = True
    unread: bool = False
    """Replies under its label are none that anybody looks into."""


_WORDS = re.compile(r"application/(?!x-protobuf|grpc)|text/")
"""Media types of texts; the charset of a multipart body is its parts' own affair."""


def _packed(packing: Packing) -> Coat:
    def wear(message: Message) -> Message:
        told = (("Content-Encoding", packing.label),) if packing.label else ()
        return replace(message, headers=(*message.headers, *told), body=packing.wrap(message.body or b""))

    def undone(body: bytes) -> bytes:
        for unwrap in (packing.unwrap, zlib.decompress):  # deflate is written with a frame where it came without
            try:
                return unwrap(body)
            except (zlib.error, OSError, EOFError, brotli.error, zstandard.ZstdError):
                continue
        return body

    return Coat(wear, undone)


def _written(charset: str, *, label: bool) -> Coat:
    def wear(message: Message) -> Message:
        told = f"; charset={charset}" if label else ""
        headers = tuple((name, value + told if name == "Content-Type" else value) for name, value in message.headers)
        text = (message.body or b"").decode()
        return replace(message, headers=headers, body=text.encode(charset, "backslashreplace"))

    return Coat(wear, lambda body: body.decode(charset, "replace").encode(), _WORDS)


def _labelled(media: str, *, due: bool = True, unread: bool = False) -> Coat:
    """Another media type than the body's."""
    return Coat(lambda one: replace(one, headers=(("Content-Type", media),)), due=due, unread=unread)


def _of_no_charset(message: Message) -> Message:
    headers = tuple((name, f"{value}; charset=x-unknown") for name, value in message.headers)
    return replace(message, headers=headers)


def _in_chunks(message: Message) -> Message:
    """Three bytes a chunk: no value stands in one piece."""
    body = message.body or b""
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in (body[at : at + 3] for at in range(0, len(body), 3)))
    return Message(message.target, (*message.headers, ("Transfer-Encoding", "chunked")), chunks + b"0\r\n\r\n")


LABELLED = ("utf-16", "utf-32", "windows-1251", "koi8-r")

COATS: dict[str, Coat] = {
    "none": Coat(lambda message: message),
    "chunks of three": Coat(_in_chunks),
    **{name: _packed(packing) for name, packing in PACKINGS.items()},
    **{f"{charset}, labelled": _written(charset, label=True) for charset in LABELLED},
    **{f"{charset}, unlabelled": _written(charset, label=False) for charset in CHARSETS if charset != "utf-8"},
    "as text": _labelled("text/plain"),
    "as a form": _labelled("application/x-www-form-urlencoded"),
    "as an image": _labelled("image/png", unread=True),
    "as nothing known": _labelled("application/x-own"),
    "as octets": _labelled("application/octet-stream"),
    "without a label": Coat(lambda one: replace(one, headers=())),
    "as a table": _labelled("text/csv"),
    "as Markdown": _labelled("text/markdown"),
    "as protobuf": _labelled("application/x-protobuf"),
    "as JSON": _labelled("application/json", due=False),
    "as lines": _labelled("application/x-ndjson", due=False),
    "as XML": _labelled("application/xml", due=False),
    "as HTML": _labelled("text/html", due=False),
    "as GraphQL": _labelled("application/graphql", due=False),
    "as parts": _labelled("multipart/form-data; boundary=b0", due=False),
    "charset unknown": Coat(_of_no_charset),
}
