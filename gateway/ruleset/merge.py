"""Several files as one: lists and maps are joined, nothing is said twice, and the order of files never matters."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.ruleset.problems import Problem
from gateway.ruleset.tree import Items, Loc, Member, Members, Node, Scalar

_OF_A_FILE = ("as_of", "pack", "packs")
"""What each file says of itself."""


def merge(files: Sequence[Members]) -> tuple[Members, list[Problem]]:
    """The tree of all files together, and what two of them say differently."""
    problems: list[Problem] = []
    merged = _without_own(files[0])
    for file in files[1:]:
        merged = _joined((), merged, _without_own(file), problems)
    return merged, problems


def _without_own(file: Members) -> Members:
    return Members(tuple(member for member in file.members if member.name not in _OF_A_FILE), file.mark)


def _joined(loc: Loc, first: Members, second: Members, problems: list[Problem]) -> Members:
    members = {member.name: member for member in first.members}
    for member in second.members:
        there = members.get(member.name)
        members[member.name] = _both((*loc, member.name), there, member, problems) if there else member
    return Members(tuple(members.values()), first.mark)


def _both(loc: Loc, first: Member, second: Member, problems: list[Problem]) -> Member:
    value: Node = first.value
    match first.value, second.value:
        case Items() as one, Items() as other:
            value = Items(one.items + other.items, one.mark)
        case Members() as one, Members() as other if not _is_whole(loc):
            value = _joined(loc, one, other, problems)
        case Scalar(value=one), Scalar(value=other) if one == other:
            pass
        case Scalar(), Scalar():
            problems.append(_twice(loc, first, second))
        case Members(), Members():
            problems.append(_twice(loc, first, second))
        case _:
            pass  # of two forms one is wrong, which is said of its file
    return Member(first.name, first.mark, value)


def _is_whole(loc: Loc) -> bool:
    """Destinations, kinds and claims are described in one place."""
    return (len(loc) == 2 and loc[0] in ("destinations", "kinds")) or loc == ("callers", "claims")


def _twice(loc: Loc, first: Member, second: Member) -> Problem:
    here, there = sorted((first, second), key=lambda member: (member.mark.file, member.mark.line))
    name = ".".join(map(str, loc))
    what = f"{name} is given twice (first at {here.mark}): which one counts must not depend on order."
    return Problem("GW-R110", what, "keep one of them.", there.mark)
