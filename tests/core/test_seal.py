"""Records and encrypted fields open for the right key in the right place, and for nothing else."""

from __future__ import annotations

import pytest

from gateway.core.seal import (
    ENCRYPTED,
    SealedField,
    decrypt_field,
    encrypt_field,
    field_mark,
    open_record,
    seal_record,
)
from gateway.model.errors import WorldError
from gateway.model.names import Kind, RecordId, Region, Scope, Token
from gateway.model.secret import DataKey, Secret

RU, CRM, RECORD = Region("ru"), Scope("crm"), RecordId("ed" * 14)
PERSON = DataKey("ab" * 14, Secret(b"p" * 32))
NONCE = b"n" * 12
FIELDS = (
    SealedField(0, "body.email", Kind("email"), "anna@example.org", (Token("tk0@t.example"),), "email"),
    SealedField(1, "body.born", Kind("birth_date"), "17.05.1990", (), "stand_in", "02.03.1984"),
)
FIELD_KEY = Secret(b"f" * 32)


def sealed(fields: tuple[SealedField, ...] = FIELDS) -> bytes:
    return seal_record(PERSON, region=RU, scope=CRM, record=RECORD, fields=fields, nonce=NONCE)


def opened(data: bytes) -> tuple[SealedField, ...]:
    return open_record(PERSON, region=RU, scope=CRM, record=RECORD, sealed=data)


def encrypted(text: str = "anna@example.org", nonce: bytes = NONCE) -> str:
    return encrypt_field(FIELD_KEY, version="v1", scope=CRM, kind=Kind("email"), text=text, nonce=nonce)


def decrypted(text: str, scope: str = "crm", kind: str = "email", version: str = "v1") -> str | None:
    return decrypt_field(FIELD_KEY, version=version, scope=Scope(scope), kind=Kind(kind), text=text)


def test_a_sealed_record_opens_to_the_same_fields() -> None:
    assert opened(sealed()) == FIELDS


def test_a_lone_surrogate_survives_the_seal() -> None:
    fields = (SealedField(0, "body.a", Kind("login"), "x\ud800\u0000я", (), "opaque"),)
    assert opened(sealed(fields)) == fields


def test_sealed_bytes_hold_no_plaintext() -> None:
    assert b"anna" not in sealed()


def test_the_repr_of_a_sealed_field_holds_no_plaintext() -> None:
    assert repr(FIELDS[0]) == "SealedField(0, email, chars=16)"


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"region": "kz"},
        {"scope": "shop"},
        {"record": "ee" * 14},
    ],
)
def test_a_record_that_was_moved_does_not_open(elsewhere: dict[str, str]) -> None:
    place = {"region": "ru", "scope": "crm", "record": "ed" * 14} | elsewhere
    with pytest.raises(WorldError, match="GW-K311"):
        open_record(
            PERSON,
            region=Region(place["region"]),
            scope=Scope(place["scope"]),
            record=RecordId(place["record"]),
            sealed=sealed(),
        )


@pytest.mark.parametrize("person", [DataKey("ac" * 14, Secret(b"p" * 32)), DataKey("ab" * 14, Secret(b"q" * 32))])
def test_a_record_does_not_open_for_another_subject_or_key(person: DataKey) -> None:
    with pytest.raises(WorldError, match="GW-K311"):
        open_record(person, region=RU, scope=CRM, record=RECORD, sealed=sealed())


def test_a_record_with_one_flipped_bit_does_not_open() -> None:
    data = bytearray(sealed())
    data[-1] ^= 1
    with pytest.raises(WorldError, match="GW-K311"):
        opened(bytes(data))


@pytest.mark.parametrize("data", [b"", b"\x01short", b"\x02" + b"x" * 60])
def test_a_form_that_this_version_does_not_know_is_named_as_such(data: bytes) -> None:
    with pytest.raises(WorldError, match="GW-K310"):
        opened(data)


def test_an_encrypted_field_decrypts() -> None:
    assert decrypted(encrypted()) == "anna@example.org"


def test_an_encrypted_surrogate_decrypts() -> None:
    assert decrypted(encrypted("\udfff")) == "\udfff"


@pytest.mark.parametrize("elsewhere", [{"scope": "shop"}, {"kind": "phone"}, {"version": "v2"}])
def test_an_encrypted_field_means_nothing_elsewhere(elsewhere: dict[str, str]) -> None:
    assert decrypted(encrypted(), **elsewhere) is None


def test_another_key_decrypts_nothing() -> None:
    stranger = Secret(b"g" * 32)
    assert decrypt_field(stranger, version="v1", scope=CRM, kind=Kind("email"), text=encrypted()) is None


@pytest.mark.parametrize(
    "text", ["", "anna@example.org", "x1.WNKOiA.AAAA", "x1.AAAAAA." + "A" * 40, f"{encrypted()[:-1]}\n"]
)
def test_a_text_that_is_no_encrypted_field_decrypts_to_nothing(text: str) -> None:
    assert decrypted(text) is None


def test_a_field_cut_to_an_impossible_length_decrypts_to_nothing() -> None:
    text = encrypted()
    cut = next(text[:-n] for n in (1, 2, 3, 4) if len(text[:-n].split(".")[2]) % 4 == 1)
    assert decrypted(cut) is None


def test_a_forged_field_under_the_right_mark_decrypts_to_nothing() -> None:
    assert decrypted(f"x1.{field_mark(FIELD_KEY, 'v1')}.{'A' * 40}") is None


def test_an_encrypted_field_is_found_inside_a_text() -> None:
    text = encrypted()
    assert [match[0] for match in ENCRYPTED.finditer(f"Dear {text}, hello")] == [text]


def test_an_encrypted_field_names_neither_method_nor_key_nor_version() -> None:
    text = encrypt_field(FIELD_KEY, version="ru-2026", scope=CRM, kind=Kind("email"), text="a", nonce=NONCE)
    assert not any(word in text.lower() for word in ("aes", "gcm", "enc", "ru-2026"))


def test_another_nonce_makes_another_text() -> None:
    assert encrypted(nonce=b"1" * 12) != encrypted(nonce=b"2" * 12)
