"""Where it is planted: the places of a request, and the request that carries one canary in one of them.

Every request carries one canary and, beside it, what its person has declared; nothing else that is anybody's. So what
arrives, arrives because of that one value.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import quote, urlencode

from gateway.verify.canaries import Canary, Sort

Place = Literal[
    "path", "query", "GET query", "header", "cookie", "deep JSON", "key name", "JSON in a string", "JSON number",
    "gzip JSON", "form", "text", "text in JSON",
]  # fmt: skip
"""Where a value stands in a request."""

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Door:
    """How a request reaches a destination.

    ``path`` is one that its route matches, ``host`` the one it asks for. ``posts`` and ``fetches``: the methods it
    takes. ``slot`` is where a value may stand in the path: in place of the last segment, or after it among as many as
    wanted. ``of_the_caller``: what the body says is said of the caller.
    """

    path: str
    posts: bool = True
    fetches: bool = True
    slot: Literal["", "last", "after"] = ""
    host: str | None = None
    of_the_caller: bool = False


@dataclass(frozen=True, slots=True)
class Declared:
    """What a person says of himself: the field, and the text in it. An empty ``text`` says nothing."""

    field: str = "citizenship"
    text: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it will stand on the wire; framing headers are added when it is sent."""

    method: str
    target: str
    headers: Headers
    body: bytes


_JSON = ("Content-Type", "application/json")
_Fits = Callable[[Sort], bool]
_Builds = Callable[[Canary, Declared, Door], Sent]


def places_of(sort: Sort) -> Iterator[Place]:
    """The places that a sort is planted in."""
    return (place for place, (fits, _, _) in _PLACES.items() if fits(sort))


def leads_to(place: Place, sort: Sort, door: Door) -> bool:
    """True if a value of that sort can be brought to that place through that door."""
    return _PLACES[place][1](sort, door)


def plant(canary: Canary, place: Place, declared: Declared, door: Door) -> Sent:
    """The request that carries the canary there."""
    sent = _PLACES[place][2](canary, declared, door)
    host = (("Host", door.host),) if door.host else ()
    return Sent(sent.method, sent.target, (*host, ("Accept", "*/*"), *sent.headers), sent.body)


def _target(door: Door, declared: Declared, more: Mapping[str, str] | None = None) -> str:
    pairs = {**(more or {}), **({declared.field: declared.text} if declared.text else {})}
    return door.path + ("?" + urlencode(pairs, quote_via=quote) if pairs else "")


def _record(declared: Declared, **members: object) -> dict[str, object]:
    """A JSON body: what is declared, an event's name so that analytics would take it, then the rest."""
    return {**({declared.field: declared.text} if declared.text else {}), "event": "signup", **members}


def _json(value: object, door: Door) -> Sent:
    return Sent("POST", door.path, (_JSON,), json.dumps(value, ensure_ascii=False).encode())


def _in_path(canary: Canary, declared: Declared, door: Door) -> Sent:
    value = quote(canary.value, safe="@+")
    path = f"{door.path}/{canary.sort.segment}/{value}" if door.slot == "after" else _beside(door.path, value)
    return Sent("POST", _target(replace(door, path=path), declared), (_JSON,), b"{}")


def _beside(path: str, value: str) -> str:
    return f"{path.rpartition('/')[0]}/{value}"


def _in_query(canary: Canary, declared: Declared, door: Door) -> Sent:
    return Sent("POST", _target(door, declared, {canary.sort.field: canary.value}), (_JSON,), b"{}")


def _in_get_query(canary: Canary, declared: Declared, door: Door) -> Sent:
    return Sent("GET", _target(door, declared, {canary.sort.field: canary.value}), (), b"")


def _in_header(canary: Canary, declared: Declared, door: Door) -> Sent:
    name, template = canary.sort.header or ("", "")
    written = template.replace("{url}", quote(canary.value, safe="")).replace("{}", canary.value)
    return Sent("POST", _target(door, declared), ((name, written), _JSON), b"{}")


def _in_cookie(canary: Canary, declared: Declared, door: Door) -> Sent:
    cookie = f"theme=dark; {canary.sort.field}={quote(canary.value, safe='@')}"
    return Sent("POST", _target(door, declared), (("Cookie", cookie), _JSON), b"{}")


def _deep(canary: Canary, declared: Declared) -> dict[str, object]:
    return _record(declared, order={"lines": [1, {"customer": {"contacts": [{canary.sort.field: canary.value}]}}]})


def _in_deep_json(canary: Canary, declared: Declared, door: Door) -> Sent:
    return _json(_deep(canary, declared), door)


def _in_gzip(canary: Canary, declared: Declared, door: Door) -> Sent:
    packed = gzip.compress(json.dumps(_deep(canary, declared)).encode(), mtime=0)
    return Sent("POST", door.path, (_JSON, ("Content-Encoding", "gzip")), packed)


def _in_key(canary: Canary, declared: Declared, door: Door) -> Sent:
    return _json(_record(declared, subscribers={canary.value: True}), door)


def _in_string(canary: Canary, declared: Declared, door: Door) -> Sent:
    return _json(_record(declared, payload=json.dumps({"customer": {canary.sort.field: canary.value}})), door)


def _as_number(canary: Canary, declared: Declared, door: Door) -> Sent:
    digits = int("".join(char for char in canary.value if char.isdigit()))
    return _json(_record(declared, customer={canary.sort.field: digits}), door)


def _in_form(canary: Canary, declared: Declared, door: Door) -> Sent:
    pairs = {**({declared.field: declared.text} if declared.text else {}), canary.sort.field: canary.value}
    return Sent("POST", door.path, (("Content-Type", "application/x-www-form-urlencoded"),), urlencode(pairs).encode())


def _in_text(canary: Canary, declared: Declared, door: Door) -> Sent:
    sentence = canary.sort.text.format(canary.value)
    return Sent("POST", _target(door, declared), (("Content-Type", "text/plain; charset=utf-8"),), sentence.encode())


def _in_comment(canary: Canary, declared: Declared, door: Door) -> Sent:
    return _json(_record(declared, comment=canary.sort.text.format(canary.value)), door)


def _posts(_: Sort, door: Door) -> bool:
    return door.posts


def _fetches(_: Sort, door: Door) -> bool:
    return door.fetches


def _has_room(sort: Sort, door: Door) -> bool:
    """A bare value may take the place of an id; another needs a segment of its own that names it."""
    return door.posts and (door.slot == "after" or (door.slot == "last" and sort.bare))


def _named(sort: Sort) -> bool:
    return bool(sort.field)


_PLACES: Mapping[Place, tuple[_Fits, Callable[[Sort, Door], bool], _Builds]] = {
    "path": (lambda sort: bool(sort.segment), _has_room, _in_path),
    "query": (_named, _posts, _in_query),
    "GET query": (lambda sort: sort.sought, _fetches, _in_get_query),
    "header": (lambda sort: sort.header is not None, _posts, _in_header),
    "cookie": (lambda sort: sort.cookie, _posts, _in_cookie),
    "deep JSON": (_named, _posts, _in_deep_json),
    "key name": (lambda sort: sort.key, _posts, _in_key),
    "JSON in a string": (_named, _posts, _in_string),
    "JSON number": (lambda sort: sort.number, _posts, _as_number),
    "gzip JSON": (_named, _posts, _in_gzip),
    "form": (_named, _posts, _in_form),
    "text": (lambda sort: bool(sort.text), _posts, _in_text),
    "text in JSON": (lambda sort: bool(sort.text), _posts, _in_comment),
}
PLACES: tuple[Place, ...] = tuple(_PLACES)
