"""A route's signature in the exchange: checked before anything is done, made anew before anything leaves."""

from __future__ import annotations

from gateway.core.signature import BAD, UNCHECKABLE, is_good, is_uncheckable, signed_anew
from gateway.model.decision import Refusal
from gateway.model.errors import WorldError
from gateway.model.message import Request
from gateway.model.rules import Route
from gateway.model.secret import Secret
from gateway.service.world import World


def badly_signed(request: Request, route: Route, world: World) -> Refusal | None:
    """The refusal of a request that is not signed as its route says, or as nobody here can read.

    Raises WorldError without a secret.
    """
    spec = route.signature
    if is_uncheckable(request, spec) and (spec is not None or route.opaque != "pass"):
        return UNCHECKABLE
    if spec is None:
        return None
    secrets = [_secret(world, reference) for reference in spec.incoming]
    return None if is_good(request, spec, secrets, world.now_s()) else BAD


def signed(outward: Request, incoming: Request, route: Route, world: World) -> Request:
    """What goes out, signed as its route says. Raises WorldError without a secret."""
    spec = route.signature
    if spec is None:
        return outward
    return signed_anew(outward, incoming, spec, _secret(world, spec.outgoing or spec.incoming[0]))


def _secret(world: World, reference: str) -> Secret:
    if world.secrets is None:
        raise WorldError(
            "GW-S030", "there are no secrets here: nothing was recorded or forwarded.", "start it with the gateway"
        )
    return world.secrets.secret(reference)
