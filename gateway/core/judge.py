"""The verdict on a request: whose data it is, where they live, and what happens to it.

``read`` needs only the rules, ``identify`` the index key, ``judge`` what the home store recalled. The exchange calls
them around its one read of the store; inline tests and ``explain`` call them without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gateway.core.asked import Asked
from gateway.core.decide import TOKEN_TEXT, decide
from gateway.core.incoming import comes_home, settle_tokens
from gateway.core.locate import Told, locate
from gateway.core.owners import by_reference, creates, identified_by, known_persons, named_by, owners_of
from gateway.core.reading import Reading
from gateway.model.decision import Decision
from gateway.model.files import FILE
from gateway.model.finding import Finding
from gateway.model.kept import DirectoryEntry
from gateway.model.names import Path
from gateway.model.residency import Residence
from gateway.model.rules import Ruleset
from gateway.model.swift import swift


@swift
@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict with all it rests on. ``owners``: the persons who are known subjects already."""

    reading: Reading
    findings: tuple[Finding, ...]
    residences: tuple[Residence, ...]
    owners: Mapping[Path, DirectoryEntry] = field(repr=False)
    decision: Decision
    by_reference: Path | None = field(default=None, repr=False)
    """The person of whom only the back end's own id says who it is: believed for protection, not for claims."""
    named: Mapping[Path, DirectoryEntry] = field(default_factory=dict, repr=False)
    """The persons whose identifiers all name one subject: good evidence of where they live, not of who they are."""


def judge(reading: Reading, ruleset: Ruleset, asked: Asked) -> Judgement:
    """Whose data it is, where they live, and what happens to it."""
    route = reading.matched.route
    findings = tuple(f for f in settle_tokens(reading, ruleset, asked) if not comes_home(f, route, ruleset, asked))
    identified = identified_by(reading, ruleset, asked, findings)
    named = named_by(identified, route, ruleset, asked)
    owners = owners_of(identified, named, route, asked)
    caller = replace(asked.caller, region=None, rank=None) if creates(route) else asked.caller
    told = Told(caller, asked.country, known_persons(identified, named, ruleset, asked))
    located = tuple(finding for finding in findings if finding.kind not in (TOKEN_TEXT, FILE))
    residences = locate(reading.document, located, ruleset, route, told)
    decision = decide(reading.document, findings, residences, ruleset, route, reading.matched.intent, asked.today)
    return Judgement(reading, findings, residences, owners, decision, by_reference(asked, owners), named)
