"""What a request tells the directory: whose a new identifier is, and where a known person lives.

Before the back end has answered only what protects is believed: a newcomer's identifiers, evidence of a home region.
What could hand somebody's data to somebody else, or let it leave, waits until the back end has agreed and comes only
from that person, or from a role that may see originals: a known person moved abroad, an identifier added to the person
whom the back end's own id names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.core.asked import may_reveal
from gateway.core.judge import Judgement
from gateway.core.people import person
from gateway.model.kept import DirectoryEntry
from gateway.model.names import Digest, Kind, Path, SubjectId
from gateway.model.residency import Residence
from gateway.model.rules import Ruleset
from gateway.service.recall import Recollection


@dataclass(frozen=True, slots=True)
class _Told:
    """One identifier in the request. ``before``: what the directory says of it; ``after``: what is known now."""

    about: Path
    kind: Kind
    blind: Digest
    before: DirectoryEntry | None
    after: Residence


def to_enter(judgement: Judgement, ruleset: Ruleset, recollection: Recollection) -> list[Path]:
    """The persons who have an identifier to be entered at once."""
    told = _identifiers(judgement, ruleset, recollection)
    return list(dict.fromkeys(one.about for one in told if one.before is None and not _by_reference(one, judgement)))


def newcomers(
    judgement: Judgement, ruleset: Ruleset, recollection: Recollection, subjects: dict[Path, SubjectId]
) -> tuple[DirectoryEntry, ...]:
    """Entries to be made before the request is forwarded."""
    entries: dict[DirectoryEntry, None] = {}
    for one in _identifiers(judgement, ruleset, recollection):
        if one.before is None and not _by_reference(one, judgement):
            entries[_entry(one, subjects[one.about])] = None
        elif one.before is not None and one.after.region in ruleset.regions and _clearer(one, judgement):
            entries[_entry(one, one.before.subject)] = None
    return tuple(entries)


def afterwards(judgement: Judgement, ruleset: Ruleset, recollection: Recollection) -> Iterator[DirectoryEntry]:
    """Entries to be made once the back end has agreed."""
    caller = recollection.asked.caller
    trusted = may_reveal(judgement.reading.matched.route.reveal_to, caller)
    for one in _identifiers(judgement, ruleset, recollection):
        owner = judgement.owners.get(one.about)
        if owner is None or not (trusted or caller.subject == owner.subject):
            continue
        if one.before is None:
            yield _entry(one, owner.subject)
        elif one.after.region not in ruleset.regions and _clearer(one, judgement):
            yield _entry(one, one.before.subject)


def _identifiers(judgement: Judgement, ruleset: Ruleset, recollection: Recollection) -> Iterator[_Told]:
    """The identifiers in the message itself; a look-up, analytics and AI tell the directory nothing."""
    matched, asked = judgement.reading.matched, recollection.asked
    if matched.intent == "look_up" or ruleset.destinations[matched.route.to].role in ("analytics", "ai"):
        return
    residences = {residence.about: residence for residence in judgement.residences}
    for finding in judgement.findings:
        if finding in asked.identities and finding.path[0] in ("body", "query", "path"):
            about = person(finding.path, ruleset.residence, matched.route)
            kind, digest = asked.identities[finding]
            yield _Told(about, kind, digest, asked.recalled.known.get((kind, digest)), residences[about])


def _by_reference(one: _Told, judgement: Judgement) -> bool:
    """True if only the back end's own id in the request says who this is."""
    return judgement.by_reference == one.about


def _clearer(one: _Told, judgement: Judgement) -> bool:
    """True if more is known now of the very person that the identifier belongs to."""
    owner = judgement.owners.get(one.about)
    return (
        one.before is not None
        and owner is not None
        and owner.subject == one.before.subject
        and one.after.region is not None
        and (one.before.region, one.before.rank) != (one.after.region, one.after.rank)
    )


def _entry(one: _Told, subject: SubjectId) -> DirectoryEntry:
    return DirectoryEntry(one.kind, one.blind, subject, one.after.region, one.after.rank)
