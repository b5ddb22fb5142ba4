"""The region's keys in one file, readable by its owner only: ``<region>.keys.json``.

::

    {"format": "pii-gateway region keys 1", "region": "ru", "current": "1",
     "versions": {"1": {"made_ms": 1790000000000, "master": "…", "index": "…", "field": "…", "pseudonym": "…"}}}

Every key is 32 random bytes in hex, independent of the others. ``master`` wraps the data keys, ``index`` blinds values,
``field`` seals encrypted fields (and the ledger's key is derived from it), ``pseudonym`` keys pseudonyms. Whoever has
this file and the data keys reads the vault: it belongs on the gateway's host, into a backup apart from the vault's, and
in the long run into a key management service.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from gateway.model.errors import WorldError
from gateway.model.names import Region
from gateway.model.secret import RegionKeys, Secret
from gateway.ports import Clock

FORMAT = "pii-gateway region keys 1"
_KEYS = ("master", "index", "field", "pseudonym")
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeySet:
    """Every generation of the region's keys, by version, with the master keys that data keys are wrapped by."""

    version: str
    generations: Mapping[str, RegionKeys]
    masters: Mapping[str, Secret]
    made_ms: Mapping[str, int]

    @property
    def region_keys(self) -> RegionKeys:
        """Those in force."""
        return self.generations[self.version]


class KeyFile:
    """One region's file in a directory of them."""

    def __init__(self, directory: Path, region: Region) -> None:
        self.path = directory / f"{region}.keys.json"
        self.region = region

    def exists(self) -> bool:
        return self.path.exists()

    def read(self) -> KeySet:
        """Raises WorldError: the file is missing, open to others, or not a key file of this region."""
        try:
            mode = self.path.stat().st_mode
            text = self.path.read_bytes()
        except OSError as error:
            raise self._unusable(type(error).__name__) from error
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise WorldError(
                "GW-K102",
                f"key file {str(self.path)!r} is open to others than its owner: region {self.region} stays closed.",
                f"chmod 600 {self.path}; if others have read it, make new keys.",
            )
        try:
            return _key_set(orjson.loads(text), self.region)
        except (orjson.JSONDecodeError, LookupError, TypeError, ValueError) as error:
            raise WorldError(
                "GW-K103",
                f"{str(self.path)!r} is no key file of region {self.region} ({type(error).__name__}): it stays closed.",
                "restore the file from its backup.",
            ) from error

    def make(self, clock: Clock) -> KeySet:
        """New keys in a new file, there as a whole or not at all. Raises WorldError GW-K107 if there is one already."""
        keys: dict[str, object] = {name: clock.random(_KEY_BYTES).hex() for name in _KEYS}
        keys["made_ms"] = clock.now_ms()
        facts = {"format": FORMAT, "region": self.region, "current": "1", "versions": {"1": keys}}
        draft = self.path.with_name(f".{self.path.name}.{clock.random(8).hex()}")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(draft, orjson.dumps(facts, option=orjson.OPT_INDENT_2) + b"\n")
            if not _linked(draft, self.path):
                raise WorldError(
                    "GW-K107",
                    f"key file {str(self.path)!r} exists: making it anew would close what it protects.",
                    "use it, or name another directory.",
                )
            _sync(self.path.parent)
        except OSError as error:
            raise self._unusable(type(error).__name__) from error
        return self.read()

    def _unusable(self, detail: str) -> WorldError:
        return WorldError(
            "GW-K104",
            f"key file {str(self.path)!r} can't be used ({detail}): region {self.region} can protect no data.",
            "check that the file is there and that it and its directory belong to the gateway's user.",
        )


def _key_set(facts: Mapping[str, object], region: Region) -> KeySet:
    if facts["format"] != FORMAT or facts["region"] != region:
        raise ValueError("format or region")
    versions, current = facts["versions"], facts["current"]
    if not isinstance(versions, dict) or not isinstance(current, str):
        raise TypeError("versions")
    keys = KeySet(
        current,
        {version: _generation(region, version, each) for version, each in versions.items()},
        {version: _secret(each["master"]) for version, each in versions.items()},
        {version: int(each["made_ms"]) for version, each in versions.items()},
    )
    _ = keys.region_keys  # those in force are among them
    return keys


def _generation(region: Region, version: str, keys: Mapping[str, str]) -> RegionKeys:
    index, field, pseudonym = (_secret(keys[name]) for name in ("index", "field", "pseudonym"))
    return RegionKeys(region, version, index, field, pseudonym)


def _secret(text: str) -> Secret:
    value = bytes.fromhex(text)
    if len(value) != _KEY_BYTES:
        raise ValueError("a key of another length")
    return Secret(value)


def _linked(draft: Path, path: Path) -> bool:
    """Give the draft its name, unless there is a file of that name."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def _write(path: Path, text: bytes) -> None:
    file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        os.write(file, text)
        os.fsync(file)
    finally:
        os.close(file)


def _sync(directory: Path) -> None:
    file = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
