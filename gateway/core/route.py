"""Which route a request takes: the most specific one that matches, never the first in the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from gateway.core.lenient_paths import folded, folded_step, reads_one_way, without_parameters
from gateway.core.once import once
from gateway.model.errors import PayloadError
from gateway.model.message import Request
from gateway.model.names import Intent
from gateway.model.rules import PathPattern, Route, Ruleset
from gateway.model.swift import swift

_Order = tuple[bool, tuple[int, ...], bool]
"""What makes a route more specific: its host first, then its path, then its method; smaller is more."""

_METHOD = re.compile(r"[A-Za-z][A-Za-z-]{0,31}")
_LOOK_UPS = frozenset({"GET", "HEAD"})


@swift
@dataclass(frozen=True, slots=True)
class Matched:
    """A route and where its ``{name}`` steps stand: name → index of the path segment."""

    route: Route
    names: Mapping[str, int]
    intent: Intent

    def locate(self, pattern: PathPattern) -> PathPattern:
        """``path.id`` → ``path.2``: a named step of the route's path as the path of its leaf."""
        if len(pattern) == 2 and pattern[0] == "path" and pattern[1] in self.names:
            return ("path", str(self.names[pattern[1]]))
        return pattern


def find_route(ruleset: Ruleset, request: Request) -> Matched | None:
    """The most specific matching route, or None.

    Raises PayloadError (GW-P400) where a path could mean another one to the back end: dot segments, encoded slashes,
    or a lenient reading of it that takes another route; (GW-P401) where the method is not a word.
    """
    _check_method(request.method)
    segments = path_segments(request.target)
    route = _most_specific(_may_match(ruleset, segments[0]), request, segments, _own_path)
    if not (reads_one_way(segments) and _routes_read_one_way(ruleset)):
        _check_readings(ruleset, request, segments, route)
    if route is None:
        return None
    names = {step[1:-1]: at for at, step in enumerate(route.path) if step.startswith("{")}
    intent: Intent = route.intent or ("look_up" if request.method in _LOOK_UPS else "collect")
    return Matched(route, names, intent)


def _check_method(method: str) -> None:
    if not _METHOD.fullmatch(method):
        raise PayloadError(
            "GW-P401",
            "the request's method is not a word of up to 32 letters: methods travel on as they are, and a number or a"
            " name in one would travel with them.",
            "use a registered method, or one of letters and dashes.",
            status=501,
        )


def _check_readings(ruleset: Ruleset, request: Request, segments: tuple[str, ...], route: Route | None) -> None:
    plain = without_parameters(segments)
    if plain != segments and _most_specific(_may_match(ruleset, plain[0]), request, plain, _plain_path) is not route:
        raise _ambiguous("empty segments, parameters or a slash at its end, without which it takes another route")
    if _most_specific(_of_requests(ruleset), request, folded(segments), _folded_path) is not route:
        raise _ambiguous("capitals, blanks or characters coded twice, and read leniently it takes another route")


def _most_specific(
    routes: Iterable[Route],
    request: Request,
    segments: tuple[str, ...],
    read: Callable[[Route], tuple[str, ...]],
) -> Route | None:
    host = (request.header("host") or "").partition(":")[0].lower()
    best: tuple[_Order, Route] | None = None
    for route in routes:
        if _speaks_of(route, request.method, host) and (rank := _rank(read(route), segments)) is not None:
            order = (not route.hosts, rank, not route.methods)
            if best is None or order < best[0]:
                best = (order, route)
    return best[1] if best else None


def _own_path(route: Route) -> tuple[str, ...]:
    return route.path


def _plain_path(route: Route) -> tuple[str, ...]:
    return without_parameters(route.path)


def _folded_path(route: Route) -> tuple[str, ...]:
    return tuple(step if _is_open(step) else folded_step(step) for step in _plain_path(route))


@once
def _of_requests(ruleset: Ruleset) -> tuple[Route, ...]:
    """Routes of mail have no path, so that a reader who takes ``/`` for nothing would take them."""
    return tuple(route for route in ruleset.routes if route.mail is None)


@once
def _routes_read_one_way(ruleset: Ruleset) -> bool:
    """True if no route's own path has steps that a lenient reader takes for others."""
    return all(
        reads_one_way(tuple(step for step in route.path if not _is_open(step))) for route in _of_requests(ruleset)
    )


def _ambiguous(what: str) -> PayloadError:
    return PayloadError(
        "GW-P400",
        f"the request path has {what}: the route that was matched could differ from the one the back end takes.",
        "send the path in its plain form.",
        status=400,
    )


def path_segments(target: str) -> tuple[str, ...]:
    """The decoded segments of a request target's path, absolute form included; ``/a/b/`` → ``("a", "b", "")``."""
    if not target.startswith("/") and "://" in target.partition("?")[0]:
        target = "/" + target.partition("://")[2].partition("/")[2]
    raw = target.partition("?")[0].partition("#")[0]
    segments = tuple(unquote(part, errors="surrogateescape") for part in raw.removeprefix("/").split("/"))
    for segment in segments:
        plain = segment.partition(";")[0]
        if plain in (".", "..") or "/" in segment or "\\" in segment or "\0" in segment:
            raise _ambiguous("a dot segment, an encoded slash or a backslash")
    return segments


def _may_match(ruleset: Ruleset, first: str) -> tuple[Route, ...]:
    """The routes, in their order, that a path with this first segment could match."""
    literal, others = _by_first_step(ruleset)
    return literal.get(first, others)


@once
def _by_first_step(ruleset: Ruleset) -> tuple[Mapping[str, tuple[Route, ...]], tuple[Route, ...]]:
    """By a first step that is spelled out, and for every other first segment."""
    routes = _of_requests(ruleset)
    literal = {step for route in routes for step in route.path[:1] if not _is_open(step)}
    others = tuple(route for route in routes if all(map(_is_open, route.path[:1])))
    return {
        step: tuple(route for route in routes if all(_is_open(own) or own == step for own in route.path[:1]))
        for step in literal
    }, others


def _is_open(step: str) -> bool:
    return step in ("*", "**") or step.startswith("{")


def _speaks_of(route: Route, method: str, host: str) -> bool:
    return (not route.methods or method in route.methods) and (not route.hosts or host in route.hosts)


def _rank(pattern: tuple[str, ...], segments: tuple[str, ...]) -> tuple[int, ...] | None:
    """How unspecific the match is, step by step (smaller is better), or None without a match. ``**`` only ends a
    pattern.
    """
    rank: list[int] = []
    for at, step in enumerate(pattern):
        if step == "**":
            return (*rank, 3)
        if at >= len(segments):
            return None
        if step == "*":
            rank.append(2)
        elif step.startswith("{"):
            rank.append(1)
        elif step == segments[at]:
            rank.append(0)
        else:
            return None
    return tuple(rank) if len(pattern) == len(segments) else None
