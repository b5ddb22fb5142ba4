from __future__ import annotations

import pytest

from gateway.core.detect.fold import fold
from gateway.core.detect.linear import SENTINEL
from gateway.core.detect.roles import read


def letters(text: str) -> str:
    folded = fold(text + SENTINEL)
    return read(folded.cased, folded.lower).letters[::2]


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("мы видели анну", "N.G"),
        ("это ИвановПётр", "NP"),
        ("это СтолИванович и ХрюнкельШнырь", "NPNU"),
        ("Иванова дома", "l."),
        ("в Нью-Йорке и улан-удэ", "NLNm"),
        ("в Хрюн-Казани и хрюн-казани", "NLNm"),
        ("приехал Римский-Корсаков", ".T"),
        ("Барак тут, этот Барак", "wNNW"),
        ("Кузнецова Е П", "Sjj"),
        ("Рашид оглы", "GP"),
        ("вера и Вера", "gNh"),
        ("Вера приехала", "g."),
        ("звонил Лужков", "vT"),
        ("звонил хабаров", "vS"),
        ("много волков", ".q"),
        ("тут хрюндиковой", "Nk"),
        ("пришел Полонский", ".A"),
        ("пришел полонский", ".S"),
        ("великого Советского", ".O"),
        ("великий советский", ".."),
        ("тут Хрюнской", "NA"),
        ("тут хрюнской", "N."),
        ("видели Гургена", ".R"),
        ("видели гургена", ".r"),
        ("это Хайнлайн", "NU"),
        ("это хайнлайн", "Nu"),
        ("это Саркози", "NZ"),
        ("Стол стоит. Стол упал", "o.o."),
        ("этот Стол", "NO"),
        ("наша Роза", "Nh"),
        ("этот Лету", "NW"),
        ("в Москве и москве", "NLNm"),
        ("река орел", ".."),
        ("город Владимира", "NG"),
        ("клиент и президент сказал", "xNyv"),
        ("зовут ван Гог", "XdZ"),
        ("А. Б. и в. г. да", "IINiid"),
        ("а и б", "NNN"),
        ("ушёл МИД", ".."),
        ("УШЁЛ ПЕТРОВ", ".q"),
        ("с Ивановичем", "NP"),
        ("к " + "в" * 40, "N."),
        ("г. Ковров стоит", "iL."),
        ("Жан-Люк и Анна-Мария", "RNG"),
        ("жан-люк", "."),
        ("а Хрюнов-Корнеев ушел", "NT."),
        ("это John's дом", "NG."),
        ("тут Čapek", "NZ"),
        ("mr Smith met john kowalsky", "XO.G."),
        ("met hrabrov", ".k"),
        ("met kow", ".."),
        ("жан-стол", "."),
        ("а Жан-Стол", "NR"),
        ("а Стол-Стул", "N."),
    ],
)
def test_words_get_the_letters_of_what_they_may_be(text: str, roles: str) -> None:
    assert letters(text) == roles


def test_a_blank_joins_words_and_a_leaf_border_parts_them() -> None:
    folded = fold("Анна Мария, Ева\0Инна" + SENTINEL)
    assert read(folded.cased, folded.lower).letters[1::2] == "_|00"


def test_the_place_of_a_word_is_told() -> None:
    folded = fold("то Анна" + SENTINEL)
    found = read(folded.cased, folded.lower)
    assert (found.starts[1], found.end(1)) == (3, 7)
