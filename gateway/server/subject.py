"""The name of a client certificate, as a text that rules can be compared with. Source: RFC 4514, 2.

Only what the TLS handshake has verified is named; a header that claims a certificate is a header like any other.
"""

from __future__ import annotations

import re

_SHORT = {
    "commonName": "CN",
    "countryName": "C",
    "domainComponent": "DC",
    "localityName": "L",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "stateOrProvinceName": "ST",
    "streetAddress": "STREET",
    "userId": "UID",
}
"""OpenSSL's names of the attributes for which RFC 4514, 3 has short ones; the others keep OpenSSL's."""

_SPECIAL = re.compile(r'[",+;<>\\]|^[ #]| \Z')


def subject_of(peercert: object) -> str | None:
    """``CN=crm-admin,O=Example`` of what ``getpeercert()`` said: the last part first.

    None without a verified certificate, and for one that names nobody.
    """
    if not isinstance(peercert, dict):
        return None
    parts = peercert.get("subject", ())
    return ",".join("+".join(_pair(*pair) for pair in part) for part in reversed(parts)) or None


def _pair(name: str, value: str) -> str:
    escaped = _SPECIAL.sub(r"\\\g<0>", value).replace("\0", "\\00")
    return f"{_SHORT.get(name, name)}={escaped}"
