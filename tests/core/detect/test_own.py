"""Kinds of the operator's own among the shipped ones, in one scan."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from gateway.core.detect.catalog import scanner
from gateway.core.detect.kinds import KINDS
from gateway.core.detect.own import WIDEST, finds, kinds_by_words, refusal, scanner_for
from gateway.model.kinds import Finder
from gateway.model.names import Kind
from tests.made import ruleset

ROOM = Kind("room")


def finder(pattern: str, **changes: object) -> Finder:
    return replace(Finder(ROOM, pattern), **changes)  # type: ignore[arg-type]  # fields by name


def found(texts: list[str], *finders: Finder) -> list[tuple[str, str]]:
    hits = scanner_for(ruleset(kinds=KINDS, finders=finders)).scan(texts)
    return [(hit.detector.name, texts[hit.text][hit.start : hit.end]) for hit in hits]


def test_a_pattern_alone_is_enough() -> None:
    assert found(["гость в К-0412 ждет"], finder(r"к-\d{4}")) == [("own.room", "К-0412")]


def test_shipped_kinds_are_found_beside_it() -> None:
    names = {name for name, _ in found(["К-0412, anna@example.org"], finder(r"к-\d{4}"))}
    assert names >= {"own.room", "email"}


def test_rules_without_kinds_of_their_own_use_the_shipped_scanner() -> None:
    assert scanner_for(ruleset()) is scanner()


@pytest.mark.parametrize("text", ["К-0412", "к\u20110412", "К—0412", "К-０４１２"])
def test_spellings_that_look_alike_are_alike(text: str) -> None:
    assert finds(finder("К–\\d{4}"), text)


def test_letters_with_dots_are_letters_without() -> None:
    assert finds(finder("ёлка[№ ]{1,2}\\d{2}"), "ЕЛКА №12")
    assert finds(finder("елка \\d{2}"), "Ёлка\u00a012")


def test_letters_and_digits_may_not_touch_a_find() -> None:
    assert not finds(finder(r"к-\d{3}"), "К-0412")
    assert not finds(finder(r"к-\d{3}"), "бак-041")


def test_a_group_is_the_find_and_its_neighbours_may_be_letters() -> None:
    assert found(["кв12стр"], finder(r"[a-zа-я]{2}(\d\d)[а-я]")) == []
    assert found(["этаж:12-й"], finder(r"этаж:(\d\d)-[а-я]")) == [("own.room", "12")]


def test_a_group_without_a_part_in_the_match_leaves_the_match() -> None:
    assert found(["шкаф синий"], finder(r"шкаф(?: (\d\d)| синий)")) == [("own.room", "шкаф синий")]
    assert found(["шкаф"], finder(r"шкаф(\d{0,2})")) == [("own.room", "шкаф")]


def test_a_find_never_reaches_over_two_leaves() -> None:
    assert found(["номер", "12"], finder(r"номер.\d\d")) == []
    assert found(["номер 12", "номер 13"], finder(r"номер.{1,30}")) == [
        ("own.room", "номер 12"),
        ("own.room", "номер 13"),
    ]


def test_with_words_near_one_of_them_has_to_be_there() -> None:
    made = finder(r"\d{4}", near=("Комнат", "room"))
    assert finds(made, "комната 0412")
    assert not finds(made, "в 0412 году")


def test_a_word_that_speaks_against_acquits() -> None:
    assert not finds(finder(r"\d{4}", near=("комнат",), unless=("год",)), "год 0412, комната")


def test_check_digits_alone_decide_where_no_word_has_to_be_near() -> None:
    made = finder(r"\d{16}", checksum="luhn")
    assert (finds(made, "4111111111111111"), finds(made, "4111111111111112")) == (True, False)


def test_wrong_check_digits_beside_the_word_do_not_acquit() -> None:
    made = finder(r"\d{16}", checksum="luhn", near=("карта гостя",))
    assert finds(made, "карта гостя 4111111111111112")
    assert not finds(made, "4111111111111111")


@pytest.mark.parametrize(
    ("checksum", "text"),
    [
        ("iban", "de89 3704 0044 0532 0130 00"),
        ("by_personal", "4010190A001PB6"),
        ("base58check", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("snils", "112-233-445 95"),
    ],
)
def test_check_rules_read_what_they_count(checksum: str, text: str) -> None:
    assert finds(finder("[a-z0-9 -]{10,40}", checksum=checksum), text)


def test_two_ways_of_a_kind_have_names_of_their_own() -> None:
    names = [name for name, _ in found(["а1 б2"], finder(r"а\d"), finder(r"б\d"))]
    assert names == ["own.room", "own.room.2"]


def test_more_patterns_than_share_an_automaton_are_all_found() -> None:
    finders = [replace(finder(rf"ящик{number:02d}"), kind=Kind(f"box{number}")) for number in range(20)]
    assert len(found([" ".join(f"ящик{number:02d}" for number in range(20))], *finders)) == 20


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        (r"\d+", "no bound"),
        (r"\d{0,3}", "everywhere"),
        (rf"\d{{{WIDEST + 1}}}", "more than 256"),
        (r"(a)(b)", "more than one group"),
        (r"\p{Klingon}", "RE2 does not take it"),
    ],
)
def test_a_pattern_that_would_be_slow_or_senseless_is_refused(pattern: str, says: str) -> None:
    assert says in (refusal(pattern) or "")


def test_a_pattern_with_bounds_is_taken() -> None:
    assert refusal(r"(?:ДГ|dg)[- ]?(\d{4,12})") is None


def test_field_names_are_told_by_their_words() -> None:
    told = kinds_by_words(ruleset(own_fields={ROOM: ("room_no", "номер комнаты")}))
    assert told == {("room", "no"): ROOM, ("номер", "комнаты"): ROOM}


HARD = [
    r"(?:a|aa|ab){1,80}",
    r"[а-яa-z ]{1,200}!",
    r"\d{1,120}(?: [a-z]{1,10}){0,5}",
    r"a.{0,250}z|a",
    r"(?:(?:a{1,4}b{0,4}){1,4} ?){1,7}c",
    r"\pL{1,256}",
    r"a(?:[^b]{1,100}b|c)",
]
HOSTILE = ["a" * 40_000, "ab" * 20_000, "1 " * 20_000, "а " * 20_000, "1" * 40_000, "aaaaz" * 8_000, "a\0" * 20_000]


@pytest.mark.parametrize("pattern", HARD)
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:5])
def test_no_pattern_that_is_taken_is_slow(pattern: str, text: str) -> None:
    """Twice the text takes about twice the time; what would not is refused for want of a bound."""
    assert refusal(pattern) is None
    made = scanner_for(ruleset(finders=(finder(pattern, near=("b",)),)))
    texts = text.split("\0")
    made.scan(texts)
    half, whole = (min(_spent(made.scan, texts, part) for _ in range(2)) for part in (0.5, 1))
    assert whole < 4 * half + 0.05


def _spent(scan: object, texts: list[str], part: float) -> float:
    assert callable(scan)
    given = [text[: int(len(text) * part)] for text in texts] if len(texts) == 1 else texts[: int(len(texts) * part)]
    begun = time.process_time()
    scan(given)
    return time.process_time() - begun
