"""Tokens are found inside any text and in any case; nothing is cut out of a longer word."""

from __future__ import annotations

import pytest

from gateway.core.naming import email, letters, may_hold, opaque, sightings, uuid
from gateway.model.kept import FieldRef
from gateway.model.names import RecordId

REF: FieldRef = (RecordId("ed01a0c4506c004e1aefb609bde1"), 3)
OPAQUE = opaque.token(REF)
EMAIL = email.token(REF, "t.example")
LATIN = letters.token(REF, "Anna")
CYRILLIC = letters.token(REF, "Анна")
UUID = uuid.token(REF)
PHONE = "79760000123"
DOMAINS = ("t.example", "crm.t.example")


def seen(text: str, block: str = "+7976") -> list[tuple[str, str, str]]:
    found = sightings(text, domains=DOMAINS, phone_block=block)
    return [(text[span.start : span.end], token, shape) for span, token, shape in found]


@pytest.mark.parametrize(
    ("written", "token", "shape"),
    [
        (OPAQUE, OPAQUE, "opaque"),
        (OPAQUE.upper(), OPAQUE, "opaque"),
        (OPAQUE.title(), OPAQUE, "opaque"),
        (EMAIL, EMAIL, "email"),
        (EMAIL.upper(), EMAIL, "email"),
        (LATIN.capitalize(), LATIN, "letters"),
        (LATIN.upper(), LATIN, "letters"),
        (CYRILLIC.capitalize(), CYRILLIC, "letters"),
        (CYRILLIC.upper(), CYRILLIC, "letters"),
        (UUID, UUID, "uuid"),
        (UUID.replace("-", "").upper(), UUID, "uuid"),
        ("+7 (976) 000-01-23", PHONE, "phone"),
        ("+79760000123", PHONE, "phone"),
        ("79760000123", PHONE, "phone"),
        ("8 976 000 01 23", PHONE, "phone"),
        ("007 976 000-01-23", PHONE, "phone"),
        ("976 000-01-23", PHONE, "phone"),
        ("(976) 000-01-23", PHONE, "phone"),
        ("0012345678", "0012345678", "digits"),
        ("0012 345678", "0012345678", "digits"),
        ("00 12 345678", "0012345678", "digits"),
        ("0012 № 345678", "0012345678", "digits"),
        ("001-234-567 89", "00123456789", "digits"),
        ("0012 3456 7890 1234", "0012345678901234", "digits"),
        ("599123456", "599123456", "digits"),
        ("59912345", "59912345", "digits"),
        ("5991234567", "5991234567", "digits"),
        ("5991 234567", "5991234567", "digits"),
        ("59 91 234567", "5991234567", "digits"),
        ("599-123-456 78", "59912345678", "digits"),
    ],
)
@pytest.mark.parametrize(
    "around", ["{}", "Dear {}, hello", "Уважаемый «{}»!", '<b title="{}">', "a/{}/b", "_{}_", "\n{}\n"]
)
def test_a_token_is_found_in_any_spelling_and_surrounding(written: str, token: str, shape: str, around: str) -> None:
    assert seen(around.format(written)) == [(written, token, shape)]


@pytest.mark.parametrize("written", [OPAQUE, EMAIL, LATIN, CYRILLIC, UUID, PHONE, "976 000-01-23", "0012345678"])
@pytest.mark.parametrize("around", ["x{}", "{}x", "9{}", "{}9", "ж{}", "{}ж"])
def test_a_letter_or_digit_beside_it_means_no_token(written: str, around: str) -> None:
    tokens = {OPAQUE, EMAIL, LATIN, CYRILLIC, UUID, PHONE, "0012345678"}
    assert not tokens & {token for _, token, _ in seen(around.format(written))} or written == EMAIL


def test_letters_after_a_mailbox_make_it_an_opaque_name_before_an_at_sign() -> None:
    assert seen(EMAIL + "x") == [(OPAQUE, OPAQUE, "opaque")]


