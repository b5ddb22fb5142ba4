"""Where each person of a message lives, from all that is known of that person.

Evidence has two ranks: declared and document evidence, fresh or stored, outranks inferred; within a rank any evidence
of a region with a vault wins over foreign evidence. Inferred evidence can move an unknown person home; abroad it moves
nobody, unless the rules say ``inferred_may_relax`` (LOC-10). What is told of the caller counts only for the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.core.countries import country_of
from gateway.core.detect.phones import phone_country
from gateway.core.once import once
from gateway.core.outlines import places_of
from gateway.core.paths import matches
from gateway.core.people import people_of
from gateway.model.document import Document, Leaf, Outline, Place
from gateway.model.finding import Finding
from gateway.model.kept import DirectoryEntry
from gateway.model.names import ELSEWHERE, Kind, Path, Region
from gateway.model.residency import CALLER, Caller, Residence, Signal
from gateway.model.rules import Evidence, Route, Ruleset

_PHONES = frozenset({Kind("phone")})


_Whose = Sequence[Path]
"""The person of each leaf, by its ordinal."""

_OF_THE_CALLER = ("headers", "cookies")


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of the persons beside the message: the caller, where the caller's address is, who was known
    before.
    """

    caller: Caller = Caller()
    country: str | None = None
    """Country of the caller's address (ISO 3166 alpha-2), None where unknown or disputed."""
    known: Mapping[Path, Sequence[DirectoryEntry]] | None = field(default=None, repr=False)
    """Directory entries by person: what each was found to be before."""


def locate(
    document: Document, findings: Sequence[Finding], ruleset: Ruleset, route: Route, told: Told
) -> tuple[Residence, ...]:
    """One Residence a person who has a finding or evidence; the caller is always among them."""
    whose = people_of(document, ruleset.residence, route)
    signals = tuple(_signals(document, findings, ruleset, whose, told))
    people = dict.fromkeys([CALLER, *[whose[finding.leaf] for finding in findings]])
    people.update(dict.fromkeys([signal.about for signal in signals]))
    return tuple([_residence(about, [one for one in signals if one.about == about], ruleset) for about in people])


def region_of(country: str, ruleset: Ruleset) -> Region:
    """The region of ours that a country (ISO 3166 alpha-2) belongs to, else ``elsewhere``."""
    code = country.upper()
    return next((spec.name for spec in ruleset.regions.values() if code in spec.countries), ELSEWHERE)


def _residence(about: Path, signals: Sequence[Signal], ruleset: Ruleset) -> Residence:
    strong = [signal for signal in signals if signal.rank != "inferred" and signal.region]
    if strong:
        region = _winner((signal.region for signal in strong), ruleset)
        ranks = {signal.rank for signal in strong if signal.region == region}
        return Residence(about, region, "declared" if "declared" in ranks else "document", tuple(signals))
    region = _winner((signal.region for signal in signals), ruleset)
    if region is None or (region not in ruleset.regions and not ruleset.residence.inferred_may_relax):
        return Residence(about, None, None, tuple(signals))
    return Residence(about, region, "inferred", tuple(signals))


def _winner(regions: Iterable[Region | None], ruleset: Ruleset) -> Region | None:
    """Of the regions named, the one the unknown are treated as, else one with a vault, else whichever, by name."""

    def precedence(region: Region) -> tuple[bool, bool, str]:
        return (region != ruleset.residence.unknown, region not in ruleset.regions, region)

    return min((region for region in regions if region), key=precedence, default=None)


def _signals(
    document: Document, findings: Sequence[Finding], ruleset: Ruleset, whose: _Whose, told: Told
) -> Iterator[Signal]:
    for evidence in ruleset.residence.evidence:
        match evidence.source:
            case "field":
                yield from _declared(document, findings, evidence, ruleset, whose)
            case "document" | "phone":
                yield from _found(document, findings, evidence, ruleset, whose)
            case "known_subject":
                yield from _known(told)
            case _:
                yield from _of_caller(document, evidence, ruleset, told)


