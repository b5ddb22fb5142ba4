"""Values made unreadable for everybody without the person's or the region's key, and read again.

A record is one AES-256-GCM seal under one person's data key: version byte, nonce (12 bytes), ciphertext and tag. What
surrounds it (region, scope, subject, record) is bound as associated data, so a row moved elsewhere does not open.
An encrypted field is one text that survives any back end which leaves it alone; it names neither method nor key.
Source: NIST SP 800-38D.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache
from hmac import digest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from gateway.model.errors import WorldError
from gateway.model.kinds import Shape
from gateway.model.names import Kind, RecordId, Region, Scope, Token
from gateway.model.secret import DataKey, Secret

_VERSION = b"\x01"
_NONCE = 12
_MARK = "x1"
ENCRYPTED_MARK = f"{_MARK}."
"""What every encrypted field begins with."""

ENCRYPTED = re.compile(r"(?<![A-Za-z0-9_.-])x1\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{38,}(?![A-Za-z0-9_-])")
"""An encrypted field inside any text: marker, mark of the key's generation, nonce with ciphertext."""


class SealedField(Struct, frozen=True, gc=False):
    """One value of a record.

    ``path`` is printed; ``names`` holds the token that spells the field, if there is one; ``shown`` is what went out
    where that is no token (a stand-in).
    """

    index: int
    path: str
    kind: Kind
    text: str
    names: tuple[Token, ...]
    shape: Shape
    shown: str | None = None

    def __repr__(self) -> str:
        return f"SealedField({self.index}, {self.kind}, chars={len(self.text)})"


def seal_record(
    data_key: DataKey, *, region: Region, scope: Scope, record: RecordId, fields: Sequence[SealedField], nonce: bytes
) -> bytes:
    """The bytes the home store keeps. ``nonce``: 12 bytes, never twice under one data key."""
    rows = [(one.index, one.path, one.kind, one.text, one.names, one.shape, one.shown) for one in fields]
    facts = _bound(_VERSION, region, scope, data_key.id, record)
    return _VERSION + nonce + data_key.secret.once(AESGCM).encrypt(nonce, _JSON.encode(rows).encode(), facts)


def open_record(
    data_key: DataKey, *, region: Region, scope: Scope, record: RecordId, sealed: bytes
) -> tuple[SealedField, ...]:
    """The fields as they were sealed.

    Raises WorldError: GW-K310 for a version this gateway does not know, GW-K311 where key, row or bytes don't match.
    """
    version, nonce, body = sealed[:1], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    if version != _VERSION or len(nonce) < _NONCE:
        raise WorldError(
            "GW-K310",
            f"record {record} is sealed in a form unknown to this version: it cannot be read.",
            "run the gateway version that wrote it, or a later one.",
        )
    try:
        facts = _bound(_VERSION, region, scope, data_key.id, record)
        plain = data_key.secret.once(AESGCM).decrypt(nonce, body, facts)
    except InvalidTag as error:
        raise WorldError(
            "GW-K311",
            f"record {record} of region {region} does not open under its data key: it was altered, moved or cut short.",
            "compare the vault with its last copy; keep this one as evidence.",
        ) from error
    rows: list[tuple[int, str, Kind, str, list[Token], Shape, str | None]] = json.loads(plain)
    return tuple(
        SealedField(index, path, kind, text, tuple(names), shape, shown)
        for index, path, kind, text, names, shape, shown in rows
    )


def encrypt_field(field_key: Secret, *, version: str, scope: Scope, kind: Kind, text: str, nonce: bytes) -> str:
    """``x1.<mark>.<base64url>``. ``nonce``: 12 bytes, never twice under one field key."""
    plain = text.encode("utf-8", "surrogatepass")
    sealed = field_key.once(AESGCM).encrypt(nonce, plain, _bound(_MARK.encode(), version, scope, kind))
    return f"{_MARK}.{field_mark(field_key, version)}.{_armour(nonce + sealed)}"


def decrypt_field(field_key: Secret, *, version: str, scope: Scope, kind: Kind, text: str) -> str | None:
    """The original, or None for a text that this key did not make for this scope and kind."""
    if not ENCRYPTED.fullmatch(text):
        return None
    _, mark, armoured = text.split(".")
    if mark != field_mark(field_key, version) or len(armoured) % 4 == 1:
        return None
    sealed = urlsafe_b64decode(armoured + "=" * (-len(armoured) % 4))
    facts = _bound(_MARK.encode(), version, scope, kind)
    try:
        plain = field_key.once(AESGCM).decrypt(sealed[:_NONCE], sealed[_NONCE:], facts)
    except InvalidTag:
        return None
    return plain.decode("utf-8", "surrogatepass")


def field_mark(field_key: Secret, version: str) -> str:
    """Six characters that tell generations of a field key apart, and nobody else which one it is (LAW.md DEP-03)."""
    return _mark(field_key.expose(), version)


_JSON = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))
"""ASCII only: a lone surrogate of a JSON body survives as its escape."""


@lru_cache(maxsize=32)
def _mark(key: bytes, version: str) -> str:
    return _armour(digest(key, b"mark" + version.encode(), "sha256")[:4])


def _armour(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _bound(version: bytes, *facts: str) -> bytes:
    """Associated data: each fact with its length, so that no two lists of facts look alike."""
    return version + b"".join(b"%d:%b" % (len(part), part) for part in (fact.encode() for fact in facts))
