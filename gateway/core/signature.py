"""Signed requests: an HMAC over the body is checked as it came, and made anew over what goes out.

A route's rule says what is signed and how it is written. Signatures that no rule speaks of can only stay right as long
as nothing that they cover changes.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from gateway.core import aws4
from gateway.core.reading import Reading
from gateway.model.decision import Refusal
from gateway.model.document import Document
from gateway.model.message import Request
from gateway.model.names import Path
from gateway.model.protection import Plan
from gateway.model.rules import SignatureSpec
from gateway.model.secret import Secret

BAD = Refusal(
    401,
    "GW-X450",
    "The request's signature is missing, too old or wrong: nothing was recorded or forwarded. Mend: sign the exact "
    "body with the key of this route.",
)
UNCOVERED = Refusal(
    403,
    "GW-X451",
    "The request is signed, and holds what may not leave as it is: changed, its signature would be wrong. Nothing was "
    "recorded or forwarded. Mend: describe it by signature: on the route (an HMAC), or have the sender not sign it.",
)

UNCHECKABLE = Refusal(
    403,
    "GW-X452",
    "The request is signed chunk by chunk, or by its URL, which can be neither checked nor made anew here: nothing was "
    "recorded or forwarded. Mend: sign the whole body by an Authorization header (x-amz-content-sha256 is its digest).",
)

_SIGNED = ("signature", "hmac", "x-amz-content-sha256")
_CREDENTIAL = re.compile(r"\s*(?:AWS4-|Signature\b|HMAC|Digest\s|OAuth\s|SharedKey|GOOG4-)", re.IGNORECASE)
_IN_QUERY = re.compile(r"(?:^|&)(?:[\w-]*signature|sig|hmac)=", re.IGNORECASE)
_IN_URL = re.compile(r"(?:^|&)x-amz-(?:signature|algorithm|credential)=", re.IGNORECASE)
_WORDS = re.compile(r"[\w-]+")
_IN_FORM = re.compile(r"([\w\-]+)=\{(timestamp|signature)\}")
_MOST_SIGNATURES = 8
"""While a secret is being replaced there are two; who sends a thousand wants them compared."""

_MILLISECONDS = 10**11
_COVERED = frozenset(("body", "query", "path"))


def is_good(request: Request, spec: SignatureSpec, secrets: Iterable[Secret], now_s: int) -> bool:
    """True if one of the secrets signed the request, and not too long ago. Every comparison takes constant time."""
    if spec.algorithm == aws4.ALGORITHM:
        return aws4.is_good(request, secrets, now_s, spec.tolerance_s)
    told = _told(request, spec)
    if told is None or not _is_fresh(told.at, spec, now_s):
        return False
    right = [_signature(request, spec, secret, told.at).encode() for secret in secrets]
    matches = [hmac.compare_digest(given, one) for given in told.signatures for one in right]
    return any(matches)


def less_its_headers(reading: Reading, spec: SignatureSpec | None) -> Reading:
    """The reading of a request whose signature is good: that and its timestamp are what they seem, nobody's data."""
    if spec is None:
        return reading
    also = (aws4.DATE, aws4.DIGEST) if spec.algorithm == aws4.ALGORITHM else ()
    own = {("headers", name) for name in (spec.header, spec.timestamp, *also)}
    return replace(reading, findings=tuple(finding for finding in reading.findings if finding.path not in own))


def signed_anew(outward: Request, incoming: Request, spec: SignatureSpec, incoming_key: Secret) -> Request:
    """The outgoing request with a signature over what it is now; the sender's own where nothing signed has changed.

    ``incoming`` has a good one. Of a header of several values only the time and one signature go out.
    """
    if spec.algorithm == aws4.ALGORITHM:
        anew = aws4.signed_anew(outward, incoming, incoming_key)
        same = not spec.outgoing and aws4.covered(anew) == aws4.covered(incoming)
        return _with(anew, spec.header, incoming.header(spec.header)) if same else anew
    told = _told(incoming, spec) or _Told("", ())
    kept = _with(outward, spec.timestamp, incoming.header(spec.timestamp) if spec.timestamp else None)
    if not spec.outgoing and _text(kept, spec, told.at) == _text(incoming, spec, told.at):
        return _with(kept, spec.header, incoming.header(spec.header))
    made = _signature(kept, spec, incoming_key, told.at)
    written = spec.form.replace("{timestamp}", told.at).replace("{signature}", made) if spec.form else made
    return _with(kept, spec.header, written)


def breaks_signature(request: Request, document: Document, plan: Plan) -> bool:
    """True if the request is signed in a way that covers what the plan changes of it."""
    if not plan.steps or not (is_signed(request) or _is_signed_form(request, document)):
        return False
    named = _words_of_signatures(request)
    return any(_is_covered(document.leaves[step.leaf].path, named) for step in plan.steps)


def _is_covered(path: Path, named: frozenset[str]) -> bool:
    """True for what signatures cover; of headers those that one of them names, and the signatures themselves."""
    if path[0] in _COVERED:
        return True
    name = "cookie" if path[0] == "cookies" else str(path[1])
    return name in named or _names_signature(name)


