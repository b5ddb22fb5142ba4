"""Errors as callers see them: RFC 9457 problem documents that hold nothing of the request."""

from __future__ import annotations

from http import HTTPStatus

import orjson

from gateway.model.decision import Refusal
from gateway.model.errors import GatewayError
from gateway.model.message import Reply

MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER_S = 5
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def problem(error: GatewayError, request_id: str, *, in_full: bool = True) -> Reply:
    """The reply that tells a caller of an error.

    ``in_full`` False leaves what is not the caller's fault (5xx) at code and title: those texts name the operator's
    stores and keys. The request path is never echoed, so ``instance`` names the request by its id.
    """
    told: dict[str, object] = {}
    if in_full or error.status < 500:
        told["detail"] = error.what
        if error.mend:
            told["mend"] = error.mend
    return _reply(error.status, error.code, request_id, told, error.retry_after_s or _RETRY_AFTER_S)


def refusal_problem(refusal: Refusal, request_id: str) -> Reply:
    """The reply that tells a caller what the rules refused and why, in the words of their author."""
    told: dict[str, object] = {"detail": refusal.says}
    if refusal.because:
        told["because"] = [{"rule": reason.rule, "says": reason.says} for reason in refusal.because]
    return _reply(refusal.status, refusal.code, request_id, told)


def _reply(
    status: int, code: str, request_id: str, told: dict[str, object], retry_after_s: int = _RETRY_AFTER_S
) -> Reply:
    facts = {
        "type": f"/docs/errors/{code}",
        "title": _PHRASES.get(status, "Error"),
        "status": status,
        "code": code,
        "instance": f"urn:request:{request_id}",
        **told,
    }
    headers: tuple[tuple[str, str], ...] = (("Content-Type", MEDIA_TYPE), ("Cache-Control", "no-store"))
    if status == 503:
        headers = (*headers, ("Retry-After", str(retry_after_s)))
    return Reply(status, headers, orjson.dumps(facts))


def internal_error() -> GatewayError:
    """What a fault of our own looks like from outside: nothing of the exception."""
    return GatewayError(
        "GW-S001",
        "the gateway met a fault of its own; what has not been forwarded stays unforwarded.",
        "give the operator this request id; the log names the place",
        status=500,
    )
