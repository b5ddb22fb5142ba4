"""Recorded traffic as requests: HAR, JSON captures, lines of JSON, raw HTTP; and what an observing gateway wrote.

A recording is read where it lies, nothing is copied. What can't be read is counted and skipped.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gateway.core.tally import Tally
from gateway.model.message import Headers, Request
from gateway.ruleset.explain import parse_http
from gateway.ruleset.problems import BadRulesError
from gateway.ruleset.tally_form import tally_in

_PEER = "192.0.2.1"
_SUFFIXES = (".har", ".json", ".jsonl", ".ndjson", ".http")
_OWN_FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)
"""What a recording that is none raises."""

Recorded = Request | Tally | None
"""None: something that could not be read."""


def recorded(paths: tuple[Path, ...]) -> Iterator[Recorded]:
    """Everything in the files, and in the files of the folders."""
    for path in paths:
        for file in _files(path):
            yield from _in_file(file)


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
    else:
        yield path


def _in_file(file: Path) -> Iterator[Recorded]:
    raw = file.read_bytes()
    if file.suffix == ".http":
        yield _raw(raw, file.name)
        return
    try:
        told = json.loads(raw)
    except ValueError:
        for line in raw.splitlines():
            if line.strip():
                yield _line(line)
        return
    yield from _in_json(told)


def _line(line: bytes) -> Recorded:
    try:
        return _capture(json.loads(line))
    except UNREADABLE:
        return None


def _raw(raw: bytes, name: str) -> Recorded:
    try:
        return parse_http(raw, _PEER, name)
    except BadRulesError:
        return None


def _in_json(told: Any) -> Iterator[Recorded]:  # noqa: ANN401 - any JSON
    try:
        if (tally := tally_in(told)) is not None:
            yield tally
        elif isinstance(told, list):
            yield from map(_capture, told)
        elif "log" in told:
            yield from (_entry(entry["request"]) for entry in told["log"]["entries"])
        else:
            yield _capture(told)
    except UNREADABLE:
        yield None


def _entry(told: Mapping[str, Any]) -> Request:
    """A request of a HAR file. A body that HAR only lists (``params``) is spelt as a form again."""
    headers = tuple((str(one["name"]), str(one["value"])) for one in told["headers"])
    data = told.get("postData") or {}
    body = str(data.get("text", "")).encode("utf-8", "surrogateescape")
    if data.get("encoding") == "base64":
        body = base64.b64decode(body)
    if data.get("mimeType") and not any(name.lower() == "content-type" for name, _ in headers):
        headers = (*headers, ("Content-Type", str(data["mimeType"])))
    return _request(str(told["method"]), str(told["url"]), headers, body)


def _capture(told: Mapping[str, Any]) -> Request:
    """``method``, ``path``, ``headers`` and ``body`` or ``body_b64``."""
    headers = told.get("headers") or ()
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    body = told.get("body", "")
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    raw = base64.b64decode(told["body_b64"]) if "body_b64" in told else text.encode()
    told_headers = tuple((str(name), str(value)) for name, value in pairs)
    if not isinstance(body, str) and not told_headers:
        told_headers = (("Content-Type", "application/json"),)
    return _request(str(told.get("method", "POST")), str(told.get("path") or told["url"]), told_headers, raw)


def _request(method: str, url: str, headers: Headers, body: bytes) -> Request:
    """As a client would send it to the gateway: the address without its origin, names of HTTP/2 left out."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kept = [(name, value) for name, value in headers if name[:1] != ":" and name.lower() not in _OWN_FRAMING]
    if parts.netloc and not any(name.lower() == "host" for name, _ in kept):
        kept.append(("Host", parts.netloc.rpartition("@")[2]))
    wire = [(name, value.encode().decode("ascii", "surrogateescape")) for name, value in kept]
    return Request(method.upper(), target, tuple(wire), body, _PEER)
