from __future__ import annotations

import pytest

from gateway.core.detect import tagger, tagger_seen
from gateway.core.detect.fold import fold
from gateway.core.detect.linear import SENTINEL
from gateway.core.detect.roles import read


def tagged(text: str, rows: tagger.Weights | None = None) -> list[tuple[str, str]]:
    folded = fold(text + SENTINEL)
    found = read(folded.cased, folded.lower)
    spans = tagger.tagged(found, folded.cased, folded.lower, tagger.learned() if rows is None else rows)
    return [(text[start:end], kind) for start, end, kind in spans]


@pytest.mark.parametrize("change", [str, str.lower, str.upper])
def test_people_places_and_organisations_are_told_in_any_case(change: type[str]) -> None:
    text = change("Министерство обороны России сообщило, что Иван Петров приехал в Казань")
    kinds = [kind for _, kind in tagged(text)]
    assert sorted(set(kinds)) == ["LOCATION", "ORGANIZATION", "PERSON"]


def test_a_place_may_stand_inside_an_organisation() -> None:
    found = tagged("Об этом заявило правительство России во вторник")
    assert ("России", "LOCATION") in found
    assert any(text.startswith("правительство России") for text, kind in found if kind == "ORGANIZATION")


def test_the_dot_of_an_initial_belongs_to_the_name() -> None:
    assert ("Иванов И.И.", "PERSON") in tagged("Документ подписал Иванов И.И., директор")


def test_a_text_without_words_names_nobody() -> None:
    assert tagged("12 + 30 = 42") == []


def test_untaught_weights_say_nothing() -> None:
    assert tagged("Иван Петров из Казани", tagger.table(bytes(tagger_seen.ROWS * tagger.LANES))) == []


def test_no_name_goes_on_over_a_bracket_a_comma_or_a_line() -> None:
    always = bytearray(tagger_seen.ROWS * tagger.LANES)
    always[tagger.LANES : 2 * tagger.LANES] = bytes([0, 50, 100] * 3)  # the row that every word has
    found = [text for text, kind in tagged("а б (в г, д е\nж", tagger.table(bytes(always))) if kind == "PERSON"]
    assert found == ["а б", "в г", "д е", "ж"]


def test_an_organisation_goes_on_over_a_bracket_and_a_name_over_the_dot_of_an_initial() -> None:
    always = bytearray(tagger_seen.ROWS * tagger.LANES)
    always[tagger.LANES : 2 * tagger.LANES] = bytes([0, 50, 100] * 3)
    found = tagged("Ростех (РТ), И. Петров", tagger.table(bytes(always)))
    assert ("Ростех (РТ", "ORGANIZATION") in found
    assert ("И. Петров", "PERSON") in found


def test_a_name_does_not_go_on_over_a_word_that_announces_one() -> None:
    always = bytearray(tagger_seen.ROWS * tagger.LANES)
    always[tagger.LANES : 2 * tagger.LANES] = bytes([0, 50, 100] * 3)
    found = [text for text, kind in tagged("анна отчество ивановна", tagger.table(bytes(always))) if kind == "PERSON"]
    assert found == ["анна", "отчество ивановна"]


def test_weights_below_zero_are_read_too() -> None:
    packed = bytearray(tagger_seen.ROWS * tagger.LANES)
    packed[0] = 256 - tagger.TOP
    assert tagger.table(bytes(packed)).rows[0] & 2**tagger.LANE - 1 == 0


def test_quotations_are_counted_for_a_few_words() -> None:
    folded = fold("он «а б в г д е ж з и к» " + SENTINEL)
    found = read(folded.cased, folded.lower)
    sight = tagger_seen.seen(found, folded.cased, folded.lower)
    assert [around[6] for around in sight.around] == [0, 1, 2, 3, 3, 3, 3, 3, 3, 0, 0]


def test_only_words_of_the_language_stay_in_memory() -> None:
    weights = tagger.table(bytes(tagger_seen.ROWS * tagger.LANES))
    assert tagged("я заказала столик, ваша анна харитоненкова", weights) == []
    assert set().union(*weights.words) == {"я", "заказала", "столик", "ваша"}


def test_what_stays_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagger, "MOST", 3)
    weights = tagger.table(bytes(tagger_seen.ROWS * tagger.LANES))
    tagged("я заказала у вас столик на прошлой неделе, и мне пришло не то", weights)
    assert max(*(len(kept) for kept in weights.words), len(weights.roles), len(weights.around)) == 3


def test_what_is_added_up_is_what_was_learned() -> None:
    text = "Министерство обороны «Звезда» сообщило: в Казань, ул. Мира, приехал И. Петров (Ростех) из США - и ушёл"
    folded = fold(text + SENTINEL)
    found = read(folded.cased, folded.lower)
    sight, weights = tagger_seen.seen(found, folded.cased, folded.lower), tagger.learned()
    told: list[tuple[int, str]] = []
    for kind, name in enumerate(tagger.KINDS):
        before = last = 0
        for place, codes in enumerate(tagger_seen.codes(sight)):
            links = tagger_seen.links(tagger_seen.own(sight, place), last, before, kind)
            sum_ = weights.sum([*codes, *links]) >> 3 * tagger.LANE * kind
            lanes = [sum_ >> tagger.LANE * label & 2**tagger.LANE - 1 for label in range(3)]
            goes_on = last and tagger_seen.may_go_on(sight, place) & 1 << kind
            label = max(range(3 if goes_on else 2), key=lambda label: (lanes[label], -label))
            told += [(found.starts[place], name)] if label == 1 else []
            before, last = last, label
    spans = tagger.tagged(found, folded.cased, folded.lower, weights)
    assert [(start, name) for start, _, name in spans] == told
    assert len(told) > 3
