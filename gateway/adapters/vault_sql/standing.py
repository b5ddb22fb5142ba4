"""What an entry makes of the directory: said once, as a function of the rows concerned, for every vault over SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from gateway.adapters.vault_sql.naming import Place, clearer
from gateway.model.kept import STANDINGS, DirectoryEntry
from gateway.model.marks import Mark
from gateway.model.names import ELSEWHERE, Kind, Rank, Region, Standing, SubjectId


class Owner(NamedTuple):
    """Whose identifier it is, how certainly, and how many the message named that made this person."""

    subject: SubjectId
    standing: Standing
    among: int
    first_seen: int | None = None
    confirmed: int | None = None
    """Days of the first and of the latest evidence (Unix seconds of their beginning)."""


class Person(NamedTuple):
    """Where a person lives. ``vouched``: None until an identifier is registered; then the kinds of the proven ones.

    ``held`` and ``blocked``: since when (Unix seconds); ``merged``: as whom the person counts.
    """

    region: Region | None
    rank: Rank | None
    vouched: frozenset[Kind] | None = None
    version: int = 1
    held: int | None = None
    blocked: int | None = None
    merged: SubjectId | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def place(self) -> Place:
        return self.region, self.rank


class Entered(NamedTuple):
    """The rows as they are to be. ``stands``: the identifier is that person's, as certainly as was told."""

    owner: Owner
    person: Person
    stands: bool


def own(entry: DirectoryEntry, owner: Owner | None, root: Callable[[SubjectId], SubjectId]) -> DirectoryEntry:
    """The entry in the name of the person whose identifier it is already, if both count as one."""
    if owner is None or owner.subject == entry.subject or root(owner.subject) != root(entry.subject):
        return entry
    return replace(entry, subject=owner.subject)


def day_of(now_s: int) -> int:
    """The beginning of the day, UTC."""
    return now_s - now_s % 86400


def enter(
    entry: DirectoryEntry, owner: Owner | None, person: Person | None, before: Person | None, home: Region, day: int
) -> Entered | None:
    """What an entry makes of ``owner`` (its identifier's row) and ``person`` (its subject's); None: nothing.

    ``before`` is the person whose identifier it was. The rules stand at ``DirectoryEntry``.
    """
    if entry.ended:
        return _without(entry, owner, person)
    new = Owner(entry.subject, entry.standing, entry.among, day, day)
    mine = owner is not None and owner.subject == entry.subject
    if entry.standing == "proven" and not _may_be_proven(entry, owner if mine else None, person):
        return None
    told: list[Place] = [(entry.region, entry.rank)]
    if owner is not None and mine:
        new = owner._replace(standing=max(owner.standing, entry.standing, key=STANDINGS.index), confirmed=day)
    elif owner is not None and STANDINGS.index(owner.standing) >= STANDINGS.index(entry.standing):
        new = owner
    elif before is not None and before.region == home and not clearer(before.place, (ELSEWHERE, entry.rank), home):
        told.append(before.place)
    vouched = person.vouched if person else None
    if new.subject == entry.subject and new.standing != "mentioned":
        vouched = (vouched or frozenset()) | ({entry.kind} if new.standing == "proven" else frozenset())
    place = person.place if person else told[0]
    for one in told:
        place = one if clearer(place, one, home) else place
    known = person or Person(None, None)
    known = known._replace(region=place[0], rank=place[1], vouched=vouched)
    return Entered(new, known, new.subject == entry.subject)


def _without(entry: DirectoryEntry, owner: Owner | None, person: Person | None) -> Entered | None:
    """The person logs in by it no more."""
    if owner is None or person is None or owner.subject != entry.subject:
        return None
    proven = {entry.kind} if owner.standing == "proven" else set()
    vouched = None if person.vouched is None else person.vouched - proven
    return Entered(owner._replace(standing="mentioned", among=0), person._replace(vouched=vouched), stands=True)


def spelt(vouched: frozenset[Kind] | None) -> str | None:
    """Kinds as a row of a person spells them: one a line."""
    return None if vouched is None else "\n".join(sorted(vouched))


def unspelt(vouched: str | None) -> frozenset[Kind] | None:
    return None if vouched is None else frozenset(map(Kind, vouched.split("\n") if vouched else ()))


def _may_be_proven(entry: DirectoryEntry, own: Owner | None, person: Person | None) -> bool:
    """True unless the person is known by something else: then only what was registered may be proven, one of a kind."""
    vouched = person.vouched if person else None
    if vouched is None or (own is not None and own.standing == "proven"):
        return True
    return own is not None and own.standing == "registered" and entry.kind not in vouched
