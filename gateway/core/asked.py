"""What is known beside the message when it is judged, and what the caller may see by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from ipaddress import ip_address, ip_network

from gateway.core.identity import Identities
from gateway.core.stand_ins import StandIn
from gateway.model.kept import DirectoryEntry, Recalled
from gateway.model.names import SubjectId, Token
from gateway.model.residency import Caller
from gateway.model.rules import RevealTo
from gateway.model.swift import swift


@swift
@dataclass(frozen=True, slots=True)
class Asked:
    """What is known beside the message when it is judged."""

    today: date
    caller: Caller = Caller()
    country: str | None = None
    identities: Identities = field(default_factory=dict)
    recalled: Recalled = field(default_factory=Recalled)
    reference: DirectoryEntry | None = None
    """Whom the back end's own id in the request (``subject_ref``) stands for."""
    own_cookies: frozenset[str] = field(default=frozenset(), repr=False)
    """Cookies that the destination has set itself, beside those its rules list."""
    sealed: Mapping[Token, SubjectId] = field(default_factory=dict)
    """Encrypted fields that came in and open for this destination, with whose they are."""
    stand_ins: Mapping[SubjectId, Sequence[StandIn]] = field(default_factory=dict)
    """Of persons whose tokens came in near something that may be a stand-in: theirs, newest first."""


def may_reveal(reveal_to: Sequence[RevealTo], caller: Caller) -> bool:
    """True if the caller may see anybody's originals on this route: by role, certificate or address."""
    return admitted_by(reveal_to, caller) is not None


def admitted_by(allowed: Sequence[RevealTo], caller: Caller) -> RevealTo | None:
    """By which of these the caller is let in; the subject by none."""
    return next((one for one in allowed if _admits(one, caller)), None)


def _admits(allowed: RevealTo, caller: Caller) -> bool:
    match allowed.what:
        case "role":
            return allowed.name in caller.roles
        case "login":
            return caller.login is not None and caller.login == allowed.name
        case "certificate":
            return caller.certificate is not None and caller.certificate == allowed.name
        case "address":
            return bool(caller.address) and ip_address(caller.address) in ip_network(allowed.name)
        case _:  # the subject is judged token by token
            return False
