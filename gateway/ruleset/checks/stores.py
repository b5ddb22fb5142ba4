"""Originals, keys and what others get never share a store (RKN order 140, annex 1 p. 1(6); DEP-02)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from urllib.parse import SplitResult, urlsplit

from gateway.ruleset.checks.examined import Examined
from gateway.ruleset.problems import Problem
from gateway.ruleset.tree import Loc


@dataclass(frozen=True, slots=True)
class _Store:
    """Where something is kept: a file, or a server with a database and a user."""

    what: str
    loc: Loc
    place: tuple[str, ...]
    user: str
    ours: bool

    def server(self) -> tuple[str, ...]:
        return self.place[:2]


def shared_stores(examined: Examined) -> Iterator[Problem]:
    """A vault or key store of ours that is another store too, or that another one's credentials open."""
    for one, other in combinations(_stores(examined), 2):
        if not one.ours:
            continue  # what two others share is their affair
        if one.place == other.place:
            what = f"{one.what} and {other.what} are one store: who opens one would read the other."
            yield examined.problem("GW-R409", what, "give each its own store and credentials.", other.loc)
        elif one.user and one.user == other.user and one.server() == other.server():
            what = f"{one.what} and {other.what} are opened by one user of one server."
            yield examined.problem("GW-R409", what, "give each its own credentials.", other.loc)


def _stores(examined: Examined) -> Iterator[_Store]:
    for name, region in examined.draft.file.regions.items():
        for word, address in (
            ("vault", region.vault),
            ("key", region.key),
            ("key_store", region.key_store),
            ("files", region.files),
        ):
            if address:
                yield _store(f"the {word} of region {name}", ("regions", name, word), address, ours=True)
    for name, to in examined.draft.file.destinations.items():
        loc: Loc = ("destinations", name, "store" if to.store else "url")
        yield _store(f"the store of {name}" if to.store else name, loc, to.store or to.url, ours=False)


def _store(what: str, loc: Loc, address: str, *, ours: bool) -> _Store:
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if not parts.netloc:
        return _Store(what, loc, ("file", os.path.normpath(address.partition(":")[2] or address)), "", ours)
    return _Store(what, loc, ("server", _host(parts), parts.path.strip("/")), parts.username or "", ours)


def _host(parts: SplitResult) -> str:
    try:
        return f"{(parts.hostname or '').lower()}:{parts.port or _PORTS.get(parts.scheme, 0)}"
    except ValueError:  # several hosts, or what is none: whoever opens it says so
        return parts.netloc.rpartition("@")[2].lower()


_PORTS = {"postgresql": 5432, "postgres": 5432, "http": 80, "https": 443}
