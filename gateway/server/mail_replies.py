"""What the mail listener answers: a code, an enhanced code (RFC 3463), our own code, and the mend, in lines of SMTP."""

from __future__ import annotations

import textwrap

from gateway.model.decision import Refusal
from gateway.model.errors import GatewayError, WorldError
from gateway.model.mail import Said

BUSY = b"421 4.7.0 Too many connections, come back later\r\n"
BYE = b"421 4.3.2 Shutting down, come back\r\n"
INTERNAL = "451 4.3.0 GW-S001 An error of the gateway's own: nothing was sent. Mend: see its log."

_LINE = 400
_STATUS = {
    "GW-X440": "550 5.7.1",
    "GW-X441": "550 5.1.1",
    "GW-X460": "550 5.7.1",
    "GW-X461": "550 5.7.1",
    "GW-X464": "554 5.4.6",
    "GW-X465": "553 5.1.7",
    "GW-X466": "550 5.6.7",
    "GW-X467": "552 5.3.4",
    "GW-P108": "552 5.3.4",
    "GW-P151": "552 5.3.4",
    "GW-P152": "550 5.1.3",
    "GW-P153": "554 5.5.2",
}
_OTHERWISE = "554 5.7.1"
_UNREADABLE = "554 5.6.0"
_AWAY, _UPSTREAM_AWAY = "451 4.3.0", "451 4.4.1"


def refusal_reply(refusal: Refusal) -> str:
    return _lines(_STATUS.get(refusal.code, _OTHERWISE), f"{refusal.code} {refusal.says}")


def error_reply(error: GatewayError) -> str:
    """What is wrong with the mail is for good; what is wrong with the world passes. The latter is the operator's."""
    if isinstance(error, WorldError):
        status = _UPSTREAM_AWAY if error.code.startswith("GW-U") else _AWAY
        return _lines(status, f"{error.code} A service that the gateway needs is away: nothing was sent. Try again.")
    return _lines(_STATUS.get(error.code, _UNREADABLE), str(error))


def said_reply(said: Said) -> str:
    """The mail server's codes. 421 would end this connection too, so it becomes 451."""
    code = 451 if said.code == 421 else said.code
    return _lines(f"{code} {said.enhanced}", "The mail server of the region says so")


def _lines(status: str, text: str) -> str:
    code, _, enhanced = status.partition(" ")
    plain = text.encode("ascii", "replace").decode("ascii").replace("\r", " ").replace("\n", " ")
    lines = textwrap.wrap(plain, _LINE) or [""]
    marked = [f"{code}{' ' if at == len(lines) - 1 else '-'}{enhanced} {line}" for at, line in enumerate(lines)]
    return "\r\n".join(marked)
