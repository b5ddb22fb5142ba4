"""AWS Signature Version 4 over the headers of a request: checked as it came, and made anew over what goes out.

A signature names its own time, scope and headers; the secret is all that the rules add. Of S3 the path is signed as it
is sent, of all other services encoded once more. Bodies that are signed chunk by chunk and signed URLs are not known
here. Source: AWS, "Create a signed AWS API request"; its published examples are the tests.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from gateway.model.message import Request
from gateway.model.secret import Secret

ALGORITHM = "aws4"
DATE, DIGEST = "x-amz-date", "x-amz-content-sha256"
_UNSIGNED = "UNSIGNED-PAYLOAD"
_CREDENTIAL = re.compile(
    r"AWS4-HMAC-SHA256 +Credential=(?P<key>[\w./+=@-]{1,128})/(?P<day>\d{8})/(?P<region>[\w-]+)/(?P<service>[\w-]+)"
    r"/aws4_request, *SignedHeaders=(?P<headers>[a-z0-9;_-]+), *Signature=(?P<signature>[0-9a-f]{64})",
    re.ASCII,
)
_TIME = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the Authorization header says, and when the request was signed (``20150830T123600Z``)."""

    key: str
    day: str
    region: str
    service: str
    headers: tuple[str, ...]
    signature: str
    at: str

    @property
    def scope(self) -> str:
        return f"{self.day}/{self.region}/{self.service}/aws4_request"


def is_good(request: Request, secrets: Iterable[Secret], now_s: int, tolerance_s: int) -> bool:
    """True if one of the secrets signed host and body, and not too long ago."""
    told = _told(request)
    if told is None or "host" not in told.headers or abs(now_s - _seconds(told.at)) > tolerance_s:
        return False
    digest = _values(request, DIGEST)
    if digest and digest != [hashlib.sha256(request.body).hexdigest()] and digest != [_UNSIGNED]:
        return False
    matches = [hmac.compare_digest(told.signature, _signature(request, told, secret)) for secret in secrets]
    return any(matches)


def signed_anew(outward: Request, incoming: Request, secret: Secret) -> Request:
    """The outgoing request under the time, scope and headers of the incoming one, which has a good signature."""
    told = _told(incoming)
    if told is None:
        return outward
    kept = outward
    for name in (DATE, DIGEST):
        kept = _with(kept, name, incoming.header(name))
    if _HASH.fullmatch(kept.header(DIGEST) or ""):
        kept = _with(kept, DIGEST, hashlib.sha256(kept.body).hexdigest())
    told = replace(told, headers=tuple(name for name in told.headers if _values(kept, name)))
    signature = _signature(kept, told, secret)
    written = f"Credential={told.key}/{told.scope}, SignedHeaders={';'.join(told.headers)}, Signature={signature}"
    return _with(kept, "authorization", f"AWS4-HMAC-SHA256 {written}")


def covered(request: Request) -> tuple[object, ...]:
    """All that a signature covers: while it is the same, the sender's own is right."""
    told = _told(request)
    return () if told is None else (_canonical(request, told), request.body)


def _told(request: Request) -> _Told | None:
    credentials, times = _values(request, "authorization"), _values(request, DATE)
    if len(credentials) != 1 or len(times) != 1 or not _TIME.fullmatch(times[0]):
        return None
    match = _CREDENTIAL.fullmatch(credentials[0].strip())
    if match is None or not times[0].startswith(match["day"]):
        return None
    headers = tuple(sorted(set(match["headers"].split(";"))))
    return _Told(match["key"], match["day"], match["region"], match["service"], headers, match["signature"], times[0])


def _signature(request: Request, told: _Told, secret: Secret) -> str:
    key = b"AWS4" + secret.expose()
    for step in (told.day, told.region, told.service, "aws4_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    canonical = hashlib.sha256(_canonical(request, told)).hexdigest()
    return hmac.digest(key, f"AWS4-HMAC-SHA256\n{told.at}\n{told.scope}\n{canonical}".encode(), "sha256").hex()


def _canonical(request: Request, told: _Told) -> bytes:
    path, _, query = request.target.partition("?")
    path = path if told.service == "s3" else quote(path, safe="/-_.~")
    lines = [f"{name}:{','.join(' '.join(value.split()) for value in _values(request, name))}" for name in told.headers]
    digest = _values(request, DIGEST) or [hashlib.sha256(request.body).hexdigest()]
    told_of = (request.method, path or "/", _query(query), *lines, "", ";".join(told.headers), digest[0])
    return "\n".join(told_of).encode("utf-8", "surrogateescape")


def _query(query: str) -> str:
    """The pairs, each coded in one way, in their order."""
    pairs = (pair.partition("=")[::2] for pair in query.split("&") if pair)
    coded = sorted((_coded(name), _coded(value)) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in coded)


def _coded(text: str) -> str:
    return quote(unquote(text, errors="surrogateescape"), safe="-_.~", errors="surrogateescape")


def _values(request: Request, name: str) -> list[str]:
    return [value for own, value in request.headers if own.lower() == name]


def _seconds(time: str) -> int:
    try:
        return int(datetime.strptime(time, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return 0


def _with(request: Request, name: str, value: str | None) -> Request:
    """The request with one header of this name; unchanged without a value."""
    if value is None:
        return request
    rest = tuple(pair for pair in request.headers if pair[0].lower() != name)
    return replace(request, headers=(*rest, (name, value)))
