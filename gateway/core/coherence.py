"""What headers say of a body, kept true of the body that goes out: digests, validators, lengths, who may store it.

A reply with tokens in it is another one for every caller, and may be another one tomorrow for the same caller; its
entity tag is the upstream's with a keyed digest of what this caller got. What comes back with such a tag is mapped to
the upstream's own where a change depends on it (If-Match). Where only a copy is to be spared (If-None-Match) the
upstream is asked for the whole, and the gateway compares: what was shown then may not be shown now.
Source: RFC 9110 8.8 and 13, RFC 9530, RFC 3230, RFC 1864.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

from gateway.model.message import Headers, Reply, Request, first_header
from gateway.model.names import Digest

_TAG = re.compile(r'(W/)?"([^"]*)~g1-([0-9a-f]{24})"')
_ANY_TAG = re.compile(r'(W/)?"([^"]*)"')
_DIGESTS = frozenset({"content-md5", "digest", "content-digest", "repr-digest"})
_VALIDATORS = frozenset({"etag", "last-modified"})
_ALGORITHMS = {"md5": "md5", "sha": "sha1", "sha-256": "sha256", "sha-512": "sha512"}
_VARIES = ("Cookie", "Authorization")


def private(headers: Headers) -> Headers:
    """Of a reply that is its caller's alone: no shared store keeps it, no other session's copy stands for it."""
    controls = [value for name, value in headers if name.lower() == "cache-control"]
    stricter = next((value for value in controls if "no-store" in value.lower()), None)
    left = tuple((name, value) for name, value in headers if name.lower() not in ("cache-control", "vary"))
    varies = [one.strip() for name, value in headers if name.lower() == "vary" for one in value.split(",")]
    known = {one.lower() for one in varies}
    more = [] if "*" in known else [one for one in _VARIES if one.lower() not in known]
    return (*left, ("Vary", ", ".join([*varies, *more])), ("Cache-Control", stricter or "private"))


def unmeasured(headers: Headers) -> Headers:
    """Of a reply whose body is not known when its head goes out: nothing is said of it that may turn out wrong."""
    gone = {"content-length", "accept-ranges"} | _DIGESTS | _VALIDATORS
    return private(tuple((name, value) for name, value in headers if name.lower() not in gone))


def measured(headers: Headers, before: bytes, after: bytes) -> Headers:
    """Digests of a body that has changed made anew; one that was wrong before stays wrong."""
    if before == after or not any(name.lower() in _DIGESTS for name, _ in headers):
        return headers
    renewed = ((name, _renewed(name.lower(), value, before, after)) for name, value in headers)
    return tuple((name, value) for name, value in renewed if value)


def revealed_headers(headers: Headers, before: bytes, after: bytes) -> Headers:
    """Of a whole reply in which something was restored; its length is right already."""
    kept = tuple((name, value) for name, value in headers if name.lower() not in ("last-modified", "accept-ranges"))
    return private(measured(kept, before, after))


def with_own_tag(headers: Headers, digest: Digest) -> Headers:
    """The entity tag of the upstream, of this caller's own copy."""
    return tuple((name, _own(value, digest) if name.lower() == "etag" else value) for name, value in headers)


def as_upstream_knows(request: Request) -> tuple[Request, str | None]:
    """The request with the upstream's own tags, and the If-None-Match that is left to the gateway."""
    if not any("~g1-" in value for _, value in request.headers):
        return request, None
    left = request.header("if-none-match") if request.method in ("GET", "HEAD") else None
    if left is not None and not _TAG.search(left):
        left = None
    gone = () if left is None else ("if-none-match", "if-modified-since")
    mapped = tuple(
        (name, _TAG.sub(r'\1"\2"', value) if name.lower().startswith("if-") else value)
        for name, value in request.headers
        if name.lower() not in gone
    )
    return replace(request, headers=mapped), left


def without_range(request: Request) -> Request:
    """The same request for the whole."""
    gone = ("range", "if-range")
    return replace(request, headers=tuple(pair for pair in request.headers if pair[0].lower() not in gone))


def unless_known(reply: Reply, if_none_match: str | None) -> Reply:
    """The reply, or word that the client's copy is still this one (RFC 9110, 13.1.2: tags are compared weakly)."""
    own = _ANY_TAG.fullmatch(first_header(reply.headers, "etag") or "")
    if if_none_match is None or own is None or reply.status != 200:
        return reply
    if own[2] not in [known[2] for known in _ANY_TAG.finditer(if_none_match)]:
        return reply
    kept = tuple((name, value) for name, value in reply.headers if not name.lower().startswith("content-"))
    return Reply(304, kept, b"")


def _own(tag: str, digest: Digest) -> str:
    match = _ANY_TAG.fullmatch(tag.strip())
    return tag if match is None else f'{match[1] or ""}"{match[2]}~g1-{digest[:24]}"'


def _renewed(name: str, value: str, before: bytes, after: bytes) -> str:
    if name == "content-md5":
        return _spelt("md5", after) if value.strip() == _spelt("md5", before) else value
    if name not in _DIGESTS:
        return value
    items = (_renewed_item(item.strip(), before, after) for item in value.split(","))
    return ", ".join(item for item in items if item)


def _renewed_item(item: str, before: bytes, after: bytes) -> str:
    """One algorithm's digest; none where the algorithm is unknown, since it can't be right any more."""
    algorithm, _, value = item.partition("=")
    known = _ALGORITHMS.get(algorithm.strip().lower())
    if known is None:
        return ""
    return item.replace(_spelt(known, before), _spelt(known, after)) if value else ""


def _spelt(algorithm: str, body: bytes) -> str:
    made = hashlib.new(algorithm, body, usedforsecurity=False)
    return base64.b64encode(made.digest()).decode("ascii")
