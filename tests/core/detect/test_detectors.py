"""Every detector of the catalogue, by its own examples."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from gateway.core.detect.catalog import DETECTORS, scanner
from gateway.core.detect.detector import THRESHOLD, Detector
from gateway.core.detect.kinds import KINDS

YES = [(detector, text) for detector in DETECTORS for text in detector.yes]
NO = [(detector, text) for detector in DETECTORS for text in detector.no]


def name_of(value: object) -> str:
    return value.name if isinstance(value, Detector) else ""


def hits_of(detector: Detector, texts: list[str]) -> list[tuple[int, str]]:
    return [
        (hit.text, texts[hit.text][hit.start : hit.end]) for hit in scanner().scan(texts) if hit.detector is detector
    ]


@pytest.mark.parametrize("detector", DETECTORS, ids=name_of)
def test_a_detector_has_examples_a_source_and_a_known_kind(detector: Detector) -> None:
    assert detector.yes
    assert detector.no
    assert detector.source
    assert detector.kind in KINDS


@pytest.mark.parametrize(("detector", "text"), YES, ids=name_of)
def test_what_it_should_find_is_found(detector: Detector, text: str) -> None:
    assert hits_of(detector, [text])


@pytest.mark.parametrize(("detector", "text"), NO, ids=name_of)
def test_what_it_should_not_find_is_not(detector: Detector, text: str) -> None:
    assert hits_of(detector, [text]) == []


@pytest.mark.parametrize(("detector", "text"), YES, ids=name_of)
def test_finds_are_the_same_among_other_leaves(detector: Detector, text: str) -> None:
    alone = [found for _, found in hits_of(detector, [text])]
    assert hits_of(detector, ["заказ", text, "x"]) == [(1, found) for found in alone]


@pytest.mark.parametrize(("detector", "text"), YES, ids=name_of)
def test_finds_are_the_same_in_non_ascii_company(detector: Detector, text: str) -> None:
    alone = [found for _, found in hits_of(detector, [text])]
    assert hits_of(detector, ["\u00ab\u00bb \u200b \U0001f600", text]) == [(1, found) for found in alone]


def test_names_are_unique() -> None:
    assert [name for name, count in Counter(detector.name for detector in DETECTORS).items() if count > 1] == []


def test_a_detector_that_nothing_confirms_can_still_reach_the_threshold() -> None:
    reach = {d.name: max(d.score, d.confirmed) + (0.5 if d.near else 0) for d in DETECTORS}
    assert [name for name, score in reach.items() if score < THRESHOLD] == []


ADVERSARIAL = [
    "1" * 40_000,
    "1 " * 20_000,
    "1-" * 20_000,
    "a" * 40_000,
    "а" * 40_000,
    "а " * 20_000,
    "А. " * 13_000,
    "a@" * 20_000,
    "a." * 20_000,
    "a@a." * 10_000,
    "+7" * 20_000,
    "(" * 40_000,
    "::" * 20_000,
    "0:" * 20_000,
    "eyJ" * 13_000,
    "bearer " * 6_000,
    "-----begin private key-----" * 1_500,
    "ул. " * 10_000,
    "г. Реж, " * 5_000,
    "д. 1, кв. 1, " * 3_000,
    "1 a street " * 3_600,
    "анна " * 8_000,
    "иванович " * 4_000,
    "зовут " * 7_000,
    "от иванов " * 4_000,
    "de89 3704 " * 4_000,
    "mozilla/5.0 (" * 3_000,
    "пароль: " * 5_000,
    "http://a:" * 4_500,
    "паспорт 4509 " * 3_000,
    "\u200b" * 40_000,
    "１" * 40_000,
    "Иванов " * 6_000,
    "иванов-" * 6_000,
    "И. И. " * 7_000,
    "Роман «Вера " * 3_000,
    "хрюнт брынзель " * 3_000,
    "зовут Ван де Ван " * 2_500,
    "восемь девятьсот " * 2_500,
    "я болею диабетом " * 2_500,
    "0x" + "f" * 40_000,
    "паспорт " + "1" * 10 + " 1" * 15_000,
    "YW5uYUBleGFtcGxl" * 2_500,
    "член партии «" * 3_000,
    "судим по " * 4_000,
    "@anna" * 8_000,
]


@pytest.mark.parametrize("text", ADVERSARIAL, ids=lambda text: text[:12])
def test_twice_the_text_takes_about_twice_the_time(text: str) -> None:
    scanner().scan([text])
    half, whole = (min(spent(part) for _ in range(2)) for part in (text[: len(text) // 2], text))
    assert whole < 4 * half + 0.05


@pytest.mark.parametrize("detector", DETECTORS, ids=name_of)
def test_its_own_finds_in_a_row_take_time_in_proportion(detector: Detector) -> None:
    text = f"{detector.yes[0]} " * (6_000 // len(detector.yes[0]))
    scanner().scan([text])
    half, whole = (min(spent(part) for _ in range(2)) for part in (text[: len(text) // 2], text))
    assert whole < 4 * half + 0.05


@pytest.mark.parametrize("detector", DETECTORS, ids=name_of)
def test_beginnings_of_its_finds_in_a_row_take_time_in_proportion(detector: Detector) -> None:
    """What begins like a find again and again and never is one."""
    begun = detector.yes[0][: max(1, len(detector.yes[0]) * 2 // 3)]
    text = begun * (9_000 // len(begun))
    scanner().scan([text])
    half, whole = (min(spent(part) for _ in range(2)) for part in (text[: len(text) // 2], text))
    assert whole < 4 * half + 0.05


def spent(text: str) -> float:
    begun = time.process_time()
    scanner().scan([text])
    return time.process_time() - begun
