"""Where in a reply a token may be restored at all: nowhere that carries the original to somebody else.

A back end abroad chooses where its URLs lead, and a browser or an app loads what it is given. So an original goes into
no URL towards another host than the one that was asked, unless the rules list that host; into no URL of a page, which a
browser may load by itself; and into no header but a Location towards a listed host.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from operator import attrgetter
from urllib.parse import urlsplit

from gateway.core.codec.url import anatomy
from gateway.core.reading import Sighting
from gateway.model.document import Document, Part, Span, Syntax

_PLAIN_URL = re.compile(r"[^\\\x00-\x20\x7f]+")
"""No backslash, blank or control character: browsers and RFC 3986 disagree on where they end a host."""

_LEADING = r"(?:(?:https?|wss?|ftp):|(?:(?<![a-z0-9+.\-])[a-z][a-z0-9+.\-]{0,20}:)?[/\\]{2})"
"""How a URL begins that may have a host: of these schemes some readers take the slashes as said."""

_AT_THE_START = re.compile(_LEADING, re.IGNORECASE | re.ASCII)
_IN_TEXT = re.compile(_LEADING + r"""[^\s<>"'`]*+""", re.IGNORECASE | re.ASCII)
_MAY_HOLD_URL = re.compile(r"[/\\:]")
"""What every URL with a host has."""

_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*+:", re.IGNORECASE | re.ASCII)
_RUNS = re.compile(
    r"""[\x00-\x20]*(?: (?:java|vb)script\s*:
        | data\s*: (?!(?:text/(?:plain|csv)|application/(?:json|x-www-form-urlencoded))?[;,]) )""",
    re.IGNORECASE | re.VERBOSE,
)
"""URLs that are what they lead to, and more than data."""

_SENT_BY_HAND = frozenset({"mailto:", "tel:", "sms:"})
_SKIPPED = dict.fromkeys(map(ord, "\t\n\r"))
_BEFORE = "".join(map(chr, range(33)))
"""What browsers take out of a URL before they read it, and from its start."""


def in_reach(
    document: Document, sightings: Sequence[Sighting], listed_hosts: Collection[str], own_host: str
) -> list[Sighting]:
    """The sightings that may be restored. ``own_host``: the Host that the client has asked, with or without a port."""
    in_headers = [one for one in sightings if one.path[0] == "headers"]
    listed = [one for one in in_headers if _is_listed_location(document, one, listed_hosts)]
    stays = outside_links(document, [one for one in sightings if one.path[0] != "headers"], listed_hosts, own_host)
    return sorted([*listed, *stays], key=lambda one: (one.leaf, one.span.start))


def outside_links(
    document: Document, sightings: Sequence[Sighting], listed_hosts: Collection[str], own_host: str
) -> list[Sighting]:
    """The sightings in no URL that leads to another host than these, nor in one of a page."""
    if not sightings:
        return []
    hosts = {*listed_hosts, _bare(own_host)} - {""}
    barred = [barred for part in document.parts for barred in _barred(part, hosts)]
    away = {leaf: _stretches_away(document.leaves[leaf].text, hosts) for leaf in {one.leaf for one in sightings}}
    return [
        sighting
        for sighting in sightings
        if not barred[sighting.leaf] and not overlaps_any(sighting.span, away[sighting.leaf])
    ]


def overlaps_any(span: Span, others: Sequence[Span]) -> bool:
    """True if the span overlaps one of these, which stand in order and apart."""
    at = bisect_right(others, span.start, key=_end)
    return at < len(others) and span.overlaps(others[at])


_end = attrgetter("end")


def leads_away(url: str, hosts: Collection[str]) -> bool:
    """True for a URL that may lead to another host than these, as any browser may read it. Relative ones do not."""
    scheme = _SCHEME.match(url)
    if scheme and scheme[0].lower() in _SENT_BY_HAND:
        return False
    parts = anatomy(url)
    if parts.host is None:
        return scheme is not None or "\\" in url[: parts.path.end]
    authority = url[: parts.host.end]
    return (
        not _PLAIN_URL.fullmatch(authority)
        or parts.user is not None
        or _bare(authority[parts.host.start :]) not in hosts
    )


def begins_as_url(text: str) -> bool:
    """True if the text as a whole may be read as a URL with a host."""
    return _AT_THE_START.match(text.translate(_SKIPPED).lstrip(_BEFORE)) is not None


def url_begins(text: str) -> int | None:
    """Where the first URL with a host may begin in a text."""
    found = _IN_TEXT.search(text)
    return None if found is None else found.start()


def _barred(part: Part, hosts: Collection[str], *, page: bool = False, away: bool = False) -> Iterator[bool]:
    """For each terminal leaf in reading order: True if it is a piece of a URL into which nothing is restored."""
    page = page or part.syntax == "html"
    for leaf in part.leaves:
        if leaf.inner is None:
            yield away
        else:
            led = _is_led(leaf.inner.syntax, leaf.text, hosts, page=page)
            yield from _barred(leaf.inner, hosts, page=page, away=away or led)


def _is_led(syntax: Syntax, text: str, hosts: Collection[str], *, page: bool) -> bool:
    """True for a document inside a text into which nothing is restored: a URL that leads away, coded text in one."""
    if syntax == "url":
        return page or _leads_away_somewhere(text, hosts)
    return syntax == "encoded" and (page or _RUNS.match(text) is not None or bool(_stretches_away(text, hosts)))


def _leads_away_somewhere(text: str, hosts: Collection[str]) -> bool:
    return leads_away(text, hosts) or bool(_stretches_away(text, hosts))


def _stretches_away(text: str, hosts: Collection[str]) -> list[Span]:
    """The stretches of a text that are URLs which lead away; all of it where it begins as one, blanks and all."""
    if not _MAY_HOLD_URL.search(text):
        return []
    if begins_as_url(text) and leads_away(text.translate(_SKIPPED).lstrip(_BEFORE), hosts):
        return [Span(0, len(text))]
    return [Span(*found.span()) for found in _IN_TEXT.finditer(text) if leads_away(found[0], hosts)]


def _is_listed_location(document: Document, sighting: Sighting, hosts: Collection[str]) -> bool:
    """True for the one Location header whose host is listed as every browser reads it."""
    part = document.part("headers")
    lines = part.text.splitlines() if part else []
    targets = [line.partition(":")[2].strip() for line in lines if line.lower().startswith("location:")]
    if sighting.path[:2] != ("headers", "location") or len(targets) != 1 or not _PLAIN_URL.fullmatch(targets[0]):
        return False
    try:
        return urlsplit(targets[0]).hostname in hosts
    except ValueError:
        return False


def _bare(authority: str) -> str:
    """``Shop.example.:8443`` → ``shop.example``; an address in brackets keeps them."""
    host = authority if authority.endswith("]") else re.sub(r":\d*\Z", "", authority)
    return host.rstrip(".").lower()
