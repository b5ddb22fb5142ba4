"""All detectors that ship, as one table; the order means nothing."""

from __future__ import annotations

from functools import lru_cache

from gateway.core.detect import obfuscated
from gateway.core.detect.catalog import (
    addresses_world,
    contacts,
    credentials,
    dates,
    disguised,
    documents,
    glued,
    houses,
    neighbours,
    network,
    payments,
    people,
    people_english,
    phones_world,
    places,
    special,
    vehicles,
)
from gateway.core.detect.detector import Detector
from gateway.core.detect.scan import Scanner

FAMILIES: tuple[tuple[Detector, ...], ...] = (
    (*documents.DETECTORS, *vehicles.DETECTORS),
    payments.DETECTORS,
    (*dates.DETECTORS, *credentials.DETECTORS),
    (*contacts.DETECTORS, *network.DETECTORS),
    (*people.DETECTORS, *people_english.DETECTORS, *places.DETECTORS, *houses.DETECTORS, *disguised.HIDDEN),
    (*addresses_world.DETECTORS, *phones_world.DETECTORS),
    (*special.DETECTORS, *disguised.SPOKEN),
    (*neighbours.DETECTORS, *obfuscated.DETECTORS, *glued.DETECTORS),
)
"""Which detectors share an automaton: so that no family's states multiply (``Scanner``)."""

_MOST = 32
"""Patterns of an automaton that small families share."""

DETECTORS: tuple[Detector, ...] = tuple(detector for family in FAMILIES for detector in family)


@lru_cache(maxsize=1)
def scanner() -> Scanner:
    """The shipped detectors compiled, once a process and not before somebody scans."""
    return Scanner(FAMILIES, _MOST)
