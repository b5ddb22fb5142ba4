"""Law 1: a key of a message may be personal itself, so nothing that holds a path prints its steps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from importlib import import_module
from pkgutil import walk_packages

import pytest

import gateway.core
import gateway.model
import gateway.service
from gateway.core.asked import Asked
from gateway.core.decide import Facts
from gateway.core.enclose import Terms
from gateway.core.judge import Judgement
from gateway.core.locate import Told
from gateway.core.material import Material
from gateway.core.reading import Reading, Sighting
from gateway.core.route import Matched
from gateway.model.decision import Action, Decision, Reason, Ruling, Treatment
from gateway.model.document import Document, Leaf, Part, Place, Span
from gateway.model.finding import Finding
from gateway.model.kept import DirectoryEntry, Kept
from gateway.model.names import (
    DestinationName,
    Digest,
    Kind,
    Path,
    Region,
    RuleId,
    Scope,
    SubjectId,
    Token,
    print_place,
)
from gateway.model.protection import FieldDraft, KeepDraft, Plan, SeekDraft, Step
from gateway.model.residency import Identifier, Residence, Signal
from gateway.model.secret import Secret
from gateway.service.collect import Collected
from tests.made import destination, route

CANARY = "canary-4711"
LEAF = Leaf(("body", CANARY), CANARY, Span(0, 11), "plain")
PART = Part("body", "text", CANARY, (LEAF,), CANARY.encode())
TOKEN = Token("tk")
KIND = Kind("email")
KEY: Path = ("body", CANARY, "phone")
FINDING = Finding(0, KEY, Span(0, 3), KIND, 0.9, "field:strong")
RESIDENCE = Residence(KEY, Region("ru"), "declared", (Signal("field", "declared", Region("ru"), KEY),))
RULING = Ruling(FINDING, KEY, Treatment(Action.PASS), (Reason(RuleId("r"), "x:1:1", "why"),))
DECISION = Decision(DestinationName("crm"), (RESIDENCE,), ((KEY, Region("ru")),), (RULING,), Digest("d"))
MATCHED = Matched(route(), {}, "collect")
SIGHTING = Sighting(0, KEY, Span(0, 3), TOKEN, "opaque")
READING = Reading(MATCHED, Document((PART,)), (FINDING,), (SIGHTING,), (SIGHTING,))
OWNER = DirectoryEntry(KIND, Digest("d"), SubjectId("s"), Region("ru"), "declared")
ASKED = Asked(date(2026, 11, 22), identities={FINDING: (KIND, Digest("d"))}, own_cookies=frozenset({CANARY}))
FIELD = FieldDraft(0, 0, Span(0, 3), KEY, KIND, "opaque", named=True, equal=False)
KEEP = KeepDraft(KEY, Region("ru"), Scope("crm"), (FIELD,))
SEEK = SeekDraft(0, Span(0, 3), KEY, Region("ru"), KIND, "opaque")
STEP = Step(0, Span(0, 3), KEY, KIND, Treatment(Action.TOKENIZE), keep=0, field=0)
MATERIAL = Material((), (), {}, Region("ru"), Secret(b""), date(2026, 11, 22), Scope("crm"), "t.example", "+7976")
WITH_KEYS_OF_MESSAGES = [
    Place(KEY, "plain", is_key=False),
    FINDING,
    RESIDENCE.signals[0],
    RESIDENCE,
    Identifier(KIND, "d", KEY),
    RULING,
    DECISION,
    FIELD,
    KEEP,
    SEEK,
    STEP,
    Plan((STEP,), (KEEP,), (SEEK,)),
    SIGHTING,
    READING,
    ASKED,
    Told(known={KEY: (OWNER,)}),
    Facts(None, None, KEY, None, destination(), "route", "purpose", "collect"),
    Judgement(READING, (FINDING,), (RESIDENCE,), {KEY: OWNER}, DECISION, KEY),
    Terms("route", 0, held={KEY: {(KIND, CANARY): TOKEN}}, shown={KEY: {(KIND, CANARY): CANARY}}),
    Collected(Kept.nothing(), MATERIAL, (), (), (), {KEY: SubjectId("s")}),
]


@pytest.mark.parametrize("value", WITH_KEYS_OF_MESSAGES, ids=lambda value: type(value).__name__)
def test_its_repr_holds_no_key_of_a_message(value: object) -> None:
    assert CANARY not in repr(value)


def test_every_type_that_prints_a_path_is_among_them() -> None:
    known = {type(value).__name__ for value in WITH_KEYS_OF_MESSAGES}
    printing = {found.__name__ for found in _types() if _HOLDS_A_PATH.search(" ".join(_printed(found)))}
    assert printing - known == set()


_HOLDS_A_PATH = re.compile(r"\b(?:Path|Held|Shown)\b")


def _types() -> Iterator[type]:
    """All classes of model, core and service."""
    for package in (gateway.model, gateway.core, gateway.service):
        for one in walk_packages(package.__path__, f"{package.__name__}."):
            module = import_module(one.name)
            found = [kind for kind in vars(module).values() if isinstance(kind, type)]
            yield from (kind for kind in found if kind.__module__ == module.__name__)


def _printed(found: type) -> Iterator[str]:
    """What a class that writes no repr of its own prints: the annotations of its fields."""
    made = getattr(found, "__dataclass_params__", None)
    if made is None and "__repr__" not in vars(found):
        yield from map(str, vars(found).get("__annotations__", {}).values())
    elif made is not None and made.repr:
        yield from (str(one.type) for one in fields(found) if one.repr)


def test_a_place_prints_as_its_part_and_depth() -> None:
    assert [print_place(path) for path in (("body", "users", 0, CANARY), ("caller",), ())] == [
        "body+3",
        "caller+0",
        "message",
    ]
