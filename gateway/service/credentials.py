"""Credentials exchanged: a verified JWT or Basic is opened before the message is read, and closed before it leaves."""

from __future__ import annotations

from gateway.core.credentials import closing, opened_basic, opened_claims, with_basic, with_credential
from gateway.model.credential import Opened
from gateway.model.errors import WorldError
from gateway.model.message import Request
from gateway.model.rules import Destination, Ruleset
from gateway.service.world import World


async def opened(request: Request, to: Destination, ruleset: Ruleset, world: World) -> Opened | None:
    """None where the rules exchange nothing for this destination, or where nothing is there that could be."""
    spec = to.credentials
    if spec is None:
        return None
    if spec.key and world.claims is not None and ruleset.claims is not None:
        payload = await world.claims.payload(request.headers)
        if payload is not None:
            return opened_claims(request, ruleset.claims.header, payload)
    return opened_basic(request) if spec.basic else None


def closed(outward: Request, credential: Opened | None, to: Destination, world: World) -> Request:
    """What goes out, with a credential of ours. Raises WorldError without a key."""
    if credential is None or to.credentials is None:
        return outward
    rest, told = closing(outward, credential)
    if credential.scheme == "Basic ":
        return with_basic(rest, credential, told)
    if world.tokens is None:
        raise WorldError("GW-S030", "there are no keys here: nothing was forwarded.", "start it with the gateway")
    if to.credentials.issuer:
        told["iss"] = to.credentials.issuer
    return with_credential(rest, credential, world.tokens.signed(told, to.credentials.key))
