"""Which persons of a message are known subjects, and what was found of them before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.core.asked import Asked
from gateway.core.people import person
from gateway.core.reading import Reading
from gateway.model.finding import Finding
from gateway.model.kept import DirectoryEntry
from gateway.model.names import Digest, Kind, Path
from gateway.model.residency import CALLER
from gateway.model.rules import Route, Ruleset

_OF_THE_MESSAGE = ("body", "query", "path")
"""Parts whose identifiers say whom the message is about; a header or cookie proves nothing."""


def owners_of(
    reading: Reading, ruleset: Ruleset, asked: Asked, findings: Sequence[Finding]
) -> dict[Path, DirectoryEntry]:
    """The persons of the message who are known subjects.

    A verified caller is, except where the route creates a person: who fills in a registration may sit at somebody
    else's browser. Anybody else is if every identifier of the subtree is in the directory under one and the
    same subject: one shared identifier beside a new one proves nothing (spouses share a phone). The back end's own id
    (``subject_ref``) says whom the message is about.
    """
    route = reading.matched.route
    owners: dict[Path, DirectoryEntry] = {}
    for about, entries in _identified(reading, ruleset, asked, findings).items():
        first = entries[0]
        if first is not None and all(e is not None and e.subject == first.subject for e in entries):
            owners[about] = first
    if asked.reference is not None:
        owners[person(("body",), ruleset.residence, route)] = asked.reference
    if (caller := asked.caller).subject is not None and not creates(route):
        owners[CALLER] = DirectoryEntry(Kind("caller"), Digest(""), caller.subject, caller.region, caller.rank)
    return owners


def creates(route: Route) -> bool:
    """True if the route makes a new person, whose id its reply tells."""
    return route.subject_ref is not None and bool(route.subject_ref.learn)


def _identified(
    reading: Reading, ruleset: Ruleset, asked: Asked, findings: Sequence[Finding]
) -> dict[Path, list[DirectoryEntry | None]]:
    """What the directory says of each person's identifiers, None where it knows one not."""
    entries: dict[Path, list[DirectoryEntry | None]] = {}
    for finding in findings:
        if finding in asked.identities and finding.path[0] in _OF_THE_MESSAGE:
            about = person(finding.path, ruleset.residence, reading.matched.route)
            entries.setdefault(about, []).append(asked.recalled.known.get(asked.identities[finding]))
    return entries


def known_persons(
    reading: Reading, ruleset: Ruleset, asked: Asked, findings: Sequence[Finding], owners: Mapping[Path, DirectoryEntry]
) -> dict[Path, tuple[DirectoryEntry, ...]]:
    """What was found before of each person: of the subject it is, and of any identifier that points home.

    A Russian's e-mail protects the message it stands in, whoever else is named there; a German's frees only a German.
    """
    known: dict[Path, tuple[DirectoryEntry, ...]] = {
        about: (owner,) for about, owner in owners.items() if about != CALLER or asked.caller.subject is None
    }
    for about, entries in _identified(reading, ruleset, asked, findings).items():
        at_home = tuple(entry for entry in entries if entry is not None and entry.region in ruleset.regions)
        known[about] = known.get(about, ()) + at_home
    return known


def by_reference(asked: Asked, owners: Mapping[Path, DirectoryEntry]) -> Path | None:
    if asked.reference is None or asked.reference.subject == asked.caller.subject:
        return None
    return next((about for about, owner in owners.items() if owner is asked.reference), None)
