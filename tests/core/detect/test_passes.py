"""Which patterns hit, by passes over a text and over what stands around its digits: the same as one by one."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

import pytest

from gateway.core.detect.catalog import DETECTORS, scanner
from gateway.core.detect.fold import fold
from gateway.core.detect.linear import SENTINEL, PatternSet
from gateway.core.detect.passes import Passes, around_digits, marked_digits
from tests.corpus.ordinary import records

PATTERNS = [r"\d{3}", "[a-z]{4}", r"x\d", r"\d.{100}"]


def raw(text: str) -> bytes:
    return fold(text + SENTINEL).raw


def around(text: bytes) -> bytes:
    return around_digits(text, marked_digits(text))


def hits(passes: Passes, text: str) -> list[int]:
    return list(passes.matching(raw(text), around(raw(text))))


def test_a_text_without_digits_has_no_surroundings() -> None:
    assert around(raw("no digit here")) == b""


def test_only_what_stands_near_a_digit_is_left() -> None:
    far = "a" * 300
    assert len(around(raw(f"{far} 1 {far} 2 {far}"))) < 400
    assert around(raw("ab 1")).startswith(b"ab 1")


@pytest.mark.parametrize("most", [1, 2, 9])
def test_patterns_are_numbered_through_all_families(most: int) -> None:
    passes = Passes([PATTERNS[:2], [], PATTERNS[2:]], most)
    far = "-" * 300
    assert hits(passes, "--") == []
    assert hits(passes, f"{far}123{far}") == [0, 3]
    assert hits(passes, f"abcd{far}x1") == [1, 2]
    assert hits(passes, f"abcd x123{far}") == [0, 1, 2, 3]


def test_no_pattern_at_all_matches_nothing() -> None:
    assert hits(Passes([], 1), "1") == []


def test_a_find_at_the_edge_of_the_surroundings_is_read_whole() -> None:
    passes = Passes([["[б-я]{39}1", "1[б-я]{39}"]], 1)
    far = "-" * 200
    assert hits(passes, f"{far}{'я' * 39}1{far}") == [0]
    assert hits(passes, f"{far}1{'я' * 39}{far}") == [1]


def test_the_catalogue_misses_nothing_that_each_pattern_finds_alone() -> None:
    patterns = [detector.gate or detector.pattern for detector in DETECTORS if detector.reader is None]
    passes = Passes([patterns[start : start + 10] for start in range(0, len(patterns), 10)], 32)
    texts = [text for detector in DETECTORS for text in (*detector.yes, *detector.no)]
    alone = PatternSet(patterns)
    for text in [*texts, *map(str, records(200)), " ".join(texts)]:
        assert hits(passes, text) == list(alone.matching(raw(text))), text[:80]


def test_a_pattern_that_is_not_understood_reads_everything() -> None:
    assert hits(Passes([["(?i:a1)", r"a\d"]], 1), "-" * 300 + "a1") == [0, 1]


def cost(texts: Sequence[bytes]) -> float:
    """Seconds a byte of reading texts that the automata have read before; the better of two."""
    gates = scanner().gates
    spent = []
    for _ in range(3):
        begun = time.thread_time()
        for text in texts:
            list(gates(text, marked_digits(text)))
        spent.append(time.thread_time() - begun)
    return min(spent[1:]) / sum(map(len, texts))


@pytest.mark.parametrize(
    "letters", ["0123456789", "0123456789abcdef-", "0123456789abcdefghijklmnopqrstuvwxyz+/_=", "0123 -.()"]
)
def test_no_random_text_makes_an_automaton_start_anew_again_and_again(letters: str) -> None:
    """A pattern that begins at every character and counts to hundreds does; it needs a gate."""
    dice = random.Random(51)
    made = ["\0".join("".join(dice.choices(letters, k=dice.randint(8, 264))) for _ in range(4)) for _ in range(1500)]
    prose = [str(record) for record in records(600)]
    assert cost(list(map(raw, made))) < 20 * cost(list(map(raw, prose)))
