"""The figures of ``python -m tests.quality`` may not fall below the committed ones by more than the margin."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from gateway.core.detect.outside import TIERS
from tests.quality.data import english, news
from tests.quality.generate import SPELLINGS, items
from tests.quality.report import f_two, field_rows, figures, score_of
from tests.quality.score import Labelled, scored

MARGIN = 0.01
BASELINE = json.loads((Path(__file__).parent / "baseline.json").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_no_figure_falls() -> None:
    found = figures()
    fallen = {name: (kept, found.get(name)) for name, kept in BASELINE.items() if found.get(name, 0.0) < kept - MARGIN}
    assert fallen == {}


def test_names_are_found_in_any_case_nearly_alike() -> None:
    half = news()[::2]
    as_is, *others = (
        score_of([labelled._replace(text=change(labelled.text)) for labelled in half], TIERS[:2]).of("PERSON").recall
        for change in (str, str.lower, str.upper)
    )
    assert as_is - min(others) < 0.1, (as_is, others)


def test_names_in_english_texts_are_found_in_any_case_nearly_alike() -> None:
    half = [labelled for labelled in english()[::2] if len(labelled.text.upper()) == len(labelled.text)]
    as_is, *others = (
        score_of([labelled._replace(text=change(labelled.text)) for labelled in half]).of("PERSON").recall
        for change in (str, str.lower, str.upper)
    )
    assert as_is - min(others) < 0.1, (as_is, others)


def test_field_names_are_told_apart_also_where_no_dictionary_has_them() -> None:
    figures_ = {name: f_two(rows) for name, rows in field_rows().items()}
    assert min(figures_.values()) > 0.85, figures_


def test_the_generated_set_is_the_same_every_time() -> None:
    assert list(items(300)) == list(items(300))


def test_the_generated_set_has_every_spelling() -> None:
    assert {item.spelling for item in items()} == set(SPELLINGS)


def test_marks_of_the_generated_set_mark_what_they_say() -> None:
    dice = random.Random(1)
    for item in dice.sample(list(items()), 50):
        assert all(item.text[start:end].strip() == item.text[start:end] != "" for start, end, _ in item.spans)


def test_a_find_that_touches_is_right_and_not_exact() -> None:
    score = scored([(Labelled("Анна Петрова", ((0, 12, "PERSON"),), frozenset({"PERSON"})), [(0, 4, "PERSON")])])
    assert (score.of("PERSON").recall, score.of("PERSON", exact=True).recall) == (1.0, 0.0)
    assert (score.share(score.missed), score.share(score.hidden)) == (0.0, 0.0)


def test_a_find_of_another_type_hides_and_is_not_right() -> None:
    score = scored([(Labelled("Анна", ((0, 4, "PERSON"),), frozenset({"PERSON"})), [(0, 4, "PHONE")])])
    assert (score.of("PERSON").recall, score.share(score.hidden)) == (0.0, 1.0)


def test_two_labels_need_two_finds() -> None:
    gold = ((0, 4, "PERSON"), (5, 9, "PERSON"))
    score = scored([(Labelled("Анна Вера", gold, frozenset({"PERSON"})), [(0, 9, "PERSON")])])
    assert (score.whole().right, score.whole().told, score.whole().asked) == (1, 1, 2)
