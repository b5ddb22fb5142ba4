"""Broken promises, in families by whose fault they are.

Each says what, where, why it matters and the mend, in one line, under a stable code with a page in ``docs/errors/``.
No message may hold text of a leaf.
"""

from __future__ import annotations


class GatewayError(Exception):
    """Base of the three families; ``status`` is what HTTP answers with."""

    status = 500

    def __init__(self, code: str, what: str, mend: str = "", *, status: int | None = None) -> None:
        self.code = code
        self.what = what
        self.mend = mend
        if status is not None:
            self.status = status
        super().__init__(f"{code} {what}" + (f" Mend: {mend}" if mend else ""))


class PayloadError(GatewayError):
    """The caller's fault: the message cannot be inspected (415, 422, 413, 400)."""

    status = 422


class RulesError(GatewayError):
    """The fault of the author of the rules or settings; nothing starts, or the old rules stay in force."""


class WorldError(GatewayError):
    """A dependency's fault: store, keys, ledger or upstream is down, slow or out of room."""

    status = 503
