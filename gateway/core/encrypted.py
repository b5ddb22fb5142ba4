"""Encrypted fields: one text that goes abroad in place of a value, with whose it is sealed inside.

No store knows such a text, so what has to be known when it comes back (kind, person) travels in the ciphertext.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256

from gateway.core.seal import ENCRYPTED_MARK, decrypt_field, encrypt_field
from gateway.model.names import Kind, Scope, SubjectId, Token
from gateway.model.secret import RegionKeys

_FIELD = Kind("encrypted")


@dataclass(frozen=True, slots=True, repr=False)
class EncryptedField:
    """The original; ``subject`` is empty where nobody's record was written for it."""

    kind: Kind
    subject: SubjectId
    text: str

    def __repr__(self) -> str:
        return f"EncryptedField({self.kind})"


def encrypted(field: EncryptedField, keys: RegionKeys, scope: Scope, nonce: bytes) -> str:
    """The text that goes abroad. ``nonce``: 12 bytes, never twice under one region's field key."""
    plain = json.dumps([field.kind, field.subject, field.text], ensure_ascii=True, separators=(",", ":"))
    return encrypt_field(keys.field, version=keys.version, scope=scope, kind=_FIELD, text=plain, nonce=nonce)


def decrypted(text: str, keys: RegionKeys, scope: Scope) -> EncryptedField | None:
    """The original, or None for a text that these keys did not make for this scope."""
    for version, key in ((keys.version, keys.field), *keys.older_fields):
        plain = decrypt_field(key, version=version, scope=scope, kind=_FIELD, text=text)
        if plain is not None:
            kind, subject, original = json.loads(plain)
            return EncryptedField(Kind(kind), SubjectId(subject), original)
    return None


def shown_as(token: Token) -> Token:
    """What the store remembers a token by that a session was shown: an encrypted field, however long, by its digest."""
    return Token(f"x1:{sha256(token.encode()).hexdigest()}") if token.startswith(ENCRYPTED_MARK) else token
