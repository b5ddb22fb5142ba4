from __future__ import annotations

from array import array

import pytest

from gateway.core.detect.dictionary import by_ending, code, is_among, is_ordinary, packed_filter, packed_hashes, words
from gateway.core.detect.endings import bare, told


@pytest.mark.parametrize("word", ["столы", "заказывала", "красного", "основной", "делать", "customer"])
def test_words_of_the_language_are_ordinary_in_any_form(word: str) -> None:
    assert is_ordinary(code(word), words().ordinary)


@pytest.mark.parametrize("word", ["кузнецова", "хабаровым", "обама", "фанис"])
def test_names_are_not_ordinary(word: str) -> None:
    assert not is_ordinary(code(word), words().ordinary)


@pytest.mark.parametrize("word", ["бегущему", "умывшийся", "стараются", "сделанного"])
def test_participles_and_reflexive_verbs_are_known_by_their_ending(word: str) -> None:
    assert by_ending(word)


@pytest.mark.parametrize("form", ["лужков", "лужкова", "лужковым", "ткаченко", "кравца", "вишневского"])
def test_surnames_are_known_in_any_case(form: str) -> None:
    assert is_among(code(bare(form)), words().surnames)


@pytest.mark.parametrize("form", ["москва", "казанью", "берлине", "волгой", "россии", "paris"])
def test_places_are_known_in_any_case(form: str) -> None:
    assert is_among(code(form), words().places)


def test_what_is_packed_is_found_and_nothing_else() -> None:
    known = packed_filter(["стол", "стул", "умывшийся"])
    assert is_ordinary(code("стол"), known)
    assert not is_ordinary(code("лампа"), known)
    assert not is_ordinary(code("умывшийся"), known)


def test_packed_hashes_are_sorted_and_little_endian() -> None:
    numbers = sorted({code("а"), code("б")})
    assert packed_hashes(["б", "а", "а"]) == b"".join(number.to_bytes(4, "little") for number in numbers)
    assert not is_among(code("в"), array("I", [code("а")]))
    assert not is_among(2**32 - 1, array("I", [1]))


@pytest.mark.parametrize(
    ("forms", "stem"),
    [
        ("кузнецов кузнецова кузнецову кузнецовым кузнецове кузнецовой", "кузнецов"),
        ("полонский полонского полонскому полонским полонской", "полонск"),
        ("кравец кравца кравцом", "кравц"),
        ("мельник мельника мельнику мельником", "мельник"),
        ("анна анны анне анну анной", "анн"),
        ("ян", "ян"),
    ],
)
def test_all_cases_of_a_word_have_one_stem(forms: str, stem: str) -> None:
    assert {bare(form) for form in forms.split()} == {stem}


@pytest.mark.parametrize(
    ("word", "what"),
    [
        ("петров", "surname"),
        ("ткаченко", "surname"),
        ("ivanova", "surname"),
        ("полонского", "adjective"),
        ("фанисович", "patronymic"),
        ("ивановной", "patronymic"),
        ("стол", ""),
        ("ов", ""),
    ],
)
def test_an_ending_tells_what_a_word_may_be(word: str, what: str) -> None:
    assert told(word) == what
