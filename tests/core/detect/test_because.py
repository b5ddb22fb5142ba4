from __future__ import annotations

import pytest

from gateway.core.detect.because import because
from gateway.core.detect.catalog import DETECTORS

BY_NAME = {detector.name: detector for detector in DETECTORS}


@pytest.mark.parametrize(
    ("name", "text", "find", "said"),
    [
        ("email", "anna@example.org", "anna@example.org", ("its shape", "its check digits or form hold")),
        ("ru.snils.layout", "снилс 112-233-445 00", "112-233-445 00", ("its shape", "near 'снилс'")),
        ("ru.snils.layout", "112-233-445 00 снилс", "112-233-445 00", ("its shape", "near 'снилс'")),
        ("ru.snils", "снлис 11223344500", "11223344500", ("its shape", "near a mistyped word")),
        ("ru.snils.layout", "заказ 112-233-445 00", "112-233-445 00", ("its shape", "against it: 'заказ'")),
        ("person.two", "Иванов Пётр", "Иванов Пётр", ("how its words look and stand together",)),
    ],
)
def test_what_speaks_for_a_find(name: str, text: str, find: str, said: tuple[str, ...]) -> None:
    start = text.index(find)
    assert because(BY_NAME[name], text, start, start + len(find)) == said


def test_the_names_of_the_field_are_context() -> None:
    assert "near 'снилс'" in because(BY_NAME["ru.snils.layout"], "112-233-445 00", 0, 14, "user снилс")
