"""The key set of a region: every key but root and data keys, in versions, as one sealed text in the key store.

The root wraps a *set key* of 32 bytes, made anew for every change; the set key seals the rest (AES-256-GCM). So an HSM
or a KMS sees 32 bytes a change, never a key that seals people's data. ::

    {"format": "pii-gateway key set 2", "region": "ru", "serial": 7, "root": "019a…", "wrapped": "…", "sealed": "…"}
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.model.names import Region
from gateway.model.secret import RegionKeys, Secret

FORMAT = "pii-gateway key set 2"
KEY_BYTES = 32
NONCE_BYTES = 12

LineName = Literal["index", "field", "pseudonym", "epoch"]
LINES: tuple[LineName, ...] = ("index", "field", "pseudonym", "epoch")
"""``index`` blinds values, ``field`` seals encrypted fields (the ledger's key is derived from it), ``pseudonym`` keys
pseudonyms, ``epoch`` wraps data keys."""


@dataclass(frozen=True, slots=True)
class KeyVersion:
    """One version of one key."""

    made_ms: int
    secret: Secret


@dataclass(frozen=True, slots=True)
class KeySet:
    """The versions of every line, named by whole numbers; the highest is in force."""

    region: Region
    serial: int
    lines: Mapping[LineName, Mapping[str, KeyVersion]]

    def in_force(self, line: LineName) -> str:
        return max(self.lines[line], key=int)

    def newest(self, line: LineName) -> KeyVersion:
        return self.lines[line][self.in_force(line)]

    def grown(self, line: LineName, version: KeyVersion) -> KeySet:
        """With one more version, which is in force."""
        name = str(int(self.in_force(line)) + 1 if self.lines[line] else 1)
        return self._with(line, {**self.lines[line], name: version})

    def without(self, line: LineName, gone: Collection[str]) -> KeySet:
        return self._with(line, {name: one for name, one in self.lines[line].items() if name not in gone})

    def again(self) -> KeySet:
        """The same keys, to be wrapped anew."""
        return replace(self, serial=self.serial + 1)

    def _with(self, line: LineName, versions: Mapping[str, KeyVersion]) -> KeySet:
        return replace(self, serial=self.serial + 1, lines={**self.lines, line: MappingProxyType(versions)})

    # ------------------------------------------------------------------------------------------- as the core has them

    @property
    def region_keys(self) -> RegionKeys:
        """Those in force."""
        return self._of_field(self.in_force("field"))

    @property
    def generations(self) -> tuple[RegionKeys, ...]:
        """As they were under each field key, oldest first: ledger blocks name the field key of their time."""
        return tuple(self._of_field(version) for version in sorted(self.lines["field"], key=int))

    def _of_field(self, version: str) -> RegionKeys:
        fields = sorted(self.lines["field"].items(), key=lambda one: int(one[0]), reverse=True)
        first, *later = (self.lines["index"][name].secret for name in sorted(self.lines["index"], key=int))
        return RegionKeys(
            self.region,
            version,
            index=first,
            field=self.lines["field"][version].secret,
            pseudonym=self.newest("pseudonym").secret,
            older_fields=tuple((name, one.secret) for name, one in fields if int(name) < int(version)),
            nested=tuple(later),
        )


def new_key_set(region: Region, made_ms: int, secrets: Mapping[LineName, bytes]) -> KeySet:
    return KeySet(
        region, 1, {line: MappingProxyType({"1": KeyVersion(made_ms, Secret(secrets[line]))}) for line in LINES}
    )


# ------------------------------------------------------------------------------------------------------------- sealed


@dataclass(frozen=True, slots=True)
class Envelope:
    """A key set as the store has it. ``root``: which generation of the root wraps the set key."""

    region: Region
    serial: int
    root: str
    wrapped: bytes
    sealed: bytes

    def encoded(self) -> bytes:
        facts = {"format": FORMAT, "region": self.region, "serial": self.serial, "root": self.root}
        return json.dumps({**facts, "wrapped": self.wrapped.hex(), "sealed": self.sealed.hex()}).encode()

    def opened(self, set_key: bytes) -> KeySet:
        """ValueError for a text that this set key did not seal for this place."""
        try:
            facts = _bound(self.region, self.serial, self.root)
            plain = AESGCM(set_key).decrypt(self.sealed[:NONCE_BYTES], self.sealed[NONCE_BYTES:], facts)
        except InvalidTag:
            raise ValueError("sealed") from None
        lines: Mapping[LineName, Mapping[str, tuple[int, str]]] = json.loads(plain)
        return KeySet(self.region, self.serial, {line: _line(lines[line]) for line in LINES})


def decoded(body: bytes, region: Region) -> Envelope:
    """ValueError, KeyError or TypeError for what is no key set of this region."""
    facts = json.loads(body)
    if facts["format"] != FORMAT or facts["region"] != region:
        raise ValueError("format or region")
    wrapped, sealed = bytes.fromhex(facts["wrapped"]), bytes.fromhex(facts["sealed"])
    return Envelope(region, int(facts["serial"]), str(facts["root"]), wrapped, sealed)


def sealed(keys: KeySet, root: str, wrapped: bytes, set_key: bytes, nonce: bytes) -> Envelope:
    lines = {
        line: {name: (one.made_ms, one.secret.expose().hex()) for name, one in versions.items()}
        for line, versions in keys.lines.items()
    }
    text = AESGCM(set_key).encrypt(nonce, json.dumps(lines).encode(), _bound(keys.region, keys.serial, root))
    return Envelope(keys.region, keys.serial, root, wrapped, nonce + text)


def bound_to(region: Region) -> bytes:
    """What the root binds a set key to."""
    return f"{FORMAT}|{region}".encode()


def _bound(region: Region, serial: int, root: str) -> bytes:
    return f"{FORMAT}|{region}|{serial}|{root}".encode()


def _line(versions: Mapping[str, tuple[int, str]]) -> Mapping[str, KeyVersion]:
    return MappingProxyType(
        {name: KeyVersion(made_ms, Secret(bytes.fromhex(text))) for name, (made_ms, text) in versions.items()}
    )
