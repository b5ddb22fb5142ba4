"""Which shape a value's name takes, and what a store may choose from."""

from __future__ import annotations

import pytest

from gateway.core.detect.checksums import CHECKSUMS
from gateway.core.detect.kinds import KINDS
from gateway.core.naming import (
    candidates,
    canonical,
    is_alias,
    named_apart,
    opaque,
    ref_of,
    shape_for,
    shape_of,
    show,
    uuid,
    written_like,
)
from gateway.model.kept import FieldRef
from gateway.model.kinds import KindSpec, Shape
from gateway.model.names import Kind, RecordId, Token

REF: FieldRef = (RecordId("ed01a0c4506c004e1aefb609bde1"), 3)
OPAQUE = opaque.token(REF)
UUID = "123e4567-e89b-12d3-a456-426614174000"
SHAPES: tuple[Shape, ...] = ("opaque", "email", "letters", "uuid", "phone", "digits", "stand_in")


def spec(kind: str) -> KindSpec:
    return KINDS[Kind(kind)]


def names(kind: KindSpec, original: str, shape: Shape | None = None, *, as_number: bool = False) -> tuple[Token, ...]:
    proposed = candidates(
        kind,
        original,
        REF,
        b"entropy of one field",
        domain="t.example",
        phone_block="+7976",
        shape=shape,
        as_number=as_number,
    )
    return tuple(proposed)


@pytest.mark.parametrize(
    ("kind", "value", "shape"),
    [
        ("email", "anna@example.org", "email"),
        ("phone", "+7 900 000-01-23", "phone"),
        ("person.last", "Иванова", "letters"),
        ("ru.passport", "4509 123456", "digits"),
        ("ru.snils", "112-233-445 95", "digits"),
        ("birth_date", "17.05.1990", "stand_in"),
        ("login", "anna", "opaque"),
        ("login", "042", "opaque"),
        ("login", "42", "digits"),
        ("user_id", "9" * 20, "digits"),
        ("user_id", "9" * 21, "opaque"),
        ("organisation.name", "42", "opaque"),
        ("user_id", UUID, "uuid"),
        ("ru.passport", UUID, "uuid"),
    ],
)
def test_a_valid_value_gets_the_shape_of_its_kind(kind: str, value: str, shape: Shape) -> None:
    assert shape_for(spec(kind), value) == shape


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "anna@"),
        ("phone", "12345"),
        ("person.last", "R2D2"),
        ("ru.passport", "4509"),
        ("ru.snils", "112-233-445 00"),
        ("birth_date", "31.02.1990"),
    ],
)
def test_a_value_invalid_for_its_kind_gets_an_opaque_name_so_that_the_back_end_still_rejects_it(
    kind: str, value: str
) -> None:
    assert shape_for(spec(kind), value) == "opaque"
    assert names(spec(kind), value) == (OPAQUE,)


def test_a_kind_named_by_uuids_names_other_values_opaquely() -> None:
    assert shape_for(KindSpec(Kind("row_id"), "personal", "uuid"), "row 7") == "opaque"


@pytest.mark.parametrize(
    ("kind", "value", "shape"),
    [
        ("user_id", "42", "digits"),
        ("ru.inn_person", "500100732259", "digits"),
        ("phone", "79000000123", "phone"),
        ("phone", "12345", "digits"),
        ("age", "34", "stand_in"),
        ("age", "400", "digits"),
    ],
)
def test_a_json_number_gets_a_shape_that_is_a_number(kind: str, value: str, shape: Shape) -> None:
    assert shape_for(spec(kind), value, as_number=True) == shape


@pytest.mark.parametrize(
    ("kind", "value"), [("user_id", "42"), ("phone", "79000000123"), ("age", "34"), ("ru.inn_person", "500100732259")]
)
def test_every_name_of_a_json_number_is_a_json_number(kind: str, value: str) -> None:
    made = names(spec(kind), value, as_number=True)
    assert len(made) == 8
    assert all(str(int(show(name, shape_for(spec(kind), value, as_number=True), value))) for name in made)


@pytest.mark.parametrize(
    ("kind", "value"), [("ru.passport", "4509 123456"), ("ru.snils", "112-233-445 95"), ("user_id", "42")]
)
def test_a_text_of_digits_has_names_that_can_be_numbers_and_two_spare_ones(kind: str, value: str) -> None:
    made = names(spec(kind), value)
    assert [name[:2] for name in made[:-1]] == ["59"] * 6 + ["00"] * 2


@pytest.mark.parametrize(
    ("kind", "value", "apart"),
    [
        ("ru.snils", "11223344595", False),
        ("ru.snils", "11223344500", True),
        ("phone", "79000000123", False),
        ("phone", "12345", True),
        ("user_id", "42", False),
        ("user_id", "-42", True),
        ("user_id", "12345678123456781234567812345678", True),
    ],
)
def test_a_number_is_named_apart_from_its_text_where_that_has_a_name_with_letters(
    kind: str, value: str, *, apart: bool
) -> None:
    assert named_apart(spec(kind), value) is apart


