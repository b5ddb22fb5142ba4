"""What a device tells of itself: addresses, identifiers, browser, position."""

from __future__ import annotations

from ipaddress import IPv6Address

from gateway.core.detect import checksums
from gateway.core.detect.detector import Detector, by_digits
from gateway.model.names import Kind

_IP = Kind("ip")
_VERSION = (
    r"v\.?$|v[ .:]$|верси|version|release|build|firmware|прошивк|[a-z]+/$|п\.$|пункт|раздел|section|chapter|"
    r"окпд|оквэд|okpd|okved"
)


def _host(text: str) -> bool:
    """True unless nobody's address: this network, broadcast, or a number with leading zeros."""
    octets = text.split(".")
    plain = all(octet == "0" or not octet.startswith("0") for octet in octets)
    return plain and octets[0] != "0" and octets != ["255"] * 4


def _is_ipv6(text: str) -> bool:
    """True for an address with a digit in it and more than a loopback's length; ``std::``, times and MACs are none."""
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return len(text) > len("::1") and any(char.isdigit() for char in text)


def _mixed(text: str) -> bool:
    return any(char.isdigit() for char in text) and any(char.isalpha() for char in text)


def _on_earth(text: str) -> bool:
    latitude, longitude = (float(part) for part in text.replace(";", ",").replace(" ", ",").split(",") if part)
    return abs(latitude) <= 90 and abs(longitude) <= 180


