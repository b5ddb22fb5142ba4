"""Which persons of a message are known subjects, and what was found of them before.

One shared identifier never merges two people: spouses share a phone, an office an e-mail. So whose a record becomes
asks for more than where a person may live, for which a single identifier is enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.core.asked import Asked
from gateway.core.people import person
from gateway.core.reading import Reading
from gateway.model.finding import Finding
from gateway.model.kept import DirectoryEntry, Recalled
from gateway.model.names import Digest, Kind, Path
from gateway.model.residency import CALLER
from gateway.model.rules import Route, Ruleset

_OF_THE_MESSAGE = ("body", "query", "path")
"""Parts whose identifiers say whom the message is about; a header or cookie proves nothing."""


Identified = Mapping[Path, Sequence[DirectoryEntry | None]]
"""What the directory says of each person's identifiers, None where it knows one not."""


def identified_by(
    reading: Reading, ruleset: Ruleset, asked: Asked, findings: Sequence[Finding]
) -> dict[Path, list[DirectoryEntry | None]]:
    """The identifiers of each person of the message, as the directory knows them."""
    entries: dict[Path, list[DirectoryEntry | None]] = {}
    for finding in findings:
        if finding in asked.identities and finding.path[0] in _OF_THE_MESSAGE:
            about = person(finding.path, ruleset.residence, reading.matched.route)
            entries.setdefault(about, []).append(asked.recalled.known.get(asked.identities[finding]))
    return entries


def named_by(identified: Identified, route: Route, ruleset: Ruleset, asked: Asked) -> dict[Path, DirectoryEntry]:
    """For each person of the message the one subject whom all identifiers name, and none is unknown.

    The back end's own id (``subject_ref``) says whom the message is about.
    """
    named: dict[Path, DirectoryEntry] = {}
    for about, entries in identified.items():
        first = entries[0]
        if first is not None and all(e is not None and e.subject == first.subject for e in entries):
            named[about] = first
    if asked.reference is not None:
        named[person(("body",), ruleset.residence, route)] = asked.reference
    return named


def owners_of(
    identified: Identified, named: Mapping[Path, DirectoryEntry], route: Route, asked: Asked
) -> dict[Path, DirectoryEntry]:
    """The persons of the message who are known subjects: what is collected of them becomes theirs.

    A verified caller is, except where the route creates a person: who fills in a registration may sit at somebody
    else's browser. Of the others named by the message those are of whom that is certain.
    """
    caller = asked.caller
    callers = None if creates(route) else caller.subject
    owners = {
        about: entry
        for about, entry in named.items()
        if entry is asked.reference or entry.subject == callers or _is_certain(identified[about])
    }
    if callers is not None:
        owners[CALLER] = DirectoryEntry(Kind("caller"), Digest(""), callers, caller.region, caller.rank)
    return owners


def _is_certain(entries: Sequence[DirectoryEntry | None]) -> bool:
    """True if one of the identifiers is what the person logs in with, or if they are all that made the person, and of
    more than one kind.

    Fewer than all would do for whoever has prepared a person of somebody else's identifiers and one to log in with.
    """
    known = {(entry.kind, entry.blind): entry for entry in entries if entry is not None}
    if any(entry.standing == "proven" for entry in known.values()):
        return True
    all_there = all(entry.among == len(known) for entry in known.values())
    return all_there and len({kind for kind, _ in known}) > 1


def speaks_for(entry: DirectoryEntry, recalled: Recalled) -> bool:
    """True if who logs in by an identifier, or has it in a verified claim, is the person whom the directory names.

    An identifier that was merely mentioned is nobody's claim to a person who is known by something else. Nobody logs in
    by two identifiers of one kind: the second was written there by somebody.
    """
    proven = recalled.vouched.get(entry.subject)
    if proven is None or entry.standing == "proven":
        return True
    return entry.standing == "registered" and entry.kind not in proven


def creates(route: Route) -> bool:
    """True if the route makes a new person, whose id its reply tells."""
    return route.subject_ref is not None and bool(route.subject_ref.learn)


def known_persons(
    identified: Identified, named: Mapping[Path, DirectoryEntry], ruleset: Ruleset, asked: Asked
) -> dict[Path, tuple[DirectoryEntry, ...]]:
    """What was found before of each person: of the subject whom the message names, and of any identifier that points
    home.

    A Russian's e-mail protects the message it stands in, whoever else is named there; a German's frees only a German.
    """
    known: dict[Path, tuple[DirectoryEntry, ...]] = {
        about: (entry,) for about, entry in named.items() if about != CALLER or asked.caller.subject is None
    }
    for about, entries in identified.items():
        at_home = tuple(entry for entry in entries if entry is not None and entry.region in ruleset.regions)
        known[about] = known.get(about, ()) + at_home
    return known


def by_reference(asked: Asked, owners: Mapping[Path, DirectoryEntry]) -> Path | None:
    if asked.reference is None or asked.reference.subject == asked.caller.subject:
        return None
    return next((about for about, owner in owners.items() if owner is asked.reference), None)
