"""A stream's end is held back exactly while it may be the beginning of a token."""

from __future__ import annotations

import pytest

from gateway.core.naming import email, letters, opaque, partial_tail, uuid
from gateway.model.kept import FieldRef
from gateway.model.names import RecordId

REF: FieldRef = (RecordId("ed01a0c4506c004e1aefb609bde1"), 3)
EMAIL = email.token(REF, "t.example")


def held(text: str, block: str = "+7976") -> str:
    size = partial_tail(text, domains=("t.example",), phone_block=block)
    return text[len(text) - size :]


@pytest.mark.parametrize(
    "token",
    [
        opaque.token(REF),
        EMAIL,
        letters.token(REF, "Anna").capitalize(),
        letters.token(REF, "Анна").upper(),
        uuid.token(REF),
        uuid.token(REF).replace("-", ""),
        "+7 (976) 000-01-23",
        "8 976 000 01 23",
        "(976) 000-01-23",
        "0079760000123",
        "0012 345678",
        "001-234-567 89",
        "0012 № 345678",
        "599123456",
        "59 91 234567",
    ],
)
def test_every_beginning_of_a_token_is_held_back(token: str) -> None:
    for size in range(1, len(token) + 1):
        assert held("Dear " + token[:size]).endswith(token[:size])


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("", ""),
        ("Hello, world.", ""),
        ("Hello, world!", ""),
        ("Hello, wor", "wor"),
        ("x" * 40, ""),
        (EMAIL + ".", EMAIL + "."),
        (EMAIL + ". ", ""),
        ("0012345678.", "0012345678."),
        ("5 items; ", ""),
        ("anna@exa", "exa"),
    ],
)
def test_no_more_is_held_back_than_may_begin_a_token(text: str, end: str) -> None:
    assert held(text) == end


def test_numbers_of_a_foreign_block_are_held_back_too() -> None:
    assert held("call +49 821 000 01", "+49821") == "+49 821 000 01"
