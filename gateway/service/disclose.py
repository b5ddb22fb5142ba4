"""The reply's part of an exchange: tokens found, judged for this caller, ledgered, restored.

Once the upstream has answered nothing here may fail the exchange: where a store, a key or the ledger does not answer,
the tokens stay, and the failure is counted and alarmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.core.asked import may_reveal
from gateway.core.codec import encode_reply
from gateway.core.enclose import stand_in_of, text_of
from gateway.core.encrypted import decrypted
from gateway.core.reading import Sighting, tokens_in
from gateway.core.reveal import Originals, Revealed, StandIn, in_reach, reveal
from gateway.core.seal import ENCRYPTED, ENCRYPTED_MARK, SealedField
from gateway.model.document import Document, Span
from gateway.model.errors import GatewayError
from gateway.model.kept import Fetch, Fetched, Holding
from gateway.model.ledger import Entry
from gateway.model.message import Reply
from gateway.model.names import Kind, RecordId, SubjectId, Token
from gateway.model.residency import Caller
from gateway.model.rules import Destination
from gateway.model.secret import RegionKeys
from gateway.service.opened import opened
from gateway.service.passage import Passage


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
    destination = passage.destination
    sightings = in_reach(document, _sightings(document, passage), destination.reveal_location_hosts)
    left = tuple(dict.fromkeys(sighting.token for sighting in sightings))
    if not sightings:
        return Disclosure(reply, 0, ())
    try:
        own = _own_originals(passage)
        theirs = await _their_originals([s for s in sightings if s.token not in own.texts], passage, caller)
        if theirs.texts:
            await passage.world.ledger.append([_disclosing(passage.entry, theirs)])
        revealed = reveal(document, sightings, _together(own, theirs))
        return Disclosure(_private(reply, revealed), len(revealed.restored), revealed.left)
    except GatewayError as error:
        passage.world.sink.emit("reveal_failed", code=error.code, request=passage.entry.request)
        return Disclosure(reply, 0, left)


def _sightings(document: Document, passage: Passage) -> list[Sighting]:
    domains = (passage.destination.token_domain,)
    tokens = tokens_in(document, domains, passage.ruleset.phone_block, passage.shown)
    sealed = [
        Sighting(ordinal, leaf.path, Span(*match.span()), Token(match[0]), "opaque")
        for ordinal, leaf in enumerate(document.leaves)
        if ENCRYPTED_MARK in leaf.text
        for match in ENCRYPTED.finditer(leaf.text)
    ]
    return [*tokens, *sealed]


def _own_originals(passage: Passage) -> Originals:
    """What the caller sent in this very request: restored without asking the store."""
    own, plan, collected, ruleset = Originals(), passage.plan, passage.collected, passage.ruleset
    if collected is None:
        return own
    document = passage.judgement.reading.document
    for draft, record in zip(plan.keeps, collected.material.records, strict=True):
        for field in draft.fields:
            text = text_of(document, field.leaf, field.span)
            token = collected.kept.names.get((record, field.index))
            if token is not None:
                own.texts[token], own.kinds[token], own.records[token] = text, field.kind, record
            shown = stand_in_of(document, field, record, ruleset, collected.material)
            if shown is not None:
                own.stand_ins[record].append(StandIn(str(field.path[-1]), shown, text, field.kind))
    for seek_draft, sought in zip(plan.seeks, collected.seeks, strict=True):
        token = collected.kept.sought[sought.kind, sought.blind]
        own.texts[token] = text_of(document, seek_draft.leaf, seek_draft.span)
        own.kinds[token] = sought.kind
    return own


async def _their_originals(sightings: Sequence[Sighting], passage: Passage, caller: Caller) -> Originals:
    """What the store holds and this caller may see, judged token by token."""
    route, world = passage.route, passage.world
    anybodys = may_reveal(route.reveal_to, caller)
    own = caller.subject if any(allowed.what == "subject" for allowed in route.reveal_to) else None
    originals = Originals()
    tokens = tuple(dict.fromkeys(sighting.token for sighting in sightings))
    if not tokens or not (anybodys or own):
        return originals
    for region, vault in world.vaults.items():
        fetched = await vault.fetch(Fetch(tokens=tokens))
        chosen = _chosen(fetched, passage.destination, own, anybodys=anybodys)
        keys = await world.keys.open(region, tuple(dict.fromkeys(holding.subject for holding in chosen.values())))
        for token, holding in chosen.items():
            record, key = fetched.records.get(holding.ref[0]), keys.get(holding.subject)
            if record is not None and key is not None:
                _add(originals, token, holding.ref[1], record.record, opened(key, record))
        _decrypt(
            originals, tokens, passage.destination, await world.keys.region_keys(region), None if anybodys else own
        )
    return originals


def _add(originals: Originals, token: Token, index: int, record: RecordId, fields: Sequence[SealedField]) -> None:
    """The field that the token names, and the stand-ins of its record."""
    for field in fields:
        if field.index == index:
            originals.texts[token], originals.kinds[token] = field.text, field.kind
            originals.records[token] = record
        elif field.shown is not None:
            stand_in = StandIn(_last_step(field.path), field.shown, field.text, field.kind)
            if stand_in not in originals.stand_ins[record]:
                originals.stand_ins[record].append(stand_in)


def _decrypt(
    originals: Originals, tokens: Sequence[Token], destination: Destination, keys: RegionKeys, only: SubjectId | None
) -> None:
    """Encrypted fields; ``only``: those of one person."""
    for token in tokens:
        field = decrypted(token, keys, destination.scope)
        if field is not None and (only is None or field.subject == only):
            originals.kinds[token], originals.texts[token] = field.kind, field.text


def _chosen(
    fetched: Fetched, destination: Destination, own: SubjectId | None, *, anybodys: bool
) -> dict[Token, Holding]:
    """For each token the holding whose value this caller gets: the caller's own, else anybody's if allowed."""
    chosen = {}
    for token, holdings in fetched.holdings.items():
        allowed = [h for h in holdings if h.scope == destination.scope and (anybodys or h.subject == own)]
        if allowed:
            chosen[token] = min(allowed, key=lambda holding: holding.subject != own)
    return chosen


def _together(own: Originals, theirs: Originals) -> Originals:
    both = Originals({**theirs.texts, **own.texts}, {**theirs.kinds, **own.kinds}, {**theirs.records, **own.records})
    for one in (own, theirs):
        for record, stand_ins in one.stand_ins.items():
            both.stand_ins[record].extend(stand_ins)
    return both


def _last_step(path: str) -> str:
    """The last step of a printed path, unquoted."""
    return path.rpartition('."')[2].removesuffix('"') if path.endswith('"') else path.rpartition(".")[2]


def _private(reply: Reply, revealed: Revealed) -> Reply:
    if not revealed.restored:
        return reply
    restored = encode_reply(revealed.document, reply)
    controls = [value for name, value in restored.headers if name.lower() == "cache-control"]
    stricter = next((value for value in controls if "no-store" in value.lower()), None)
    headers = tuple((name, value) for name, value in restored.headers if name.lower() != "cache-control")
    return replace(restored, headers=(*headers, ("Cache-Control", stricter or "private")))


def _disclosing(entry: Entry, originals: Originals) -> Entry:
    kinds: dict[Kind, int] = {}
    for kind in originals.kinds.values():
        kinds[kind] = kinds.get(kind, 0) + 1
    records = tuple(dict.fromkeys(originals.records.values()))
    counted = tuple((kind, "reveal", count) for kind, count in sorted(kinds.items()))
    return replace(entry, event="disclose", kinds=counted, records=records)
