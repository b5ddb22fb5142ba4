"""What is remembered by outline is what would be worked out anew: the compiled path agrees with the reference."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core import decide as bench
from gateway.core import outlines
from gateway.core import plan as planning
from gateway.core.asked import Asked
from gateway.core.classify import classify
from gateway.core.codec import json_outline
from gateway.core.codec.budget import MalformedError, budget_of
from gateway.core.codec.json import json_part
from gateway.core.codec.nest import look_inside
from gateway.core.judge import Judgement, judge
from gateway.core.plan import make_plan
from gateway.core.reading import read
from gateway.core.route import find_route
from gateway.model.document import Document, Part
from gateway.model.limits import Limits
from gateway.model.message import Request
from gateway.model.rules import Ruleset
from tests.exchange.scenes import world_rules
from tests.properties.judged import TODAY

RULES = world_rules()
TARGETS = ("/api/orders", "/api/me?email=anna%40example.ru", "/collect/v1?uid=1", "/api/users/42")

KEYS = st.sampled_from("email phone first_name citizenship id comment birth_date inn user_id event data".split())
TEXTS = st.one_of(
    st.sampled_from(["", "RU", "DE", "true", "4510 123456", "112-233-445 95", "500100732259", "+7 900 000-01-23"]),
    st.sampled_from(
        ["anna@example.ru", "write to anna@example.ru", "https://example.org/?a=b", "a=b&c=d", "{}", '{"a":1}']
    ),
    st.sampled_from(["{123e4567-e89b-12d3-a456-426614174000}", "1990-05-05", " Анна ", "<b>", "Иван Петров"]),
    st.text(st.characters(codec="utf-8", exclude_characters='"\\', exclude_categories=["Cc"]), max_size=8),
)
NUMBERS = st.sampled_from("0 -1 7.50 1e400 11223344595 500100732259 79000000123".split())
STRINGS = TEXTS.map(lambda text: json.dumps(text, ensure_ascii=False))
SLOTS = {"text": STRINGS, "number": NUMBERS, "literal": st.sampled_from(["true", "null"])}
BROKEN = st.sampled_from(['"', "\\", "01", "tru", "]", "{", ",,", '""', "\x01"])

Mould = list[str]
"""Pieces of a JSON text, a slot's name where a value is to stand."""


def joined(moulds: list[Mould]) -> Mould:
    return [piece for number, mould in enumerate(moulds) for piece in ([","] if number else []) + mould]


MOULDS: st.SearchStrategy[Mould] = st.recursive(
    st.sampled_from(sorted(SLOTS)).map(lambda slot: [slot]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: ["[", *joined(items), "]"]),
        st.lists(st.tuples(KEYS, inner), max_size=5).map(
            lambda members: ["{", *joined([[f'"{key}": ', *mould] for key, mould in members]), "}"]
        ),
    ),
    max_leaves=8,
)


@st.composite
def alike(draw: st.DrawFn, mould: st.SearchStrategy[Mould] = MOULDS) -> tuple[str, str]:
    """Two JSON texts that differ in their values only."""
    pieces = draw(mould)
    first, second = ("".join(draw(SLOTS[piece]) if piece in SLOTS else piece for piece in pieces) for _ in range(2))
    return first, second


def part_of(text: str) -> Part | None:
    try:
        return json_part("body", ("body",), text, budget_of(Limits(), look_inside))
    except MalformedError:
        return None


def read_anew(text: str) -> Part | None:
    json_outline._known.clear()  # forgotten: the strict reader reads it
    return part_of(text)


def seen(part: Part | None) -> object:
    return part and (part.text, part.leaves)


@settings(max_examples=300)
@given(alike())
def test_a_text_like_one_read_before_has_the_leaves_that_the_strict_reader_finds(texts: tuple[str, str]) -> None:
    first, second = texts
    expected = seen(read_anew(second))
    read_anew(first)
    assert seen(part_of(second)) == expected


@settings(max_examples=300)
@given(alike(), BROKEN, st.integers(0, 60))
def test_a_broken_text_is_refused_though_one_like_it_was_read_before(
    texts: tuple[str, str], broken: str, at: int
) -> None:
    first, second = texts
    text = second[:at] + broken + second[at:]
    expected = seen(read_anew(text))
    read_anew(first)
    part_of(second)
    assert seen(part_of(text)) == expected


def anew(request: Request, ruleset: Ruleset) -> Judgement:
    """Judged as if no message like it had ever been seen."""
    matched = find_route(ruleset, request)
    assert matched is not None
    reading = read(request, matched, ruleset, Limits())
    document = Document(reading.document.parts)
    reading = replace(reading, document=document, findings=classify(document, ruleset))
    return judge(reading, ruleset, Asked(TODAY))


def as_ever(request: Request, ruleset: Ruleset) -> Judgement:
    matched = find_route(ruleset, request)
    assert matched is not None
    return judge(read(request, matched, ruleset, Limits()), ruleset, Asked(TODAY))


def request(body: str, target: str) -> Request:
    headers = (("Host", "gw"), ("Content-Type", "application/json"), ("User-Agent", "curl/8"))
    return Request("POST", target, headers, body.encode(), "127.0.0.1")


OBJECTS = st.lists(st.tuples(KEYS, MOULDS), min_size=1, max_size=6).map(
    lambda members: ["{", *joined([[f'"{key}": ', *mould] for key, mould in members]), "}"]
)


@settings(max_examples=300)
@given(alike(OBJECTS), st.sampled_from(TARGETS))
def test_a_message_like_one_seen_before_is_judged_and_planned_as_if_it_were_the_first(
    texts: tuple[str, str], target: str
) -> None:
    as_ever(request(texts[0], target), RULES)
    before, message = as_ever(request(texts[0], target), RULES), request(texts[1], target)
    make_plan(before, RULES)
    expected, judgement = anew(message, RULES), as_ever(message, RULES)
    assert judgement.findings == expected.findings
    assert judgement.residences == expected.residences
    assert replace(judgement.decision, alike=False) == expected.decision
    assert make_plan(judgement, RULES) == make_plan(expected, RULES)


def test_what_is_remembered_of_messages_that_are_alike_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "_MOST_RULED", 1)
    monkeypatch.setattr(planning, "_MOST_PLANS", 1)
    bodies = ('{"phone": "+7 900 000-01-23"}', '{"phone": "x"}', '{"email": "anna@example.ru"}', '{"phone": "x"}')
    for body in bodies * 2:
        message = request(body, "/api/orders")
        assert make_plan(as_ever(message, RULES), RULES) == make_plan(anew(message, RULES), RULES)


def test_the_outlines_that_are_remembered_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_outline, "_MOST", 1)
    monkeypatch.setattr(outlines, "_MOST", 1)
    texts = ('{"email": "x"}', '{"phone": "x"}', '{"email": 1}', '{"email": "x"}')
    found = [seen(part_of(text)) for text in texts]
    assert found == [seen(read_anew(text)) for text in texts]
    for text in texts:
        message = request(text, "/api/orders")
        assert as_ever(message, RULES).findings == anew(message, RULES).findings
