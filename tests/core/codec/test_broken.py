"""Layers that are broken hide nothing: what can still be read in them is read under its name."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from gateway.core.codec import decode_request
from gateway.model.limits import Limits
from tests.core.codec.messages import FORM, TEXT, body, edited, reply, request, restored, seen

BROKEN = [
    '{"last_name": "Кедрова", "n": 1',
    '{"last_name": "Кедрова"}}',
    '{"last_name": "Кедрова",}',
    "{'last_name': 'Кедрова'}",
    "{last_name: 'Кедрова'}",
    '{"n": NaN, "last_name": "Кедрова"}',
    '[1, 2, {"last_name": "Кедрова"',
    '{"last_name": "Кедрова',
    '{"last_name": "\\u041a\\u0435\\u0434\\u0440\\u043e\\u0432\\u0430" // whose\n}',
    '{"a": "\\q", "last_name": "Кедрова"}',
    '{"last_name" : "Кедрова", "last_name2": }',
]


def named(message: object) -> list[str]:
    document = decode_request(message, Limits())  # type: ignore[arg-type]  # a request
    return [leaf.text for leaf in document.leaves if leaf.path[-1] == "last_name" and not leaf.is_key]


@pytest.mark.parametrize("text", BROKEN)
def test_a_string_under_a_name_is_read_in_broken_json(text: str) -> None:
    assert named(request(text, TEXT)) == ["Кедрова"]
    assert named(request("d=" + quote(text), FORM)) == ["Кедрова"]
    assert named(request(json.dumps({"payload": text}))) == ["Кедрова"]


def test_all_that_stands_around_the_strings_is_a_text() -> None:
    message = request('{"phone": +7 900 000-31-57, "a": "b" /* anna@example.ru */', TEXT)
    texts = [leaf.text for leaf in decode_request(message, Limits()).leaves]
    assert texts == ['{"phone": +7 900 000-31-57, "a": ', "b", " /* anna@example.ru */"]


def test_a_new_text_is_written_as_the_string_was() -> None:
    message = request('{"a": "x", \'b\': \'x\', c: "x', TEXT)
    new = {f"body.{name}": "t'\"k" for name in "abc"}
    assert body(edited(message, new)) == '{"a": "t\'\\"k", \'b\': \'t\\u0027\\u0022k\', c: "t\'"k'


@pytest.mark.parametrize("text", ["[info] it began", "{a, b}", "[1, 2", '{"a": 1,}', "{", '["Кедрова"', "{:x}"])
def test_what_has_no_string_under_a_name_stays_a_text(text: str) -> None:
    assert seen(request(text, TEXT)) == {"body": text}


def test_a_query_in_a_string_that_never_ends_is_read() -> None:
    found = seen(request('d={"u": "/p?snils=112-233-445%2B95%2[2%7D', FORM))
    assert found["body.d.u.snils"] == "112-233-445 95%2[2}"


def test_a_reply_is_restored_so_that_its_string_does_not_end() -> None:
    assert body(restored(reply('{"a": "tk", }', TEXT), {"tk": 'Anna "A"'})) == '{"a": "Anna \\"A\\"", }'


@pytest.mark.parametrize(
    "text",
    [
        "<p><last_name>Кедрова</last_name><ref>x",
        "<p><last_name>Кедрова</last_name></q>",
        "<p><s:last_name xml:lang='ru'>Кедрова<br></p>",
        "see <last_name>Кедрова</last_name>",
        "<person a=1><last_name>&#1050;едрова</last_name></person>",
    ],
)
def test_an_element_is_read_in_broken_xml(text: str) -> None:
    assert named(request(json.dumps({"payload": text}))) == ["Кедрова"]
    assert named(request(text, TEXT)) == ["Кедрова"]


@pytest.mark.parametrize("text", ["<3", "<b>bold</b", "a <last_name>Кедрова", "<p>Dear <b>Anna</b>", "<x></y>"])
def test_what_has_no_element_of_its_own_stays_a_text(text: str) -> None:
    assert seen(request(text, TEXT)) == {"body": text}


@pytest.mark.parametrize(
    "text", ["ref=1&last_name=Кедрова&note=two words", "last_name=Кедрова&note=a\nb", "a=&last_name=Кедрова"]
)
def test_a_form_that_nobody_has_coded_is_read(text: str) -> None:
    assert named(request(json.dumps({"payload": text}, ensure_ascii=False))) == ["Кедрова"]
    assert named(request(text, TEXT)) == ["Кедрова"]


@pytest.mark.parametrize("text", ["R&D = fun", "a=b & c=d", "Q&A=1", "see a=1&amp;b=2 3", "x=1&"])
def test_a_text_with_signs_of_a_form_in_it_is_a_text(text: str) -> None:
    assert set(seen(request(text, TEXT))) == {"body"}


def test_an_escape_before_digits_hides_nothing_else() -> None:
    message = request("q=%2531234%26snils%253D112%252D233%252D445%252095", FORM)
    texts = [leaf.text for leaf in decode_request(message, Limits()).leaves]
    assert "112-233-445 95" in " ".join(texts)
    assert "%31234" in " ".join(texts)


@pytest.mark.parametrize("end", ["\\", "\\n" * 250, ""])
def test_a_string_may_end_anywhere(end: str) -> None:
    assert named(request('{"last_name": "Кедрова' + end, TEXT))[0].startswith("Кедрова")


def test_many_escapes_make_one_string() -> None:
    assert named(request('{"last_name": "' + "\\n" * 250 + '", }', TEXT)) == ["\n" * 250]


def test_a_string_that_has_only_begun_holds_nothing() -> None:
    texts = [leaf.text for leaf in decode_request(request('{"a": "x", "b": "', TEXT), Limits()).leaves]
    assert texts == ['{"a": ', "x", ', "b": "']


def test_strings_stand_beside_each_other() -> None:
    assert seen(request('["a":"x","b":"y"}', TEXT))["body.b"] == "y"
    assert named(request('{a:\'x\'"last_name":"Кедрова"', TEXT)) == ["Кедрова"]
    assert named(request("<person><a>x</a>y<last_name>Кедрова</last_name>", TEXT)) == ["Кедрова"]


def test_a_string_right_behind_another_leaves_nothing_between() -> None:
    document = decode_request(request("'a':\"x\"", TEXT), Limits())
    assert [leaf.text for leaf in document.leaves] == ["'a':\"x\""]
