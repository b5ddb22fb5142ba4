"""Credentials opened and closed again: what they say is judged like any other text, between the two.

While a message is judged, the claims of a verified JWT (or user and password of Basic) stand as JSON in a header of our
own, in the credential's place. Claims that tell times, audiences and ids of the token itself are kept aside untouched.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace

from gateway.core.plan import spec_of
from gateway.core.reading import Reading
from gateway.model.credential import Opened
from gateway.model.message import Request
from gateway.model.rules import Ruleset

PLACE = "x-gateway-credentials"
_OF_THE_TOKEN = frozenset("iss aud exp nbf iat jti typ azp auth_time nonce sid acr amr at_hash c_hash".split())
_PROTECTED = frozenset(("personal", "special", "biometric", "payment"))


def opened_claims(request: Request, header: str, payload: Mapping[str, object]) -> Opened:
    """A JWT that has been verified."""
    name, value = next(pair for pair in request.headers if pair[0].lower() == header.lower())
    scheme = "Bearer " if value.lower().startswith("bearer") else ""
    kept = {claim: told for claim, told in payload.items() if claim in _OF_THE_TOKEN}
    open_to = {claim: told for claim, told in payload.items() if claim not in _OF_THE_TOKEN}
    return Opened(_placed(request, name, open_to), name, scheme, kept)


def opened_basic(request: Request) -> Opened | None:
    """User and password; None where there are none, or where readers may disagree what they are."""
    given = [(name, value) for name, value in request.headers if name.lower() == "authorization"]
    if len(given) != 1:
        return None
    name, value = given[0]
    scheme, _, packed = value.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(packed.strip(), validate=True).decode().partition(":")
    except ValueError:
        return None
    if not colon:
        return None
    return Opened(_placed(request, name, {"login": user, "password": password}), name, "Basic ", {})


def less_unsearchable(opened: Opened, reading: Reading, ruleset: Ruleset) -> Opened:
    """Without the claims that a look-up can't be made by: nothing is kept for it, so they would have no token."""
    gone = {
        str(finding.path[2])
        for finding in reading.findings
        if finding.path[:2] == ("headers", PLACE) and len(finding.path) > 2
        if (spec := spec_of(ruleset, finding.kind)).category in _PROTECTED and not spec.equal
    }
    told = _told(opened.request)
    left = {claim: value for claim, value in told.items() if claim not in gone}
    return opened if left == told else replace(opened, request=_placed(opened.request, PLACE, left))


def closing(outward: Request, opened: Opened) -> tuple[Request, dict[str, object]]:
    """The outgoing request without the header of ours, and the claims that go out."""
    told = _told(outward)
    rest = tuple(pair for pair in outward.headers if pair[0].lower() != PLACE)
    return replace(outward, headers=rest), {**told, **opened.kept}


def with_basic(outward: Request, opened: Opened, told: Mapping[str, object]) -> Request:
    """Basic again; nothing where the rules took the user or the password away."""
    user, password = told.get("login"), told.get("password")
    if not isinstance(user, str) or not isinstance(password, str) or ":" in user:
        return outward
    packed = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
    return with_credential(outward, opened, packed)


def with_credential(outward: Request, opened: Opened, credential: str) -> Request:
    return replace(outward, headers=(*outward.headers, (opened.name, opened.scheme + credential)))


def _placed(request: Request, name: str, told: Mapping[str, object]) -> Request:
    """The header replaced by ours; one that the client has sent under our name goes."""
    ours = (PLACE, json.dumps(told, separators=(",", ":")))
    headers = [ours if own == name else (own, value) for own, value in request.headers if own.lower() != PLACE]
    if name == PLACE:
        headers.append(ours)
    return replace(request, headers=tuple(headers))


def _told(request: Request) -> dict[str, object]:
    text = request.header(PLACE)
    told = json.loads(text) if text else {}
    return told if isinstance(told, dict) else {}