def _words_of_signatures(request: Request) -> frozenset[str]:
    """All words of the texts that hold signatures: among them the names of the headers that they cover."""
    texts = [value for name, value in request.headers if name.lower() == "authorization" or _names_signature(name)]
    return frozenset(_WORDS.findall(" ".join([*texts, _query_of(request)]).lower()))


def is_signed(request: Request) -> bool:
    """True if it seems to carry a signature over more than a header."""
    return (
        _names_signature("\n".join([name for name, _ in request.headers]))
        or any(name.lower() == "authorization" and _CREDENTIAL.match(value) for name, value in request.headers)
        or ("?" in request.target and _IN_QUERY.search(_query_of(request)) is not None)
    )


def _is_signed_form(request: Request, document: Document) -> bool:
    """True for a form with a policy and a signature over it, as browsers send to object stores."""
    if not (request.header("content-type") or "").lower().startswith("multipart/form-data"):
        return False
    names = {str(leaf.path[1]).lower() for leaf in document.leaves if leaf.path[0] == "body" and len(leaf.path) > 1}
    return "policy" in names and any(_names_signature(name) for name in names)


def _query_of(request: Request) -> str:
    query = request.target.partition("?")[2]
    return unquote(query, errors="surrogateescape") if "%" in query else query


def misses_change(request: Request, sent: Request) -> bool:
    """True if the request is signed in a way that covers what has been changed of it."""
    if not is_signed(request):
        return False
    named = _words_of_signatures(request)
    changed = {name.lower() for name, _ in set(request.headers) ^ set(sent.headers)}
    return (sent.body, sent.target) != (request.body, request.target) or any(
        _is_covered(("headers", name), named) for name in changed
    )


def is_uncheckable(request: Request, spec: SignatureSpec | None) -> bool:
    """True where a signature stands in chunks of the body, or in the URL where one over all of it is asked for.

    Chunks are framing of their own, across which nobody looks.
    """
    told = request.header(aws4.DIGEST)
    if told is not None and told.strip().upper().startswith("STREAMING-"):
        return True
    by_rule = spec is not None and spec.algorithm == aws4.ALGORITHM
    return by_rule and "?" in request.target and _IN_URL.search(_query_of(request)) is not None


def _names_signature(names: str) -> bool:
    small = names.lower()
    return any(word in small for word in _SIGNED)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a signed request says of its signature; ``at`` is "" where no time is signed."""

    at: str
    signatures: tuple[bytes, ...]


def _told(request: Request, spec: SignatureSpec) -> _Told | None:
    """None unless it is said once, as the rule's form says; fields that the form does not name say nothing."""
    given = [value.strip() for name, value in request.headers if name.lower() == spec.header]
    if len(given) != 1:
        return None
    if not spec.form:
        return _Told((request.header(spec.timestamp) or "").strip() if spec.timestamp else "", (_wire(given[0]),))
    fields = [pair.strip().partition("=")[::2] for pair in re.split(r"[,;]", given[0])]
    named = {what: name for name, what in _IN_FORM.findall(spec.form)}
    times = [value for name, value in fields if name == named.get("timestamp")]
    if len(times) != ("timestamp" in named):
        return None
    signatures = tuple(_wire(value) for name, value in fields if name == named["signature"])
    return _Told(times[0] if times else "", signatures[:_MOST_SIGNATURES])


def _is_fresh(told: str, spec: SignatureSpec, now_s: int) -> bool:
    if "{timestamp}" not in spec.signs:
        return True
    if not (told.isascii() and told.isdecimal() and len(told) <= 16):
        return False
    at = int(told)
    return abs(now_s - (at // 1000 if at > _MILLISECONDS else at)) <= spec.tolerance_s


def _signature(request: Request, spec: SignatureSpec, secret: Secret, at: str) -> str:
    made = hmac.digest(secret.expose(), _text(request, spec, at), spec.algorithm)
    written = made.hex() if spec.encoding == "hex" else base64.b64encode(made).decode("ascii")
    return spec.prefix + written


def _text(request: Request, spec: SignatureSpec, at: str) -> bytes:
    """What is signed, by the rule's template."""
    told = {
        "body": request.body,
        "timestamp": _wire(at),
        "method": _wire(request.method),
        "target": _wire(request.target),
    }
    pieces = re.split(r"\{(body|timestamp|method|target)\}", spec.signs)
    return b"".join(told[piece] if number % 2 else _wire(piece) for number, piece in enumerate(pieces))


def _wire(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _with(request: Request, name: str, value: str | None) -> Request:
    """The request with this value of a header in its old place, or at the end; unchanged without a name or value."""
    if not name or value is None:
        return request
    place = next((at for at, (own, _) in enumerate(request.headers) if own.lower() == name), None)
    if place is None:
        return replace(request, headers=(*request.headers, (name, value)))
    headers: Sequence[tuple[str, str]] = request.headers
    return replace(request, headers=(*headers[:place], (headers[place][0], value), *headers[place + 1 :]))
