"""A back end's call of a service in the region: the tokens in it, and whether what they stand for may go there.

Here tokens are revealed in a request. Whatever stays a token would reach somebody who can do nothing with it, so such a
request is refused, unless the rules say otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from gateway.core.codec import decode_shown
from gateway.core.decide import Facts, decide_one
from gateway.core.naming.recognise import sightings
from gateway.core.plan import spec_of
from gateway.core.reach import outside_links
from gateway.core.reading import Sighting, sealed_in, tokens_in
from gateway.core.reveal import Originals
from gateway.core.route import Matched
from gateway.core.stand_ins import StandIn
from gateway.model.decision import Action, Refusal
from gateway.model.document import Document
from gateway.model.kinds import Shape
from gateway.model.limits import Limits
from gateway.model.message import Request
from gateway.model.names import Kind, Path, Region
from gateway.model.rules import Destination, OutboundSpec, Ruleset

NOT_ALLOWED = Refusal(
    403,
    "GW-X440",
    "The rules allow this outbound route to others only: nothing was sent. Mend: list the caller under callers.",
)
UNRESOLVED = Refusal(
    422,
    "GW-X441",
    "The request holds a token that stands for nothing that may be told there: a record that has ended, another "
    "destination's token, a person of another region. Nothing was sent. Mend: take that person off the list.",
)
NOT_THERE = Refusal(
    403,
    "GW-X442",
    "The request holds a token of a kind that the rules keep from this destination: nothing was sent. Mend: leave the "
    "field out, or let the kind pass by a rule that says why.",
)
IN_A_LINK = Refusal(
    422,
    "GW-X443",
    "A token stands in a link that leads to another host, where its original may not be shown: nothing was sent. Mend: "
    "leave it out, or say unresolved: links on the route.",
)

CERTAIN: tuple[Shape, ...] = ("opaque", "email", "letters", "uuid", "phone")
"""Shapes that nothing but a token has: with check characters, or of a block of numbers that nobody has."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The request as it came, with the tokens whose originals may be written in it, and those that stand in links."""

    document: Document
    sightings: tuple[Sighting, ...]
    in_links: tuple[Sighting, ...]


def read_outgoing(request: Request, matched: Matched, spec: OutboundSpec, ruleset: Ruleset, limits: Limits) -> Outgoing:
    """Decode and find the source's tokens. Raises PayloadError where the message cannot be inspected."""
    source, to = ruleset.destinations[spec.source], ruleset.destinations[matched.route.to]
    document = decode_shown(request, limits)
    found = [*tokens_in(document, (source.token_domain,), ruleset.phone_block), *sealed_in(document)]
    stays = outside_links(document, found, to.reveal_location_hosts, _host(to))
    stay = set(map(id, stays))
    elsewhere = tuple(one for one in found if id(one) not in stay)
    return Outgoing(document, tuple(stays), elsewhere)


def homes_of(to: Destination, ruleset: Ruleset) -> tuple[Region, ...]:
    """The regions for whose people the destination stands at home."""
    return tuple(
        name for name, region in ruleset.regions.items() if to.region == name or to.country in region.countries
    )


def objection(
    outgoing: Outgoing, originals: Originals, matched: Matched, spec: OutboundSpec, ruleset: Ruleset, today: date
) -> Refusal | None:
    """Why the request may not go with these originals in it."""
    if spec.unresolved == "refuse" and any(one.shape in CERTAIN for one in outgoing.in_links):
        return IN_A_LINK
    if spec.unresolved != "pass":
        left = (one for one in outgoing.sightings if one.token not in originals.texts)
        if any(one.shape in CERTAIN for one in left):
            return UNRESOLVED
    told = {(originals.kinds[one.token], one.path) for one in outgoing.sightings if one.token in originals.texts}
    return None if all(may_go(kind, path, matched, ruleset, today) for kind, path in told) else NOT_THERE


def may_go(kind: Kind, path: Path, matched: Matched, ruleset: Ruleset, today: date) -> bool:
    """True if the rules let that kind, of people at home where the destination stands, pass there in plain."""
    route, to = matched.route, ruleset.destinations[matched.route.to]
    category = spec_of(ruleset, kind).category
    return all(
        decide_one(
            ruleset, Facts(kind, category, path, home, to, route.name, route.purpose, matched.intent), today
        ).treatment.action
        is Action.PASS
        for home in homes_of(to, ruleset)
    )


def keeps_tokens(sent: Request, outgoing: Outgoing, spec: OutboundSpec, ruleset: Ruleset) -> bool:
    """True if a token stands where it may not in the bytes that are to be sent, also where nobody has looked."""
    if spec.unresolved == "pass":
        return False
    source, linked = ruleset.destinations[spec.source], {one.token for one in outgoing.in_links}
    texts = [sent.target, *(value for _, value in sent.headers), sent.body.decode("utf-8", "replace")]
    found = sightings("\0".join(texts), domains=(source.token_domain,), phone_block=ruleset.phone_block)
    return any(shape in CERTAIN and token not in linked for _, token, shape in found)


def told(outgoing: Outgoing, originals: Originals, stand_ins: Iterable[StandIn]) -> dict[str, tuple[Kind, str]]:
    """What the destination is told: by original, its kind and what stood in its place."""
    found = {
        originals.texts[one.token]: (originals.kinds[one.token], _written(outgoing.document, one))
        for one in outgoing.sightings
        if one.token in originals.texts
    }
    return {**{one.text: (one.kind, one.shown) for one in stand_ins}, **found}


def _written(document: Document, one: Sighting) -> str:
    return document.leaves[one.leaf].text[one.span.start : one.span.end]


def _host(to: Destination) -> str:
    return to.url.partition("://")[2].partition("/")[0]


def counted(kinds: Sequence[Kind]) -> tuple[tuple[Kind, str, int], ...]:
    """As the ledger writes it."""
    return tuple((kind, "reveal", kinds.count(kind)) for kind in sorted(set(kinds)))
