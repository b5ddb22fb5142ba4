"""The speed bench measures what it says; figures are never judged here."""

from __future__ import annotations

from pathlib import Path

from gateway.core.classify import classify
from gateway.core.detect.catalog import DETECTORS
from tests.load.speed import SORTS, chat, crm, decoded, measured, order, plain_patterns, rules, values_of


def test_the_messages_are_as_large_and_personal_as_they_are_called(tmp_path: Path) -> None:
    ruleset = rules(tmp_path)
    kinds = {
        made.__name__: {found.kind for found in classify(decoded(made(7)), ruleset)} for made in (crm, chat, order)
    }
    assert len(kinds["crm"]) == 9
    assert {"person.name", "phone", "email"} <= kinds["chat"]
    assert not kinds["order"]
    assert 1900 < len(chat(7).encode()) < 2100
    assert 900 < len(decoded(crm(7)).part("body").raw) < 1100  # type: ignore[union-attr]  # it has one


def test_the_plain_loop_finds_the_examples_that_the_patterns_are_for() -> None:
    patterns = dict(zip([one.name for one in DETECTORS if one.reader is None], plain_patterns(), strict=True))
    looked = [(one, text.lower()) for one in DETECTORS for text in one.yes if one.name in patterns]
    found = sum(patterns[one.name].search(text) is not None for one, text in looked)
    assert found > 0.95 * len(looked)


def test_every_way_of_looking_is_timed(tmp_path: Path) -> None:
    spent = measured(rules(tmp_path), SORTS[0], warm=1, size=1, rounds=1)
    assert list(spent) == ["ours", "detect_text", "re loop"]
    assert all(cost > 0 for cost in spent.values())
    assert len(values_of(crm(1))) == 12
