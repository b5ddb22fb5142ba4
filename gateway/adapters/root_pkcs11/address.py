"""A PKCS#11 URI (RFC 7512), as far as an address of ours may go:
``pkcs11:token=home;object=pii-ru?module-path=/usr/lib/…so&pin-source=file:/…``.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from gateway.model.errors import RulesError
from gateway.model.names import Region

_PATH = {"token", "serial", "object"}
_QUERY = {"module-path", "pin-source"}


@dataclass(frozen=True, slots=True)
class Uri:
    """What an address of ours says: which token, which label, which library, where the PIN is."""

    token: str
    serial: str
    label: str
    module: str
    pin_source: str

    @property
    def told(self) -> str:
        """The token, for people."""
        return self.token or self.serial


def parsed(address: str, region: Region) -> Uri:
    """Raises RulesError GW-K113. A PIN in the address is refused: addresses are printed, PINs are not."""
    path, _, query = address.removeprefix("pkcs11:").partition("?")
    facts = {**_attributes(path, ";", _PATH, region), **_attributes(query, "&", _QUERY, region)}
    if "object" not in facts or "module-path" not in facts or not (facts.keys() & {"token", "serial"}):
        raise _wrong(region, "it names no object, no token or no module-path")
    source = facts.get("pin-source", "")
    if source.partition(":")[0] not in ("file", "env"):
        raise _wrong(region, "pin-source is neither file:PATH nor env:NAME")
    return Uri(facts.get("token", ""), facts.get("serial", ""), facts["object"], facts["module-path"], source)


def _attributes(text: str, separator: str, known: set[str], region: Region) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(separator) if part]
    if unknown := sorted({name for name, _, _ in pairs} - known):
        raise _wrong(region, f"{unknown[0]!r} is not known here (known: {', '.join(sorted(known))})")
    return {name: unquote(value) for name, _, value in pairs}


def _wrong(region: Region, what: str) -> RulesError:
    return RulesError(
        "GW-K113",
        f"the key address of region {region} can't be used: {what}.",
        'write key: "pkcs11:token=…;object=…?module-path=…&pin-source=file:/…"',
    )
