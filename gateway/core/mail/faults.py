"""What is said of mail that readers could read differently, or that is too much to be looked into."""

from __future__ import annotations

from gateway.model.errors import PayloadError


def odd(what: str) -> PayloadError:
    return PayloadError(
        "GW-P150",
        f"the mail {what}, so that readers may disagree what it is: it was not inspected and not sent.",
        "send mail as RFC 5322 and RFC 2045 write it, made by a mail library.",
        status=422,
    )


def too_much(what: str) -> PayloadError:
    return PayloadError(
        "GW-P151",
        f"the mail has {what}, more than the gateway looks into: it was not sent.",
        "send smaller mails, or a link in place of what is large.",
        status=413,
    )
