from __future__ import annotations

import pytest

from gateway.core.detect.spelling import romanise, skeleton, stem


@pytest.mark.parametrize(
    ("russian", "latin"),
    [
        ("фамилия", "familiya"), ("фамилия", "familija"), ("фамилия", "familia"), ("отчество", "otchestvo"),
        ("почтовый", "pochtovyy"), ("почтовый", "pochtovyj"), ("улица", "ulitsa"), ("улица", "ulica"),
        ("рождения", "rozhdeniya"), ("рождения", "rojdeniya"), ("счет", "schet"), ("щебень", "shcheben"),
        ("индекс", "indeks"), ("имя", "imya"), ("имя", "imja"), ("подъезд", "podezd"), ("инн", "inn"),
    ],
)  # fmt: skip
def test_all_spellings_share_a_skeleton(russian: str, latin: str) -> None:
    assert skeleton(russian) == skeleton(latin)


@pytest.mark.parametrize("forms", [("телефон", "телефона", "телефонов", "телефоны"), ("адрес", "адреса", "адресу"),
                                   ("фамилия", "фамилии", "фамилию"), ("рождение", "рождения")])  # fmt: skip
def test_all_cases_share_a_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(skeleton(form)) for form in forms}) == 1


def test_a_short_word_is_its_own_stem() -> None:
    assert stem("dom") == "dom"


def test_a_stem_is_never_too_short() -> None:
    assert stem("omami") == "omami"


def test_romanising_leaves_other_letters() -> None:
    assert romanise("щука x") == "shchuka x"
