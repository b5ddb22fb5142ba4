"""Broken promises, in families by whose fault they are.

Each says what, where, why it matters and the mend, in one line, under a stable code with a page in ``docs/errors/``.
No message may hold text of a leaf.
"""

from __future__ import annotations


class GatewayError(Exception):
    """Base of the three families; ``status`` is what HTTP answers with, ``retry_after_s`` what a 503 asks to wait."""

    status = 500

    def __init__(
        self, code: str, what: str, mend: str = "", *, status: int | None = None, retry_after_s: int | None = None
    ) -> None:
        self.code = code
        self.retry_after_s = retry_after_s
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


class OutdatedError(GatewayError):
    """A change that builds on another version of the person's data than home has. Nothing of the batch was kept."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "GW-X409",
            "the request builds on another version of the person's data than the one at home: nothing is recorded or "
            "forwarded.",
            "read the data again, and send the change anew with the version that comes with it.",
        )


class HeldError(GatewayError):
    """Somebody is to be erased who is under a legal hold. Nothing was erased."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            "GW-V133",
            "the person is under a hold: nothing of it may be erased, and nothing was.",
            "look at who ordered the hold (pii-gateway subject show), and release it when its reason is over.",
        )


class OvertakenError(WorldError):
    """Somebody was first: an identifier that was free at the recall belongs to a person who is not in the batch.

    Nothing of the batch was kept. Recall and judge again.
    """

    def __init__(self) -> None:
        super().__init__(
            "GW-V121",
            "an identifier was registered by somebody else in the meantime: nothing is recorded or forwarded.",
            "send the request again.",
        )


class UnknownGenerationError(WorldError):
    """This process's key set has no index key of the generation that the vault is named by."""

    def __init__(self, generation: int) -> None:
        super().__init__(
            "GW-K119",
            f"the vault is named by generation {generation} of the index key, which this gateway's key set does not "
            "have: values can't be found or recorded.",
            "use the key store that belongs to the vault; restore both from one moment.",
        )
