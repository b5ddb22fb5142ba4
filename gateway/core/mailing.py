"""A back end's mail to people of the region: which route it takes, what may be told in it, and to whom.

The rules of outbound requests hold (``core/outbound.py``). What mail has beside them: several recipients, of whom each
reads what is told of the others, addresses that are no tokens, and signatures that end where a byte changes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from gateway.core.mail import Letter
from gateway.core.mail.spelling import is_address
from gateway.core.naming.recognise import sightings
from gateway.core.outbound import CERTAIN, UNRESOLVED, Outgoing
from gateway.core.reach import outside_links
from gateway.core.reading import sealed_in, tokens_in
from gateway.core.reveal import Originals
from gateway.core.route import Matched
from gateway.model.decision import Refusal
from gateway.model.document import Document, Leaf, Part, Span
from gateway.model.names import SubjectId, Token
from gateway.model.rules import OutboundSpec, Route, Ruleset

NO_ROUTE = Refusal(
    403,
    "GW-X460",
    "No route of the rules is for mail of this sender: nothing was sent. Mend: add a route with match: {mail: ...}.",
)
PLAIN_RECIPIENT = Refusal(
    403,
    "GW-X461",
    "The recipient is a plain address, which this route does not send to. Mend: send to the person's token, or list "
    "the address's domain under recipients.",
)
ABOUT_OTHERS = Refusal(
    403,
    "GW-X462",
    "The mail tells of a person who is not every one of its recipients: nothing was sent. Mend: send each person a "
    "mail of its own, or say about: anyone on the route.",
)
SIGNED = Refusal(
    403,
    "GW-X463",
    "The mail is signed or encrypted and would have to change: nothing was sent. Mend: let the server in the region "
    "sign, or say signed: strip on the route.",
)
LOOP = Refusal(
    403,
    "GW-X464",
    "The mail has passed too many servers: it goes in circles. Mend: look where the smart host sends it.",
)
MALFORMED = Refusal(403, "GW-X465", "The sender is no mail address. Mend: send as local@domain.")
INTERNATIONAL = Refusal(
    403,
    "GW-X466",
    "The mail needs what the mail server of the region does not offer (8BITMIME, SMTPUTF8): nothing was sent. Mend: "
    "use a server that offers it, or send ASCII.",
)
TOO_LARGE = Refusal(
    413, "GW-X467", "With originals in it the mail is larger than the mail server of the region takes. Mend: send less."
)
MOST_HOPS = 50

NOBODY = "<>"
"""The sender of a bounce."""


def mail_route(ruleset: Ruleset, sender: str) -> Matched | None:
    """The route for mail of that sender; one that names the domain comes before one for any."""
    domain = sender.rpartition("@")[2].lower()
    found = [one for one in ruleset.routes if one.mail is not None and not one.mail.senders.isdisjoint((domain, "*"))]
    named = [one for one in found if one.mail is not None and domain in one.mail.senders]
    route: Route | None = next(iter([*named, *found]), None)
    return None if route is None else Matched(route, {}, "collect")


def objection_to_plain(address: str, recipients: Collection[str], token_domain: str) -> Refusal | None:
    """Why the route does not send to an address in which no token was found. Of the tokens' own domain it is none."""
    domain = address.rpartition("@")[2].lower()
    if domain == token_domain.lower():
        return UNRESOLVED
    return None if is_address(address) and not {"*", domain}.isdisjoint(recipients) else PLAIN_RECIPIENT


def envelope(address: str, name: str) -> Document:
    """An address of the envelope as a document; ``name`` is the header that says the same."""
    leaf = Leaf(("headers", name), address, Span(0, len(address)), "plain")
    return Document((Part("headers", "text", address, (leaf,)),))


def read_mailed(document: Document, matched: Matched, spec: OutboundSpec, ruleset: Ruleset) -> Outgoing:
    """The source's tokens in it, and which of them stand in links."""
    source, to = ruleset.destinations[spec.source], ruleset.destinations[matched.route.to]
    found = [*tokens_in(document, (source.token_domain,), ruleset.phone_block), *sealed_in(document)]
    stays = outside_links(document, found, to.reveal_location_hosts, "")
    return Outgoing(document, tuple(stays), tuple(one for one in found if one not in stays))


@dataclass(frozen=True, slots=True)
class Recipient:
    """``persons``: whose address it is; nobody's where it is a plain one."""

    persons: frozenset[SubjectId]


def tells_others(
    outgoing: Outgoing, originals: Originals, holders: Mapping[Token, frozenset[SubjectId]], to: Sequence[Recipient]
) -> bool:
    """True if something is told of a person who is not every recipient. A shared value is told of any who has it."""
    told = {one.token for one in outgoing.sightings if one.token in originals.texts}
    return any(not is_all_of(holders.get(token, frozenset()), to) for token in told)


def is_all_of(persons: frozenset[SubjectId], to: Sequence[Recipient]) -> bool:
    """True if every recipient is one of these persons."""
    return not any(persons.isdisjoint(one.persons) for one in to)


def keeps_mailed(sent: Letter, matched: Matched, spec: OutboundSpec, ruleset: Ruleset) -> bool:
    """True if a token stands in the mail that is to be sent where it may not, also where nobody has looked."""
    if spec.unresolved == "pass":
        return False
    again = read_mailed(sent.document, matched, spec, ruleset)
    linked = {one.token for one in again.in_links} if spec.unresolved == "links" else set[Token]()
    texts = [*(part.text for part in sent.document.parts), *sent.unread]
    domain = ruleset.destinations[spec.source].token_domain
    found = sightings("\0".join(texts), domains=(domain,), phone_block=ruleset.phone_block)
    return any(shape in CERTAIN and token not in linked for _, token, shape in found)
