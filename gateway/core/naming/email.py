"""An opaque name as a mailbox of the operator's own domain; 254 characters at most, as every validator allows."""

from __future__ import annotations

import re

from gateway.core.blind import fold
from gateway.core.naming import opaque
from gateway.model.kept import FieldRef
from gateway.model.names import Token

_LONGEST = 254
_ADDRESS = re.compile(
    r"[^\s@<>,;:\"()\\\[\]]{1,64}@[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)*\.[^\W\d_](?:[\w-]*[^\W_])?"
)


def token(ref: FieldRef, domain: str) -> Token:
    return Token(f"{opaque.token(ref)}@{domain.lower()}")


def ref_of(text: str) -> FieldRef | None:
    """What a canonical text names. The domain is not judged: whoever asks knows which domains are ours."""
    return opaque.ref_of(text.partition("@")[0])


def valid(text: str) -> bool:
    """True if a back end that checks addresses would take it: local part, @, domain with a dot. Source: RFC 5321."""
    address = fold(text).strip()
    return len(address) <= _LONGEST and ".." not in address and _ADDRESS.fullmatch(address) is not None
