"""How each technique makes a text coarse; None for a text that it can't read."""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from gateway.core.blind import fold
from gateway.core.naming import email
from gateway.core.naming.calendar import age_on
from gateway.core.naming.codes import is_age, is_point
from gateway.core.naming.dates import read_date

_PORT = re.compile(r"(?P<four>[0-9.]+):[0-9]+|\[(?P<six>[^\]]+)\](?::[0-9]+)?")
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?")
_DECIMAL = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_TOP_AGE = 90
_COORDINATES_LONGEST = 80


def ip(text: str, lengths: tuple[int, int], _day: date) -> str | None:
    """``203.0.113.7`` → ``203.0.113.0``; port, brackets and zone fall away, a mapped IPv4 address counts as one."""
    match = _PORT.fullmatch(text)
    bare = (match["four"] or match["six"]) if match else text
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return _network(address, lengths)


def calendar_date(text: str, detail: int, _day: date) -> str | None:
    """``1990s``, ``1990`` or ``1990-05``."""
    written = read_date(text)
    if written is None:
        return None
    day = written.day
    return (f"{day.year // 10 * 10}s", f"{day.year:04d}", f"{day.year:04d}-{day.month:02d}")[detail]


def age_band(text: str, width: int, day: date) -> str | None:
    """``30-39`` of an age or a birth date; everybody from 90 on is ``90+``."""
    if is_age(text):
        age = int(text)
    elif (written := read_date(text)) is not None:
        age = max(age_on(day, written.day), 0)
    else:
        return None
    low = age // width * width
    return f"{_TOP_AGE}+" if age >= _TOP_AGE else f"{low}-{min(low + width, _TOP_AGE) - 1}"


def bucket(text: str, width: int, _day: date) -> str | None:
    """The lower bound of the bucket, so that a number stays a number: ``137`` in hundreds → ``100``."""
    if not _NUMBER.fullmatch(text):
        return None
    return str(int(Decimal(text) // width - (Decimal(text) % width < 0)) * width)


def coordinates(text: str, decimals: int, _day: date) -> str | None:
    """Each number rounded: ``55.7558, 37.6173`` → ``55.8, 37.6``."""
    if len(text) > _COORDINATES_LONGEST or not is_point(text):
        return None
    return _DECIMAL.sub(lambda match: _rounded(match[0], decimals), text)


def prefix(text: str, length: int, _day: date) -> str | None:
    """The first letters and digits, never more than half of them."""
    letters = [char for char in fold(text) if char.isalnum()]
    return "".join(letters[: min(length, len(letters) // 2)])


def mail_domain(text: str, _detail: int, _day: date) -> str | None:
    return text.rpartition("@")[2].lower() if email.valid(text) else None


def address(text: str, detail: int, _day: date) -> str | None:
    """The host, or scheme, host and path: no user, no port, no query, no fragment."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    if not host:
        return None
    return f"{parts.scheme or 'https'}://{host}{parts.path}" if detail else host


def _network(address: IPv4Address | IPv6Address, lengths: tuple[int, int]) -> str:
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    length = lengths[0] if isinstance(address, IPv4Address) else lengths[1]
    return str(ip_network((address, length), strict=False).network_address)


def _rounded(number: str, decimals: int) -> str:
    comma = "," in number
    rounded = str(Decimal(number.replace(",", ".")).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN))
    return rounded.replace(".", ",") if comma else rounded
