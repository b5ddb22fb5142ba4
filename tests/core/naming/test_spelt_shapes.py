"""Shapes that spell what they name: opaque, e-mail, letters, UUID."""

from __future__ import annotations

import re
import uuid as stdlib_uuid
from collections.abc import Callable

import pytest

from gateway.core.naming import email, letters, opaque, ref_of, uuid
from gateway.model.document import Span
from gateway.model.kept import FieldRef
from gateway.model.names import RecordId, Token

REFS: list[FieldRef] = [
    (RecordId("00" * 14), 0),
    (RecordId("ff" * 14), 255),
    (RecordId("ed01a0c4506c004e1aefb609bde1"), 3),
]


@pytest.mark.parametrize("ref", REFS)
def test_every_spelling_names_its_record_and_field(ref: FieldRef) -> None:
    tokens = [
        opaque.token(ref),
        email.token(ref, "Tokens.Example"),
        letters.token(ref, "Anna"),
        letters.token(ref, "Анна"),
        uuid.token(ref),
    ]
    assert [ref_of(token) for token in tokens] == [ref] * 5


def test_an_opaque_token_is_28_letters_and_digits_without_look_alikes() -> None:
    assert all(re.fullmatch(r"tk[0-9a-hjkmnp-tv-z]{26}", opaque.token(ref)) for ref in REFS)


def test_an_email_token_lives_in_the_domain_it_was_given() -> None:
    assert email.token(REFS[2], "Tokens.Example") == opaque.token(REFS[2]) + "@tokens.example"


def test_letters_follow_the_script_of_the_original() -> None:
    assert re.fullmatch("[а-я]{26}", letters.token(REFS[2], "O'Neil Пётр"))
    assert re.fullmatch("[a-z]{28}", letters.token(REFS[2], "王小明"))


def test_a_uuid_token_is_a_valid_uuid_of_version_8() -> None:
    parsed = [stdlib_uuid.UUID(uuid.token(ref)) for ref in REFS]
    assert [(one.version, one.variant) for one in parsed] == [(8, stdlib_uuid.RFC_4122)] * 3


@pytest.mark.parametrize(
    "token",
    [opaque.token(REFS[2]), letters.token(REFS[2], "Anna"), letters.token(REFS[2], "Анна"), uuid.token(REFS[2])],
)
def test_one_changed_character_names_nothing(token: str) -> None:
    swapped = token[:-4] + ("b" if token[-4] == "d" else "d") + token[-3:]
    if not token.isascii():
        swapped = token[:-4] + ("б" if token[-4] == "д" else "д") + token[-3:]
    assert ref_of(Token(swapped)) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tk",
        "tk" + "i" * 26,
        "tk" + "!" * 26,
        "tk-" + "1" * 25,
        "я" + "-" * 25,
        "z" * 28,
        "ы" * 26,
        "ё" * 26,
        "é" * 26,
        "é" * 28,
        "x" * 26,
        "00000000-0000-4000-8000-000000000000",
        "00000000-0000-8000-c000-000000000000",
        "not a uuid",
        "79760000123",
        "0012345678",
    ],
)
def test_other_texts_name_nothing(text: str) -> None:
    assert ref_of(Token(text)) is None
    assert (letters.ref_of(text), opaque.ref_of(text), uuid.ref_of(text)) == (None, None, None)


@pytest.mark.parametrize(
    ("original", "in_case"),
    [
        ("IVANOV", str.upper),
        ("ivanov", str.lower),
        ("Ivanov", str.capitalize),
        ("de la Cruz", str.capitalize),
        ("I", str.capitalize),
        ("-", str.capitalize),
    ],
)
def test_letters_are_shown_in_the_case_of_the_original(original: str, in_case: Callable[[str], str]) -> None:
    token = letters.token(REFS[2], original)
    assert letters.show(token, original) == in_case(token)


@pytest.mark.parametrize("name", ["Анна-Мария", "O'Neil", "Иванов И. И.", "King, Jr.", "Łukasz", "王小明", "Zoe\u0308"])
def test_names_of_people_are_valid(name: str) -> None:
    assert letters.valid(name)


@pytest.mark.parametrize("name", ["", "  ", "R2D2", "-", "a@b", "x" * 201])
def test_other_texts_are_no_names(name: str) -> None:
    assert not letters.valid(name)


@pytest.mark.parametrize(
    "address", ["anna@example.org", " a.b+c@sub.example.ru ", "анна@почта.рф", "o'neil@x-y.example"]
)
def test_addresses_that_a_back_end_takes_are_valid(address: str) -> None:
    assert email.valid(address)


@pytest.mark.parametrize(
    "address", ["anna@", "@example.org", "anna", "anna@localhost", "a b@example.org", "a@-x.org", "a@b..org", "a@b.1"]
)
def test_addresses_that_a_back_end_rejects_are_invalid(address: str) -> None:
    assert not email.valid(address)


def test_an_address_over_254_characters_is_invalid() -> None:
    assert not email.valid("a@" + "b" * 250 + ".org")


@pytest.mark.parametrize(
    ("original", "layout"),
    [
        ("123e4567-e89b-12d3-a456-426614174000", "{}"),
        ("{123e4567-e89b-12d3-a456-426614174000}", "{{{}}}"),
        ("urn:uuid:123e4567-e89b-12d3-a456-426614174000", "urn:uuid:{}"),
        ("something else", "{}"),
    ],
)
def test_a_uuid_is_shown_with_what_stands_around_it(original: str, layout: str) -> None:
    token = uuid.token(REFS[2])
    assert uuid.show(token, original) == layout.format(token)


def test_a_uuid_is_shown_without_hyphens_and_in_capitals_if_the_original_is() -> None:
    token = uuid.token(REFS[2])
    assert uuid.show(token, "123E4567E89B12D3A456426614174000") == token.replace("-", "").upper()


def test_a_uuid_in_any_spelling_names_the_same() -> None:
    token = uuid.token(REFS[2])
    assert uuid.ref_of("{" + token.upper() + "}") == uuid.ref_of(token.replace("-", "")) == REFS[2]


@pytest.mark.parametrize(("before", "after"), [("", ""), ("{", "}"), ("urn:uuid:", ""), ("URN:UUID:", "")])
def test_of_a_uuid_in_any_dress_only_itself_is_named(before: str, after: str) -> None:
    bare = "123E4567-E89B-12D3-A456-426614174000"
    assert uuid.stretch(f"{before}{bare}{after}") == Span(len(before), len(before) + len(bare))


def test_any_other_text_is_named_whole() -> None:
    assert uuid.stretch("{not a uuid}") == Span(0, 12)
