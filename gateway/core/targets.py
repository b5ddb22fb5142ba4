"""What a request's address says of people, besides what detection makes of its words.

Words that somebody else has written there tell of nobody: the steps of a path that the route's author has spelled out,
the files of the site itself (``/static/js/roman.min.js``), the site's own host in Origin and Referer. And a step that
the author has called ``{login}`` or ``{email}`` is one, whatever it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from gateway.core.detect.fields import field_verdict
from gateway.core.detect.kinds import KINDS
from gateway.core.keys import field_names
from gateway.core.route import Matched
from gateway.model.document import WHOLE, Document
from gateway.model.finding import Finding
from gateway.model.message import Request
from gateway.model.names import Kind, Path
from gateway.model.rules import Ruleset

_OF_SITES = frozenset(
    "_next _nuxt assets build bundles css dist fonts icons images img js static theme themes vendor webpack".split()
)
"""Folders of what a site is made of; what its users upload lies elsewhere (media, uploads, avatars)."""

_CODE = re.compile(r"[\w.\-]+\.(?:cjs|css|eot|js|map|mjs|otf|ttf|wasm|webmanifest|woff2?)", re.ASCII | re.IGNORECASE)
_PICTURE = re.compile(
    r"[a-z]+(?:[.\-_](?:\d+x?\d*|[0-9a-f]{6,64}|min|icon|logo|sprite))*\.(?:avif|gif|ico|jpe?g|png|svg|webp)",
    re.ASCII | re.IGNORECASE,
)
"""Of a picture one word only: with two it may well be a photograph of somebody."""

_ONE_WORD = "person.one"
"""The detector of a single given name, which many words are."""

_SOURCES = ("origin", "referer", "referrer")
_ISSUED = Kind("user_id")
_REFERER = Kind("referer")
_SURE = 0.95


def told(
    findings: tuple[Finding, ...], document: Document, request: Request, matched: Matched, ruleset: Ruleset
) -> tuple[Finding, ...]:
    """The findings with those that a named step makes, and without those in words that tell of nobody."""
    own, called = ruleset.fields, dict[Path, Kind]()
    for name, step in matched.names.items():
        if (kind := own.get(name) or _called(name)) is not None:
            called["path", step] = kind
    if not called and not any(_may_be_nobodys(finding.path) for finding in findings):
        return findings
    left = _of_somebody(findings, document, request, matched)
    if not called:
        return tuple(left)
    named = tuple(_named(document, called))
    certain = {finding.path for finding in named}
    kept = [one for one in left if one.path not in certain or not one.kind.startswith("person.")]
    return tuple(sorted((*kept, *named), key=lambda one: (one.leaf, one.span.start, one.span.end)))


def _may_be_nobodys(path: Path) -> bool:
    return path[0] == "path" or (path[0] == "headers" and path[1] in _SOURCES)


def _named(document: Document, called: Mapping[Path, Kind]) -> Iterator[Finding]:
    """Steps whose name is that of an identifier; a back end's own ids (``{id}``) are left to detection."""
    for ordinal, leaf in enumerate(document.leaves):
        kind = called.get(leaf.path)
        if kind is not None and leaf.spelling == "segment":
            yield Finding(ordinal, leaf.path, WHOLE, kind, _SURE, "field:step")


@lru_cache(maxsize=512)
def _called(name: str) -> Kind | None:
    verdict = field_verdict((), name) if field_names((name,)) else None
    sure = verdict is not None and verdict.strong and KINDS[verdict.kind].equal and verdict.kind != _ISSUED
    return verdict.kind if verdict is not None and sure else None


def _of_somebody(
    findings: tuple[Finding, ...], document: Document, request: Request, matched: Matched
) -> Iterator[Finding]:
    written: dict[Path, str] = {("path", number): step for number, step in enumerate(matched.route.path)}
    site = _first_of_a_site(request)
    hosts = {value.strip().lower() for name, value in request.headers if name.lower() in ("host", "x-forwarded-host")}
    for one in findings:
        leaf = document.leaves[one.leaf]
        match one.path:
            case ("path", int(step), *_) if site is not None and step > site and one.detector == _ONE_WORD:
                continue
            case ("path", *_) if written.get(one.path) == leaf.text:
                continue
            case ("headers", name) if name in _SOURCES and one.kind != _REFERER and _host(leaf.text) in hosts:
                continue
        yield one


def _first_of_a_site(request: Request) -> int | None:
    """The step of a folder of the site, if the path leads to a file in one; what is sent there is somebody's."""
    *folders, last = request.target.partition("?")[0].split("/")[1:] or [""]
    if request.method not in ("GET", "HEAD") or not (_CODE.fullmatch(last) or _PICTURE.fullmatch(last)):
        return None
    return next((number for number, folder in enumerate(folders) if folder.lower() in _OF_SITES), None)


def _host(text: str) -> str:
    """The host of an origin, or what may be one already."""
    return text.lower().removeprefix("https://").removeprefix("http://")
