"""What a backup says of itself: what it is of, which files belong to it, and a MAC that only the region's keys make."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from gateway.model.chain import LedgerKey
from gateway.model.names import Region
from gateway.model.secret import RegionKeys, Secret

FORMAT = "pii-gateway backup 1"

Part = Literal["vault", "keys"]
Engine = Literal["sqlite", "postgresql"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One file. ``columns``: of the table whose rows it holds; none where it is a whole database."""

    name: str
    bytes: int
    sha256: str
    rows: int = 0
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """What the store said of itself in the moment that was copied. ``head``: the ledger's newest block, as text."""

    layout: int
    meta: Mapping[str, str]
    counts: Mapping[str, int]
    head: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """``name`` is the same for vault and keys of one backup. ``at_ms``: the moment that was copied.

    ``key`` names the version of the field key that ``mac`` is made under.
    """

    name: str
    part: Part
    engine: Engine
    region: Region
    at_ms: int
    contents: Contents
    pieces: tuple[Piece, ...] = field(default_factory=tuple)
    key: str = ""
    mac: str = ""

    def encoded(self) -> str:
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    def signed(self, key: LedgerKey) -> Manifest:
        named = replace(self, key=key.version, mac="")
        return replace(named, mac=_mac(key.secret, named))

    def is_signed(self, keys: Mapping[str, Secret]) -> bool:
        """Whether these keys, by version, made the MAC over what the manifest says now."""
        secret = keys.get(self.key)
        return secret is not None and hmac.compare_digest(_mac(secret, replace(self, mac="")), self.mac)


def decoded(text: str) -> Manifest:
    """ValueError, KeyError, TypeError or AttributeError for what is no manifest."""
    facts = json.loads(text)
    if facts.pop("format") != FORMAT:
        raise ValueError("format")
    facts["contents"] = Contents(**facts["contents"])
    facts["pieces"] = tuple(Piece(**{**one, "columns": tuple(one["columns"])}) for one in facts["pieces"])
    return Manifest(**facts)


def backup_key(keys: RegionKeys) -> LedgerKey:
    """Derived from the key that seals encrypted fields, as the ledger's is: its generations are kept long enough."""
    return LedgerKey(keys.version, Secret(hmac.digest(keys.field.expose(), b"\x01pii-gateway/backup/1\x00", "sha256")))


def _mac(secret: Secret, manifest: Manifest) -> str:
    return hmac.digest(secret.expose(), manifest.encoded().encode(), "sha256").hex()
