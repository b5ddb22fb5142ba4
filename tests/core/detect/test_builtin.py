"""The built-in model without its process: people, text by text."""

from __future__ import annotations

from gateway.core.detect.builtin import open_model, people_in
from gateway.core.detect.tagger import LANES, table
from gateway.core.detect.tagger_seen import ROWS


def test_people_are_told_text_by_text_and_nothing_else() -> None:
    texts = [
        "По словам Кукуцаполя груз пропал в пути",
        "Москва, ООО «Ромашка», +7 916 123-45-67",
        "",
        "Please forward this to Trewhitt before noon today",
        "\ud800 \U0001f600 позвоните Анне Петровой",
    ]
    found = open_model(None).names_in(texts)
    assert [(one.text, texts[one.text][one.start : one.end]) for one in found] == [
        (0, "Кукуцаполя"),
        (3, "Trewhitt"),
        (4, "Анне Петровой"),
    ]


def test_other_weights_can_be_judged() -> None:
    assert people_in(["По словам Кукуцаполя груз пропал в пути"], table(bytes(ROWS * LANES))) == []