def _declared(
    document: Document, findings: Sequence[Finding], evidence: Evidence, ruleset: Ruleset, whose: _Whose
) -> Iterator[Signal]:
    for ordinal in _declaring(document, evidence):
        leaf, about = document.leaves[ordinal], whose[ordinal]
        region = evidence.otherwise if _speaks_for_all(leaf, about, findings, ruleset, whose) else None
        if _says(evidence, leaf, ruleset):
            region = evidence.region
        if region:
            yield Signal("field", evidence.rank, region, about)


def _declaring(document: Document, evidence: Evidence) -> Sequence[int]:
    """The leaves that the evidence speaks of."""
    if document.outline is not None:
        return _declaring_in(document.outline, evidence)
    return _speaking_of(evidence, places_of(document.leaves))


@once
def _declaring_in(outline: Outline, evidence: Evidence) -> Sequence[int]:
    return _speaking_of(evidence, outline.places)


def _speaking_of(evidence: Evidence, places: Sequence[Place]) -> Sequence[int]:
    return tuple(
        [
            ordinal
            for ordinal, (path, spelling, is_key) in enumerate(places)
            if not is_key and spelling != "json_literal" and matches(evidence.path, path)
        ]
    )


def _speaks_for_all(leaf: Leaf, about: Path, findings: Sequence[Finding], ruleset: Ruleset, whose: _Whose) -> bool:
    """True if a foreign declaration names a country for certain and stands above all that was found of its person.

    A wife's or a courier's citizenship, a refusal to answer and a misspelling free nobody.
    """
    country = country_of(leaf.text)
    if country is None or region_of(country, ruleset) in ruleset.regions:
        return False
    around = leaf.path[:-1]
    others = [one for one in findings if one.path[0] not in _OF_THE_CALLER and one.path != leaf.path]
    return all(one.path[: len(around)] == around for one in others if whose[one.leaf] == about)


def _says(evidence: Evidence, leaf: Leaf, ruleset: Ruleset) -> bool:
    """True if the text is one of the listed, or names a country of the evidence's region in any other way."""
    if leaf.text.strip().casefold() in evidence.values:
        return True
    country = country_of(leaf.text)
    return country is not None and region_of(country, ruleset) == evidence.region


def _found(
    document: Document, findings: Sequence[Finding], evidence: Evidence, ruleset: Ruleset, whose: _Whose
) -> Iterator[Signal]:
    kinds = evidence.kinds if evidence.source == "document" else _PHONES
    for finding in findings:
        if finding.kind in kinds:
            region = evidence.region if evidence.source == "document" else _dialled(document, finding, ruleset)
            yield Signal(evidence.source, evidence.rank, region, whose[finding.leaf])


def _dialled(document: Document, finding: Finding, ruleset: Ruleset) -> Region | None:
    """The region of a phone number's country, None where that cannot be told."""
    text = document.leaves[finding.leaf].text[finding.span.start : finding.span.end]
    country = phone_country(text)
    return region_of(country, ruleset) if country else None


def _known(told: Told) -> Iterator[Signal]:
    for about, entries in (told.known or {}).items():
        for entry in entries:
            if entry.region and entry.rank:
                yield Signal("known_subject", entry.rank, entry.region, about)
    if told.caller.region and told.caller.rank:
        yield Signal("known_subject", told.caller.rank, told.caller.region, CALLER)


def _of_caller(document: Document, evidence: Evidence, ruleset: Ruleset, told: Told) -> Iterator[Signal]:
    if evidence.source == "claim" and told.caller.country:
        yield Signal("claim", evidence.rank, region_of(told.caller.country, ruleset), CALLER)
    elif evidence.source == "geoip" and told.country:
        yield Signal("geoip", evidence.rank, region_of(told.country, ruleset), CALLER)
    elif evidence.source == "language" and _speaks(document, evidence):
        yield Signal("language", evidence.rank, evidence.region, CALLER)


def _speaks(document: Document, evidence: Evidence) -> bool:
    """True if the first language of Accept-Language is one of the evidence's."""
    part = document.part("headers")
    lines = part.text.splitlines() if part else []
    value = next((line.partition(":")[2] for line in lines if line.lower().startswith("accept-language:")), "")
    first = value.split(",")[0].split(";")[0].strip().casefold()
    return first in evidence.values or first.split("-")[0] in evidence.values