DETECTORS: tuple[Detector, ...] = (
    Detector(
        name="ip.v4",
        kind=_IP,
        pattern=r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|\d?\d)",
        score=0.0,
        confirmed=0.7,
        confirm=_host,
        unless=_VERSION,
        yes=("192.0.2.17", "client 198.51.100.4 connected", "ip=203.0.113.9"),
        no=("256.1.1.1", "version 1.2.3.4", "Chrome/120.0.0.0", "1.2.3.4.5", "0.0.0.1", "ОКПД2 62.22.67.157"),
        source="RFC 791",
    ),
    Detector(
        name="ip.v6",
        kind=_IP,
        pattern=r"(?:[0-9a-f]{1,4}:|:){2,7}(?:[0-9a-f]{1,4}|:)?",
        gate=r"[0-9a-f]{0,4}:[0-9a-f]{0,4}:",
        score=0.0,
        confirmed=0.8,
        confirm=_is_ipv6,
        yes=("2001:db8::1", "from [2001:db8:0:1:1:1:1:1]:443", "fe80::a1b2:c3d4"),
        no=("12:30:45", "std::vector", "::1", "00:11:22:33:44:55"),
        source="RFC 4291",
    ),
    Detector(
        name="mac",
        kind=Kind("mac"),
        pattern=r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|(?:[0-9a-f]{2}-){5}[0-9a-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}",
        score=0.8,
        yes=("00:1A:2B:3C:4D:5E", "00-1a-2b-3c-4d-5e", "001a.2b3c.4d5e"),
        no=("00:1A:2B:3C:4D", "g0:1A:2B:3C:4D:5E"),
        source="IEEE 802, EUI-48",
    ),
    Detector(
        name="mac.bare",
        kind=Kind("mac"),
        pattern=r"[0-9a-f]{12}",
        gate=r"(?:^|[^a-z])(?:mac|мак)(?:[^a-zа-я]|адрес)",
        score=0.0,
        confirmed=0.2,
        confirm=_mixed,
        near="mac(?![a-z])|мак(?![а-я])|мак-?адрес",
        yes=("MAC 001a2b3c4d5e", "mac-адрес: 001A2B3C4D5E"),
        no=("001a2b3c4d5e", "MAC 001122334455", "macro 001a2b3c4d5e"),
        source="IEEE 802, EUI-48 without separators",
    ),
    Detector(
        name="device.imei",
        kind=Kind("device_id"),
        pattern=r"\d{2}[ \-]?\d{6}[ \-]?\d{6}[ \-]?\d",
        score=0.1,
        confirmed=0.3,
        confirm=by_digits(checksums.luhn),
        near="imei|имей|meid",
        yes=("IMEI 490154203237518", "imei: 49-015420-323751-8"),
        no=("490154203237518", "imei 1234"),
        source="3GPP TS 23.003",
    ),
    Detector(
        name="device.advertising_id",
        kind=Kind("device_id"),
        pattern=r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
        score=0.1,
        near="idfa|idfv|gaid|aaid|advertising|device|устройств|visitor|anonymous|android",
        yes=("device 6d92078a-8246-4ba4-ae5b-76104861e7dc", "IDFA: 6D92078A-8246-4BA4-AE5B-76104861E7DC"),
        no=("6d92078a-8246-4ba4-ae5b-76104861e7dc", "order 6d92078a-8246-4ba4-ae5b-76104861e7dc"),
        source="RFC 9562; platform advertising identifiers",
    ),
    Detector(
        name="cookie.session",
        kind=Kind("cookie_id"),
        gate=r"(?:sid|sess|session|sessionid|session_id|csrftoken|_ga|_uid|_fbp) ?[=:]",
        pattern=(
            r"(?:[a-z_.\-]{0,16}sid|sess|[a-z_.\-]{0,16}session(?:_?id)?|csrftoken|_ga|_ym_uid|_fbp)"
            r" ?[=:] ?\"?([a-z0-9._%+/\-]{12,200})"
        ),
        score=0.0,
        confirmed=0.8,
        yes=("Cookie: PHPSESSID=abcdef0123456789", "_ga=GA1.2.1111111111.2222222222", "sid=9b24f68c7d949017"),
        no=("PHPSESSID=", "sessionid пуст", "session: understanding"),
        confirm=_mixed,
        source="RFC 6265; the usual names of session and analytics cookies",
    ),
    Detector(
        name="cookie.client_id",
        kind=Kind("cookie_id"),
        pattern=r"ga1\.\d\.\d{6,10}\.\d{10}|gs1\.\d\.\d{10}\.[\d.]{8,60}|fb\.\d\.1\d{12}\.\d{6,20}",
        gate=r"(?:g[as]1|fb)\.\d\.\d",
        score=0.85,
        yes=("GA1.2.1111111111.2222222222", "_fbp is fb.1.1700000000000.1234567890"),
        no=("GA1.2.11.22", "fb.1.2.3"),
        source="Google Analytics and Meta Pixel: layout of the _ga, _ga_* and _fbp cookies",
    ),
    Detector(
        name="user_agent",
        kind=Kind("user_agent"),
        pattern=r"mozilla/[1-9]\.\d \([^()\x00]{3,200}\)(?: [a-z]{3,20}/[\d.]{1,20}(?: \([^()\x00]{1,60}\))?){0,8}",
        gate=r"mozilla/[1-9]\.\d \(",
        score=0.9,
        loose=True,
        yes=("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",),
        no=("mozilla foundation", "curl/8.0"),
        source="RFC 9110, section 10.1.5",
    ),
    Detector(
        name="geo.degrees",
        kind=Kind("geo.point"),
        pattern=(
            r"\d{1,2}° ?\d{1,2}['′’] ?(?:\d{1,2}(?:[.,]\d{1,6})?[\"″”]? ?)?[nsсю][,; ]{0,3}"
            r"\d{1,3}° ?\d{1,2}['′’] ?(?:\d{1,2}(?:[.,]\d{1,6})?[\"″”]? ?)?[ewвз]"
        ),
        gate=r"\d° ?\d",
        score=0.75,
        loose=True,
        yes=("55°45′20.9916″N 37°37′3.6228″E", "я тут: 55° 45' 20\" с 37° 37' 3\" в"),
        no=("20° 5' тепла", "угол 45° 30'"),
        source="ISO 6709, degrees, minutes and seconds",
    ),
    Detector(
        name="geo.named",
        kind=Kind("geo.point"),
        pattern=(
            r"(?:широт[аы]|latitude|lat)[ :=\-]{1,3}[+\-]?\d{1,2}[.,]\d{3,12}[,; ]{1,3}"
            r"(?:долгот[аы]|longitude|long|lon|lng)[ :=\-]{1,3}[+\-]?\d{1,3}[.,]\d{3,12}"
        ),
        gate=r"(?:широт[аы]|lat(?:itude)?)[ :=\-]{1,3}[+\-]?\d",
        score=0.8,
        yes=("широта 55.7558, долгота 37.6173", "lat=55.75580 lon=37.61730"),
        no=("широта 55, долгота 37", "lat 55.7558"),
        source="ISO 6709, decimal degrees, each with its name",
    ),
    Detector(
        name="geo.point",
        kind=Kind("geo.point"),
        pattern=r"[+\-]?\d{1,2}\.\d{3,12}[,; ]{1,3}[+\-]?\d{1,3}\.\d{3,12}",
        score=0.0,
        confirmed=0.6,
        confirm=_on_earth,
        yes=("55.75580, 37.61730", "at -33.8568;151.2153"),
        no=("95.12345, 37.12345", "55.75, 37.61"),
        source="ISO 6709, decimal degrees; three decimals are about a hundred metres",
    ),
)
