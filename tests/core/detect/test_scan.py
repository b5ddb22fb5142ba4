from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.detect.catalog import scanner
from gateway.core.detect.detector import CLOSE, OPEN, Detector, Hit, around, by_digits, digits
from gateway.core.detect.roles import Read
from gateway.core.detect.scan import ContextOf, Scanner
from gateway.model.names import Kind


def detector(pattern: str, **changes: object) -> Detector:
    given: dict[str, object] = {"score": 0.6, "yes": (), "no": (), "source": "", **changes}
    return Detector("made", Kind("login"), pattern, **given)  # type: ignore[arg-type]  # fields by name


def found(made: Detector, *texts: str, context_of: ContextOf | None = None) -> list[tuple[int, str, float]]:
    hits = Scanner([[made]]).scan(texts, context_of)
    return [(hit.text, texts[hit.text][hit.start : hit.end], hit.score) for hit in hits]


def test_a_hit_names_its_text_and_the_offsets_in_it() -> None:
    made = detector("b+")
    assert Scanner([[made]]).scan(["a b", "bb"]) == [Hit(0, 2, 3, made, 0.6), Hit(1, 0, 2, made, 0.6)]


def test_offsets_are_characters_of_the_original() -> None:
    assert found(detector("анна"), "Ёж и\u200b \U0001f600 Ан\u00adна!") == [(0, "Ан\u00adна", 0.6)]


def test_a_separator_inside_a_text_is_a_blank() -> None:
    assert found(detector("a b"), "a\0b", "c") == [(0, "a\0b", 0.6)]


def test_no_hit_reaches_over_two_texts() -> None:
    assert found(detector(r"a[^\x00]b"), "a", "b") == []


@pytest.mark.parametrize("text", ["xb", "bx", "_b", "b_", "1b", "b1"])
def test_letters_digits_and_underscores_may_not_touch_a_find(text: str) -> None:
    assert found(detector("b"), text) == []


def test_a_loose_detector_may_be_touched() -> None:
    assert found(detector("b", loose=True), "xbx") == [(0, "b", 0.6)]


@pytest.mark.parametrize("text", ["1.22", "22.1", "1-22", "22-1"])
def test_digits_may_not_go_on_behind_a_dot_or_a_dash(text: str) -> None:
    assert found(detector(r"\d\d"), text) == []


@pytest.mark.parametrize("text", ["a.22", "22.", "22-b", "(22)", "22 1", "№22", ".22", "-22"])
def test_other_neighbours_do_no_harm(text: str) -> None:
    assert found(detector(r"\d\d"), text) == [(0, "22", 0.6)]


def test_a_find_with_separators_may_be_followed_by_a_dash() -> None:
    assert found(detector(r"\d \d"), "1 2-3") == [(0, "1 2", 0.6)]


def test_the_group_is_the_find() -> None:
    assert found(detector(rf"{OPEN}login (a+)"), "x login aa, blogin a") == [(0, "aa", 0.6)]


def test_confirmation_raises_the_score() -> None:
    made = detector(r"\d+", score=0.1, confirmed=0.8, confirm=lambda text: text == "22")
    assert found(made, "11 22") == [(0, "22", 0.8)]


def test_the_confirming_check_sees_capitals() -> None:
    assert found(detector("ab", score=0.0, confirmed=0.9, confirm=str.isupper), "ab AB") == [(0, "AB", 0.9)]


def test_a_word_near_raises_the_score_by_how_near_it_is() -> None:
    made = detector(r"\d+", score=0.1, near="инн")
    assert found(made, "инн 7 и еще 8") == [(0, "7", 0.599), (0, "8", 0.591)]


def test_a_word_behind_counts_less() -> None:
    assert found(detector(r"\d+", score=0.2, near="инн"), "7 это инн") == [(0, "7", 0.665)]


def test_a_word_far_away_or_inside_another_counts_nothing() -> None:
    made = detector(r"\d+", score=0.1, near="инн")
    assert found(made, "инн" + " " * 70 + "7", "длинный 7", "7" + " " * 30 + "инн") == []


def test_a_word_in_another_text_counts_nothing() -> None:
    assert found(detector(r"\d+", score=0.1, near="инн"), "инн", "7") == []


