"""Form bodies and query strings."""

from __future__ import annotations

import pytest

from gateway.core.codec import rewrite
from tests.core.codec.messages import FORM, body, edited, read, request, seen


def test_names_and_values_are_decoded_leaves() -> None:
    message = request("na%6De=%D0%90%D0%BD%D0%BD%D0%B0+P.&mail=anna%40example.org", FORM)
    assert seen(message) == {"body.name": "Анна P.", "body.mail": "anna@example.org"}
    assert seen(message, keys=True) == {"body.name": "name", "body.mail": "mail"}


@pytest.mark.parametrize("text", ["a", "a=", "=b", "&&a&&", "a=1;b=2", "a==b", "%", "a=%zz&b=%4", "+=+", "\ufeffa=1"])
def test_pairs_nobody_edits_stay_byte_for_byte(text: str) -> None:
    assert body(edited(request(f"{text}&x=1", FORM), {"body.x": "2"})) == f"{text}&x=2"


def test_a_name_alone_has_no_value() -> None:
    assert seen(request("a&b=&&=c", FORM)) == {"body.b": "", 'body.""': "c"}


def test_bytes_that_are_no_utf_8_are_kept() -> None:
    message = request("a=%CF%B8%80&b=1", FORM)
    assert seen(message)["body.a"] == "\u03f8\udc80"
    assert body(edited(message, {"body.a": "\udc80.\u03f8"})) == "a=%80.%CF%B8&b=1"


@pytest.mark.parametrize(
    ("new", "spelt"),
    [
        ("a b", "a+b"),
        ("a+b&c=d;%41", "a%2Bb%26c%3Dd%3B%2541"),
        ("Аня", "%D0%90%D0%BD%D1%8F"),
        ("tk@example.org", "tk%40example.org"),
        ("", ""),
        ("\x00\r\n", "%00%0D%0A"),
        ("\ud800", "%ED%A0%80"),
    ],
)
def test_a_new_value_of_a_form_is_percent_coded(new: str, spelt: str) -> None:
    assert body(edited(request("a=x&b=1", FORM), {"body.a": new})) == f"a={spelt}&b=1"


def test_characters_that_stood_uncoded_before_stand_uncoded_again() -> None:
    assert edited(request(target="/?e=anna@example.org"), {"query.e": "tk@t/x"}).target == "/?e=tk@t%2Fx"


@pytest.mark.parametrize(("query", "spelt"), [("a=x", "%20"), ("a=x+y", "+"), ("a=x%20y+z", "%20")])
def test_a_blank_in_a_query_is_spelt_as_blanks_were(query: str, spelt: str) -> None:
    assert edited(request(target=f"/?{query}"), {"query.a": "1 2"}).target == f"/?a=1{spelt}2"


@pytest.mark.parametrize(
    ("before", "gone", "after"),
    [
        ("a=1&b=2&c=3", ["a"], "b=2&c=3"),
        ("a=1&b=2&c=3", ["b"], "a=1&c=3"),
        ("a=1&b=2&c=3", ["c"], "a=1&b=2"),
        ("a=1&b=2&c=3", ["a", "c"], "b=2"),
        ("a=1&a=2&b&c=", ["a"], "b&c="),
        ("a=1&&b=2", ["b"], "a=1"),
        ("a=&b=2", ["b"], "a="),
        ("a=1", ["a"], ""),
    ],
)
def test_a_removed_pair_takes_one_delimiter_along(before: str, gone: list[str], after: str) -> None:
    assert body(edited(request(before, FORM), {f"body.{name}": None for name in gone})) == after


def test_an_empty_value_is_edited_beside_a_removed_pair() -> None:
    assert body(edited(request("a=&b=2", FORM), {"body.a": "x", "body.b": None})) == "a=x"


def test_an_empty_value_goes_with_its_name_even_if_it_was_to_change() -> None:
    message = request("b=1&a=", FORM)
    document = read(message)
    numbers = {leaf.text: number for number, leaf in enumerate(document.leaves)}
    after = rewrite(document, {numbers["a"]: None, numbers[""]: "x"})
    assert after.parts[-1].text == "b=1"


def test_a_query_that_loses_its_last_pair_loses_its_question_mark() -> None:
    assert edited(request(target="/p?a=1"), {"query.a": None}).target == "/p"


def test_an_empty_query_keeps_its_question_mark() -> None:
    message = request(target="/p?")
    assert edited(message, {}).target == "/p?"


def test_a_name_that_is_edited_is_coded_so_that_it_stays_one_name() -> None:
    assert body(edited(request("anna=1", FORM), {"body.anna": "a=b&c"}, keys=True)) == "a%3Db%26c=1"


def test_a_form_field_that_holds_json_is_looked_into() -> None:
    message = request("data=%7B%22email%22%3A%22a%40example.org%22%7D&x=1", FORM)
    assert seen(message)["body.data.email"] == "a@example.org"
    assert body(edited(message, {"body.data.email": "t k"})) == "data=%7B%22email%22%3A%22t+k%22%7D&x=1"
