"""What a request tells the directory: whose a new identifier is, and where a known person lives.

Before the back end has answered only what protects is believed: a newcomer's identifiers, evidence of a home region.
They are mentioned, no more. What could hand somebody's data to somebody else, or let it leave, waits until the back end
has agreed and comes only from that person, or from a role that may see originals: a known person moved abroad, an
identifier added to the person whom the back end's own id names. Where the back end has made a person, the identifiers
that it was made with are registered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from msgspec import Struct

from gateway.core.asked import may_reveal
from gateway.core.judge import Judgement
from gateway.core.owners import creates
from gateway.core.people import person
from gateway.model.kept import Blinded, DirectoryEntry
from gateway.model.names import Digest, Kind, Path, SubjectId
from gateway.model.residency import Residence
from gateway.model.rules import Ruleset
from gateway.service.recall import Recollection


class Told(Struct, frozen=True, gc=False):
    """One identifier in the request. ``before``: what the directory says of it; ``after``: what is known now.

    ``name``: its field's, in lower case; ``among``: how many different identifiers the request names of that person.
    """

    about: Path
    name: str
    among: int
    kind: Kind
    blind: Digest
    before: DirectoryEntry | None
    after: Residence

    def __repr__(self) -> str:
        return f"Told({self.kind}, among={self.among})"


def to_enter(told: Sequence[Told], judgement: Judgement) -> list[Path]:
    """The persons who have an identifier to be entered at once."""
    return list(dict.fromkeys(one.about for one in told if one.before is None and not _by_reference(one, judgement)))


def newcomers(
    told: Sequence[Told],
    judgement: Judgement,
    ruleset: Ruleset,
    recollection: Recollection,
    subjects: Mapping[Path, SubjectId],
) -> tuple[DirectoryEntry, ...]:
    """Entries to be made before the request is forwarded.

    A verified claim proves what it says at once, so that nobody else is that person any more when data is recorded.
    """
    entries: dict[DirectoryEntry, None] = {}
    claim = recollection.claim
    if claim is not None and claim.standing != "proven" and _tells(judgement, ruleset):
        entries[replace(claim, region=None, rank=None, standing="proven")] = None
    for one in told:
        if one.before is None and not _by_reference(one, judgement):
            among = 0 if one.about in judgement.owners else one.among
            entries[_entry(one, subjects[one.about], among)] = None
        elif one.before is not None and one.after.region in ruleset.regions and _clearer(one, judgement):
            entries[_entry(one, one.before.subject)] = None
    return tuple(entries)


def registered(
    told: Sequence[Told], judgement: Judgement, ruleset: Ruleset, subjects: Mapping[Path, SubjectId]
) -> Iterator[DirectoryEntry]:
    """Entries to be made once the back end has made a person: what that person is known by there.

    Of each kind the one that a login would be made with, else the only one. Of a person known before nothing is told of
    residence: who registers may be anybody.
    """
    route = judgement.reading.matched.route
    about = created(judgement, ruleset)
    owner = judgement.owners.get(about)
    subject = subjects.get(about, owner.subject if owner else None)
    if not creates(route) or subject is None:
        return
    of_it = [one for one in told if one.about == about]
    logins = {one.session.subject[-1].casefold() for one in ruleset.routes if one.session and one.to == route.to}
    for one in _one_of_each_kind(of_it, logins):
        entry = _entry(one, subject, 0 if owner else one.among)
        place = (None, None) if owner else (entry.region, entry.rank)
        yield replace(entry, region=place[0], rank=place[1], standing="registered")


def created(judgement: Judgement, ruleset: Ruleset) -> Path:
    """The person that a request which makes one is about."""
    return person(("body", "id"), ruleset.residence, judgement.reading.matched.route)


def afterwards(judgement: Judgement, ruleset: Ruleset, recollection: Recollection) -> Iterator[DirectoryEntry]:
    """Entries to be made once the back end has agreed."""
    caller = recollection.asked.caller
    trusted = may_reveal(judgement.reading.matched.route.reveal_to, caller)
    if not any(trusted or caller.subject == owner.subject for owner in judgement.owners.values()):
        return
    for one in told_by(judgement, ruleset, recollection):
        owner = judgement.owners.get(one.about)
        if owner is None or not (trusted or caller.subject == owner.subject):
            continue
        if one.before is None:
            yield _entry(one, owner.subject)
        elif one.after.region not in ruleset.regions and _clearer(one, judgement):
            yield _entry(one, one.before.subject)


def told_by(judgement: Judgement, ruleset: Ruleset, recollection: Recollection) -> Iterator[Told]:
    """The identifiers in the message itself."""
    asked, route = recollection.asked, judgement.reading.matched.route
    if not _tells(judgement, ruleset):
        return
    residences = {residence.about: residence for residence in judgement.residences}
    found: dict[Path, list[tuple[str, Blinded]]] = {}
    for finding in judgement.findings:
        blinded = asked.identities.get(finding)
        if blinded is not None and finding.path[0] in ("body", "query", "path"):
            about = person(finding.path, ruleset.residence, route)
            name = next(step.casefold() for step in reversed(finding.path) if isinstance(step, str))
            found.setdefault(about, []).append((name, blinded))
    for about, identifiers in found.items():
        among = len({blinded for _, blinded in identifiers})
        for name, blinded in identifiers:
            yield Told(about, name, among, *blinded, asked.recalled.known.get(blinded), residences[about])


def _tells(judgement: Judgement, ruleset: Ruleset) -> bool:
    """True if the directory may learn by the request: a look-up, analytics and AI tell it nothing."""
    matched = judgement.reading.matched
    return matched.intent == "collect" and ruleset.destinations[matched.route.to].role not in ("analytics", "ai")


def _one_of_each_kind(told: Sequence[Told], logins: set[str]) -> list[Told]:
    """Of each kind the identifier in a field that a login names too, else the only one; nothing where neither tells
    with which of several somebody may log in.
    """
    certain: list[Told] = []
    several = False
    for kind in dict.fromkeys(one.kind for one in told):
        every = {one.blind: one for one in told if one.kind == kind}
        found = {one.blind: one for one in told if one.kind == kind and one.name in logins} or every
        certain += found.values() if len(found) == 1 else ()
        several = several or len(found) > 1
    return certain if not several or any(one.name in logins for one in certain) else []


def _by_reference(one: Told, judgement: Judgement) -> bool:
    """True if only the back end's own id in the request says who this is."""
    return judgement.by_reference == one.about


def _clearer(one: Told, judgement: Judgement) -> bool:
    """True if more is known now of the very person that the identifier belongs to."""
    owner = judgement.owners.get(one.about) or judgement.named.get(one.about)
    return (
        one.before is not None
        and owner is not None
        and owner.subject == one.before.subject
        and one.after.region is not None
        and (one.before.region, one.before.rank) != (one.after.region, one.after.rank)
    )


def _entry(one: Told, subject: SubjectId, among: int = 0) -> DirectoryEntry:
    return DirectoryEntry(one.kind, one.blind, subject, one.after.region, one.after.rank, among=among)
