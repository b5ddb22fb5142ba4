"""The tree that a rules file becomes: every key and value knows its file, line and column."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from gateway.ruleset.problems import Mark

Loc = tuple[str | int, ...]
"""The way from the root of a tree to a node: member names and item numbers."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value; ``text`` is its spelling, which keeps the zeros of 1.10."""

    value: str | int | Decimal | bool | None
    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Member:
    """One key of a map with its value."""

    name: str
    mark: Mark
    value: Node


@dataclass(frozen=True, slots=True)
class Members:
    """A map; names are unique."""

    members: tuple[Member, ...]
    mark: Mark

    def member(self, name: object) -> Member | None:
        return next((member for member in self.members if member.name == name), None)

    def value(self, name: str) -> Node | None:
        member = self.member(name)
        return member.value if member else None


Node = Scalar | Items | Members


def plain(node: Node) -> object:
    """The tree as dicts, lists and scalars; decimals keep their digits."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return {member.name: plain(member.value) for member in node.members}


def mark_at(node: Node, loc: Loc, *, key: bool = False) -> Mark:
    """Where a value (or its key) stands; of a place that is not there, the nearest thing around it.

    Steps that lead nowhere are skipped, since pydantic puts the names of union branches between real ones.
    """
    mark, here = node.mark, node
    for at, step in enumerate(loc):
        last = at == len(loc) - 1
        if isinstance(here, Members) and (member := here.member(step)):
            here = member.value
            mark = member.mark if last and key else here.mark
        elif isinstance(here, Items) and isinstance(step, int) and 0 <= step < len(here.items):
            here = here.items[step]
            mark = here.mark
    return mark