@pytest.mark.parametrize("domain", ["other.example", "t.example.org", "t.example-x.org", "xt.example"])
def test_a_mailbox_of_another_domain_is_no_email_token(domain: str) -> None:
    assert seen(f"{OPAQUE}@{domain}") == [(OPAQUE, OPAQUE, "opaque")]


def test_the_longest_of_several_domains_counts() -> None:
    assert seen(f"{OPAQUE}@crm.t.example.") == [(f"{OPAQUE}@crm.t.example", f"{OPAQUE}@crm.t.example", "email")]


@pytest.mark.parametrize(
    "text",
    [
        OPAQUE[:-1] + ("0" if OPAQUE[-1] != "0" else "1"),
        LATIN[:-1] + ("a" if LATIN[-1] != "a" else "b"),
        CYRILLIC[:-1] + ("а" if CYRILLIC[-1] != "а" else "б"),
        "123e4567-e89b-42d3-a456-426614174000",
        "00123456-1234-4234-a456-426614174000",
    ],
)
def test_wrong_check_characters_mean_no_token(text: str) -> None:
    assert seen(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Anna",
        "Иванов Иван Иванович",
        "+7 900 000-01-23",
        "+1 976 000 0123",
        "+48 976 000 01 23",
        "x8 (976) 000-01-23",
        "5-976-000-01-23",
        "55.00123456",
        "599123456.5",
        "12:00:00.000000",
        "4509 123456",
        "0012",
        "00 12 34",
        "00,123456789",
        "00.12345678",
        "2026-11-22T00:00:00Z",
        "a" * 5000,
        "0" * 5000,
        "tk" * 5000,
    ],
)
def test_ordinary_texts_hold_no_tokens(text: str) -> None:
    assert seen(text) == []


def test_a_number_without_prefix_after_a_word_and_a_number_is_still_found() -> None:
    assert seen("order 12, 976 000-01-23") == [("976 000-01-23", PHONE, "phone")]


@pytest.mark.parametrize("text", ["00 123 456 78", " 00/12/345678\n", "599 123 456", "59 9123 456"])
def test_a_text_that_is_nothing_but_a_number_may_be_grouped_in_any_way(text: str) -> None:
    token = "".join(char for char in text if char.isdigit())
    assert seen(text) == [(text.strip(), token, "digits")]


@pytest.mark.parametrize("text", ["00 " * 20, "00 12-34 5", "see 00 123 456 78"])
def test_an_odd_grouping_is_no_number_elsewhere_or_in_an_odd_length(text: str) -> None:
    assert seen(text) == []


def test_several_tokens_are_found_from_left_to_right() -> None:
    text = f"{LATIN} {CYRILLIC} <{EMAIL}> +7 976 000-01-23 / {UUID} {OPAQUE}, {OPAQUE}"
    assert [shape for _, _, shape in seen(text)] == ["letters", "letters", "email", "phone", "uuid", "opaque", "opaque"]


def test_a_lone_surrogate_beside_a_token_does_not_hide_it() -> None:
    assert seen(f"\ud800 {OPAQUE}") == [(OPAQUE, OPAQUE, "opaque")]


def test_numbers_of_a_foreign_block_are_found_in_international_form_only() -> None:
    assert seen("+49 821 000 0123", "+49821") == [("+49 821 000 0123", "498210000123", "phone")]
    assert seen("00498210000123", "+49821") == [("00498210000123", "498210000123", "phone")]
    assert seen("0821 000 0123", "+49821") == []


def test_without_domains_there_are_no_email_tokens() -> None:
    assert [shape for _, _, shape in sightings(EMAIL, domains=(), phone_block="+7976")] == ["opaque"]


@pytest.mark.parametrize(("text", "may"), [(f"Dear {OPAQUE}", True), ("Dear Anna, 17.05.1990", False), ("", False)])
def test_a_whole_message_can_be_asked_whether_it_may_hold_a_token(text: str, may: bool) -> None:
    assert may_hold(text, "+7976") is may
