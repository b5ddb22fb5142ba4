"""Bytes of HTTP read as the values that the server makes of them; None for what it lets nobody see.

A Content-Length says how long the body is, whatever was written there.
"""

from __future__ import annotations

import re

from gateway.model.message import Headers, Reply, Request

_VISIBLE = re.compile(rb"[\x21-\x7e]+")
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HOST = re.compile(rb"[A-Za-z0-9.:\[\]-]+")
_VALUE = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")


def request_of(wire: bytes) -> Request | None:
    """``POST /path HTTP/1.1``, headers, an empty line, the body: to the end, however it says that it is framed."""
    first, headers, body = _split(wire)
    words = first.split(b" ")
    if len(words) < 2 or headers is None:
        return None
    method, target = words[:2]
    if not _TOKEN.fullmatch(method) or not _VISIBLE.fullmatch(target) or not target.startswith(b"/") or b"#" in target:
        return None
    return Request(method.decode(), target.decode(), headers, body)


def reply_of(wire: bytes) -> Reply | None:
    """``HTTP/1.1 200``, headers, an empty line, the body."""
    first, headers, body = _split(wire)
    status = first.split(b" ")[1:2]
    if headers is None or not status or not re.fullmatch(rb"[2-5][0-9]{2}", status[0]):
        return None
    return Reply(int(status[0]), headers, body)


def _split(wire: bytes) -> tuple[bytes, Headers | None, bytes]:
    head, _, body = wire.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    headers = []
    for line in lines:
        name, colon, value = line.partition(b":")
        value, known = value.strip(b" \t"), name.lower()
        if not colon or not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
            return first, None, body
        if known == b"host" and not _HOST.fullmatch(value):
            return first, None, body
        if known == b"content-length":
            value = b"%d" % len(body)
        headers.append((name.decode(), value.decode("ascii", "surrogateescape")))
    return first, tuple(headers), body


def wire_of(request: Request) -> bytes:
    """What leaves, as bytes; the request line and each header a line of its own."""
    lines = [f"{request.method} {request.target}", *(f"{name}: {value}" for name, value in request.headers)]
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + request.body