def test_the_words_of_the_place_count_as_standing_before() -> None:
    made = detector(r"\d+", score=0.1, near="инн")
    assert found(made, "x 7", "8", context_of=["", "поле инн"].__getitem__) == [(1, "8", 0.599)]


def test_the_words_of_the_place_do_not_count_deep_in_a_text() -> None:
    made = detector(r"\d+", score=0.1, near="инн")
    assert found(made, "." * 80 + " 7", context_of=lambda _: "инн") == []


def test_a_word_that_speaks_against_lowers_the_score() -> None:
    made = detector(r"\d+", score=0.6, unless="заказ")
    assert found(made, "заказ 7, а это " + "." * 30 + " 8") == [(0, "8", 0.6)]


def test_a_rejected_find_is_not_saved_by_its_context() -> None:
    assert found(detector(r"\d+", score=0.0, confirmed=0.9, confirm=lambda _: False, near="инн"), "инн 7") == []


def test_a_cut_says_which_stretches_count() -> None:
    made = detector("a+", cut=lambda _, start, end: [(start + 1, end)] if end - start > 1 else [])
    assert found(made, "a", "-aaa", "aa") == []
    assert found(detector(" a+", cut=lambda _, start, end: [(start + 1, end)]), "b aa") == [(0, "aa", 0.6)]


def test_a_match_inside_the_last_stretch_is_not_cut_again() -> None:
    seen: list[int] = []

    def cut(text: str, start: int, _: int) -> list[tuple[int, int]]:
        seen.append(start)
        return [(start, text.index("!", start))]

    assert found(detector("a", cut=cut), "a a a! a!") == [(0, "a a a", 0.6), (0, "a", 0.6)]
    assert seen == [0, 7]


def test_the_gate_decides_whether_a_detector_looks() -> None:
    assert found(detector("a", gate="z"), "a") == []
    assert found(detector("a", gate="z"), "a z") == [(0, "a", 0.6)]


def test_a_score_never_reaches_certainty() -> None:
    assert found(detector("a", score=0.9, near="b"), "b a") == [(0, "a", 0.99)]


def test_around_stays_in_its_leaf() -> None:
    assert around("xx\0abcde\0yy", 5, 6, 10) == (3, 8)
    assert around("abcdef", 2, 3, 1) == (1, 4)
    assert around("abc", 0, 3, 9) == (0, 3)


def test_only_ascii_digits_are_digits() -> None:
    assert digits("a1-２3") == "13"
    assert by_digits(lambda text: text == "13")("1-3")


def test_borders_are_no_letters() -> None:
    assert Scanner([[detector(f"{OPEN}a{CLOSE}", loose=True)]]).scan(["ba", "ab"]) == []


def test_half_a_surrogate_pair_is_read_like_any_other_character() -> None:
    made = replace(detector("", gate="b", reader=first_word), name="x.made")
    assert found(made, "b\ud800 ab") == [(0, "b", 0.6)]


def first_word(read: Read, _: str, __: str) -> list[tuple[int, int, str]]:
    return [(read.starts[0], read.end(0), "made")]


@pytest.mark.parametrize("text", ["+7 900 000-31-57.7", "112-233-445 95.2", "v1.112-233-445 95"])
def test_a_dot_ends_what_is_laid_out_by_dashes(text: str) -> None:
    assert scanner().scan([text])


@pytest.mark.parametrize("text", ["2026-11-22.5", "10.0.0-1.2", "12 345.67"])
def test_amounts_and_versions_go_on_behind_a_dot(text: str) -> None:
    assert not scanner().scan([text])


def test_what_stands_around_very_many_finds_is_looked_at_again() -> None:
    two = [detector(r"\d", score=0.1, near="инн"), detector("[0-9]", score=0.1, near="инн")]
    hits = Scanner([two]).scan(["инн 1 " + "2 " * 4000 + "инн 3"])
    assert [(hit.start, hit.detector) for hit in hits if hit.score == 0.599] == [
        (4, two[0]), (8010, two[0]), (4, two[1]), (8010, two[1]),
    ]  # fmt: skip
