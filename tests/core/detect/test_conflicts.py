from __future__ import annotations

from gateway.core.detect.conflicts import best, without_parts
from gateway.core.detect.detector import Detector, Hit
from gateway.model.names import Kind


def hit(start: int, end: int, kind: str = "phone", score: float = 0.6, text: int = 0) -> Hit:
    return Hit(text, start, end, Detector("made", Kind(kind), "", (), (), "", score), score)


def test_hits_come_in_reading_order() -> None:
    late, early, other = hit(5, 6), hit(1, 2), hit(0, 1, text=1)
    assert without_parts([other, late, early]) == [early, late, other]


def test_two_kinds_of_one_stretch_are_both_kept() -> None:
    assert len(without_parts([hit(0, 9, "ru.passport", 0.7), hit(0, 9, "ru.inn_org", 0.6)])) == 2


def test_one_kind_twice_is_kept_once_with_the_better_score() -> None:
    assert [one.score for one in without_parts([hit(0, 9, score=0.5), hit(0, 9, score=0.8)])] == [0.8]


def test_a_part_of_a_surer_find_is_dropped() -> None:
    whole = hit(0, 9, "email", 0.9)
    assert without_parts([hit(0, 4, "person.name", 0.6), whole]) == [whole]


def test_a_part_that_is_surer_than_the_whole_is_kept() -> None:
    assert len(without_parts([hit(0, 9, "email", 0.6), hit(0, 4, "person.name", 0.9)])) == 2


def test_nothing_is_dropped_inside_what_rules_may_let_pass() -> None:
    assert len(without_parts([hit(0, 9, "organisation.name", 0.9), hit(3, 6, "person.name", 0.6)])) == 2


def test_another_text_covers_nothing() -> None:
    assert len(without_parts([hit(0, 9), hit(2, 3, text=1)])) == 2


def test_the_best_of_overlapping_hits_is_the_surest() -> None:
    sure = hit(3, 9, "ru.snils", 0.9)
    assert best([hit(0, 5, "phone", 0.6), sure, hit(8, 12, "ru.passport", 0.7)]) == [sure]


def test_of_equally_sure_hits_the_longest_is_best() -> None:
    long = hit(0, 6, "ru.snils", 0.6)
    assert best([long, hit(5, 8, "phone", 0.6)]) == [long]


def test_hits_apart_are_all_best() -> None:
    assert len(best([hit(0, 2), hit(2, 4), hit(0, 4, text=1)])) == 3


def test_no_hits_have_no_best() -> None:
    assert best([]) == []
