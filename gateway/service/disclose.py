"""The reply's part of an exchange: tokens found, judged for this caller, ledgered, restored.

Once the upstream has answered nothing here may fail the exchange: where a store, a key or the ledger does not answer,
the tokens stay, and the failure is counted and alarmed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.core.blind import blind_copy
from gateway.core.codec import encode_reply
from gateway.core.coherence import revealed_headers, with_own_tag
from gateway.core.reach import in_reach
from gateway.core.reading import Sighting, sealed_in, tokens_in, weight_of
from gateway.core.reveal import Originals, Revealed, reveal, standing
from gateway.core.stand_ins import StandIn
from gateway.model.document import WHOLE, Document
from gateway.model.errors import GatewayError
from gateway.model.files import FILE
from gateway.model.ledger import Entry
from gateway.model.message import Reply
from gateway.model.names import Kind, Token
from gateway.model.residency import Caller
from gateway.model.swift import swift
from gateway.service.originals import originals_for
from gateway.service.passage import Passage


@swift
@dataclass(frozen=True, slots=True)
class Disclosure:
    """The reply for the caller, and the tokens that stayed in it."""

    reply: Reply
    restored: int
    left: tuple[Token, ...]


async def disclose(reply: Reply, document: Document | None, passage: Passage, caller: Caller) -> Disclosure:
    """The reply with everything restored that this caller may see; on any failure, with its tokens in place.

    ``document`` is the reply decoded, None where it is not to be read.
    """
    if document is None:
        return Disclosure(reply, 0, ())
    aside, size = passage.world.aside, weight_of(document)
    seen = await aside(size, sightings_of, document, passage)
    sightings = reached(document, seen, passage)
    left = tuple(dict.fromkeys(sighting.token for sighting in seen))
    if not sightings:
        return Disclosure(reply, 0, left)
    try:
        [both], theirs = await originals_for(((document, sightings),), passage, caller)
        sightings = writable(document, sightings, both)
        stand_ins = standing_in(document, sightings, both, passage)
        await write_down(theirs, (stand_ins,), passage)
        revealed = await aside(size, reveal, document, sightings, both, stand_ins)
        stayed = tuple(token for token in left if token not in both.texts)
        return Disclosure(_coherent(reply, revealed, passage), len(revealed.restored), stayed)
    except GatewayError as error:
        passage.world.sink.emit("reveal_failed", code=error.code, request=passage.entry.request)
        return Disclosure(reply, 0, left)


def writable(document: Document, sightings: Sequence[Sighting], originals: Originals) -> list[Sighting]:
    """Those without the files in URLs: another URL can't stand inside one, and the back end's own leads to its own."""
    leaves = document.leaves
    return [
        one
        for one in sightings
        if originals.kinds.get(one.token) != FILE or (leaves[one.leaf].spelling not in _OF_URLS)
    ]


_OF_URLS = frozenset(("segment", "query", "fragment", "host", "header"))


async def write_down(theirs: Originals, stand_ins: Sequence[Mapping[int, StandIn]], passage: Passage) -> None:
    """The ledger's entry on what is about to be shown that the caller did not send in this very request."""
    stored = [one for own in stand_ins for one in _stored(own, passage)]
    if theirs.texts or stored:
        await passage.world.ledger.append([_disclosing(passage.entry, theirs, stored)])


def sightings_of(document: Document, passage: Passage) -> list[Sighting]:
    domains = (passage.destination.token_domain,)
    tokens = tokens_in(document, domains, passage.ruleset.phone_block, passage.shown)
    return [*tokens, *sealed_in(document)]


def reached(document: Document, sightings: Sequence[Sighting], passage: Passage) -> list[Sighting]:
    own_host = passage.outward.header("host") or ""
    return in_reach(document, sightings, passage.destination.reveal_location_hosts, own_host)


def standing_in(
    document: Document, sightings: Sequence[Sighting], originals: Originals, passage: Passage
) -> dict[int, StandIn]:
    """The stand-ins that may be restored: where a token could be."""
    found = standing(document, sightings, originals)
    places = [Sighting(leaf, document.leaves[leaf].path, WHOLE, Token(""), "stand_in") for leaf in found]
    return {place.leaf: found[place.leaf] for place in reached(document, places, passage)}


def _stored(stand_ins: Mapping[int, StandIn], passage: Passage) -> list[StandIn]:
    """Those of them that the caller did not send in this very request."""
    own = passage.collected.material.records if passage.collected else ()
    return [stand_in for stand_in in stand_ins.values() if stand_in.record not in own]


def _coherent(reply: Reply, revealed: Revealed, passage: Passage) -> Reply:
    """What this caller gets, with headers that are true of it."""
    shown = reply
    if revealed.restored:
        shown = encode_reply(revealed.document, reply)
        shown = replace(shown, headers=revealed_headers(shown.headers, reply.body, shown.body))
    if shown.header("etag") is None:
        return shown
    copy = blind_copy(passage.recollection.keys.index, shown.body)
    return replace(shown, headers=with_own_tag(shown.headers, copy))


def _disclosing(entry: Entry, originals: Originals, stand_ins: Sequence[StandIn]) -> Entry:
    kinds: dict[Kind, int] = {}
    for kind in (*originals.kinds.values(), *(stand_in.kind for stand_in in stand_ins)):
        kinds[kind] = kinds.get(kind, 0) + 1
    records = tuple(dict.fromkeys([*originals.records.values(), *(stand_in.record for stand_in in stand_ins)]))
    counted = tuple((kind, "reveal", count) for kind, count in sorted(kinds.items()))
    return replace(entry, event="disclose", kinds=counted, records=records)
