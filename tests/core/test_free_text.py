"""Which texts a model is given, and what its answers become."""

from __future__ import annotations

from gateway.core.classify import classify
from gateway.core.detect.model import MODEL, UNREAD
from gateway.core.free_text import completed, free_texts, hidden
from gateway.model.document import WHOLE, Document
from gateway.model.finding import Finding
from gateway.model.free_text import Spotted
from tests.core.test_classify import RULES, request

SAID = "вчера приходила хрюнда из отдела"


def texts_of(document: Document, findings: tuple[Finding, ...] = ()) -> list[str]:
    return [document.leaves[one].text for one in free_texts(document, findings)]


def told(document: Document, findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(document.leaves[one.leaf].text[one.span.start : one.span.end], one.detector) for one in findings]


def test_bodies_and_queries_are_read_headers_are_not() -> None:
    document = request({"a": SAID}, "/?q=tell+me+what+happened", (("User-Agent", "Mozilla one two three"),))
    assert texts_of(document, classify(document, RULES)) == ["tell me what happened", SAID]


def test_what_a_field_name_settles_is_not_read() -> None:
    document = request({"address": SAID, "note": SAID})
    assert texts_of(document, classify(document, RULES)) == [SAID]


def test_a_message_without_free_text_has_none() -> None:
    document = request({"id": 12, "email": "a@example.org", "status": "new", "code": "A-12 34 56 78"})
    assert texts_of(document, classify(document, RULES)) == []


def test_a_model_adds_what_the_rules_did_not_find() -> None:
    document = request({"a": SAID})
    texts = free_texts(document, ())
    assert told(document, completed(document, (), texts, [Spotted(0, 16, 22, 0.9)])) == [("хрюнда", MODEL)]


def test_what_a_model_found_in_one_text_is_found_in_the_others() -> None:
    document = request({"a": SAID, "b": "всё равно не дозвонились хрюнде сегодня"})
    texts = free_texts(document, ())
    found = told(document, completed(document, (), texts, [Spotted(0, 16, 22, 0.9)]))
    assert found == [("хрюнда", MODEL), ("хрюнде", "person.again")]


def test_what_the_rules_found_stays_as_it_is() -> None:
    document = request({"a": "вчера приходил Иванов Пётр из отдела"})
    findings = classify(document, RULES)
    texts = free_texts(document, findings)
    assert completed(document, findings, texts, [Spotted(0, 15, 26, 0.9)]) == findings


def test_answers_that_fit_no_text_count_nothing() -> None:
    document = request({"a": SAID})
    nonsense = [Spotted(*one, 0.9) for one in ((1, 0, 2), (-1, 0, 2), (0, 2, 2), (0, 0, 99), (0, -1, 2))]
    assert completed(document, (), free_texts(document, ()), nonsense) == ()


def test_a_hidden_text_is_a_name_from_end_to_end() -> None:
    document = request({"a": SAID, "b": "12"})
    findings = hidden(document, (), free_texts(document, ()))
    assert [(one.span, one.detector) for one in findings] == [(WHOLE, UNREAD)]