@pytest.mark.parametrize(
    ("kind", "value"),
    [("phone", "+7 900 000-01-23"), ("ru.passport", "4509 123456"), ("ru.snils", "112-233-445 95")],
)
def test_an_alias_shape_has_eight_candidates_and_an_opaque_one_for_a_full_block(kind: str, value: str) -> None:
    made = names(spec(kind), value)
    assert len(set(made)) == 9
    assert made[-1] == OPAQUE
    assert [shape_of(name) for name in made[:8]] == [spec(kind).shape] * 8


@pytest.mark.parametrize(
    ("kind", "value"), [("email", "anna@example.org"), ("person.last", "Иванова"), ("user_id", UUID), ("login", "anna")]
)
def test_a_shape_that_spells_its_name_has_one_candidate(kind: str, value: str) -> None:
    made = names(spec(kind), value)
    assert [ref_of(name) for name in made] == [REF]


def test_a_value_with_a_stand_in_is_named_opaquely_where_a_name_is_asked_for_after_all() -> None:
    assert names(spec("birth_date"), "17.05.1990") == (OPAQUE,)


def test_the_shape_of_the_plan_is_taken_as_it_is() -> None:
    assert names(spec("email"), "anna@example.org", "opaque") == (OPAQUE,)


def test_candidates_have_valid_check_digits() -> None:
    assert all(CHECKSUMS["snils"](name) for name in names(spec("ru.snils"), "112-233-445 95")[:8])


def test_the_same_entropy_makes_the_same_candidates_and_other_entropy_others() -> None:
    def made(entropy: bytes) -> tuple[Token, ...]:
        passport = spec("ru.passport")
        return tuple(candidates(passport, "4509 123456", REF, entropy, domain="t.example", phone_block="+7976"))

    assert made(b"a" * 16) == made(b"a" * 16)
    assert made(b"a" * 16)[0] != made(b"b" * 16)[0]


def test_a_value_is_never_its_own_alias() -> None:
    alias = names(spec("ru.passport"), "4509 123456")[0]
    assert alias not in names(spec("ru.passport"), alias)


def test_only_shapes_too_short_for_a_name_are_aliases() -> None:
    assert [shape for shape in SHAPES if is_alias(shape)] == ["phone", "digits"]


@pytest.mark.parametrize(
    ("shape", "original"),
    [
        ("opaque", "anna"),
        ("email", "anna@example.org"),
        ("letters", "ИВАНОВА"),
        ("uuid", UUID.upper()),
        ("phone", "8 (900) 000-01-23"),
        ("digits", "45 09 123456"),
    ],
)
def test_what_is_shown_reads_as_the_same_token(shape: Shape, original: str) -> None:
    token = names(spec("ru.passport"), original, shape)[0]
    assert canonical(show(token, shape, original), shape) == token


@pytest.mark.parametrize("shape", SHAPES)
def test_a_token_of_another_shape_than_the_place_asks_for_is_shown_as_it_is(shape: Shape) -> None:
    assert show(OPAQUE, shape, "8 (900) 000-01-23") == OPAQUE


def test_the_canonical_form_of_an_impossible_phone_is_its_digits() -> None:
    assert canonical("976 12", "phone") == "97612"


@pytest.mark.parametrize(
    ("token", "shape"),
    [
        (OPAQUE, "opaque"),
        (OPAQUE + "@t.example", "email"),
        (uuid.token(REF), "uuid"),
        ("a" * 28, "letters"),
        ("я" * 26, "letters"),
        ("79760000123", "phone"),
        ("0012345678", "digits"),
        ("599123456", "digits"),
        ("anna", None),
    ],
)
def test_the_form_of_a_token_tells_its_shape(token: str, shape: Shape | None) -> None:
    assert shape_of(token) == shape


@pytest.mark.parametrize(
    ("shape", "original", "token", "written", "restored"),
    [
        ("phone", "+7 900 000-01-23", "79761234567", "+7 976 123-45-67", "+7 900 000-01-23"),
        ("phone", "+7 900 000-01-23", "79761234567", "8(976)1234567", "8(900)0000123"),
        ("phone", "+7 900 000-01-23", "79761234567", "79761234567", "79000000123"),
        ("phone", "tel:+7 900 000-01-23", "79761234567", "+79761234567", "tel:+7 900 000-01-23"),
        ("phone", "+49 151 23456789", "79761234567", "79761234567", "4915123456789"),
        ("phone", "12345", "79761234567", "+7 976 123-45-67", "12345"),
        ("digits", "112-233-445 95", "59912345678", "59912345678", "11223344595"),
        ("digits", "11223344595", "59912345678", "599-123-456 78", "112-233-445 95"),
        ("digits", "42", "599123456", "599-123-456", "42"),
        ("letters", "Анна", "эфа", "Эфа", "Анна"),
    ],
)
def test_an_original_is_written_as_its_token_is(
    shape: Shape, original: str, token: str, written: str, restored: str
) -> None:
    assert written_like(original, Token(token), shape, written) == restored
