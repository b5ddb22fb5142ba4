"""A back end mails, ships and calls: its request to a service in the region goes out with originals in it.

    caller ─ read ─ resolve ─ objection ─ ledger ─▶ service of the region
    foreign back end ◀─ put_back ◀──────────────── answer

The ledger knows of the disclosure before anything leaves; a failure before that sends nothing. The reply goes to a
foreign party, so it is treated as what leaves the country.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from gateway.core.asked import admitted_by
from gateway.core.codec import encode_request
from gateway.core.coherence import measured
from gateway.core.decide import Facts, decide_one
from gateway.core.outbound import (
    NOT_ALLOWED,
    UNRESOLVED,
    Outgoing,
    counted,
    homes_of,
    keeps_tokens,
    may_go,
    objection,
    read_outgoing,
    told,
)
from gateway.core.plan import spec_of
from gateway.core.put_back import MayGo, put_back
from gateway.core.reading import weight_of
from gateway.core.reveal import Originals, reveal, standing, unexplained
from gateway.core.route import Matched
from gateway.core.signature import UNCHECKABLE, UNCOVERED, is_uncheckable, misses_change
from gateway.core.stand_ins import StandIn
from gateway.core.told_values import Told
from gateway.model.decision import Action, Refusal
from gateway.model.errors import PayloadError
from gateway.model.ledger import Entry
from gateway.model.message import Reply, Request
from gateway.model.names import Kind, Path
from gateway.model.residency import Caller, Claims
from gateway.model.rules import OutboundSpec, RevealTo, Ruleset
from gateway.ports import Answer
from gateway.service.aside import size_of
from gateway.service.resolve import Resolved, resolve
from gateway.service.stand_ins import stand_ins_of
from gateway.service.versions import BLOCKED
from gateway.service.world import World

WITHHELD = "GW-X444"


async def send_out(
    request: Request, request_id: str, matched: Matched, spec: OutboundSpec, ruleset: Ruleset, world: World
) -> Reply | Refusal:
    """The service's reply, safe for the party that asked, or why nothing was sent.

    Raises PayloadError where the request cannot be inspected, WorldError where vault, keys, ledger or service fail.
    """
    claims = await world.claims.verify(request.headers) if world.claims else None
    admitted = admitted_by(spec.callers, _caller(request, claims))
    entry = entry_of(request_id, admitted, matched, ruleset, world)
    if admitted is None:
        return refused(NOT_ALLOWED, entry, world)
    request = _without_ours(request, claims, ruleset)
    if is_uncheckable(request, None):
        return refused(UNCHECKABLE, entry, world)
    outgoing = await world.aside(size_of(request), read_outgoing, request, matched, spec, ruleset, world.limits)
    size = weight_of(outgoing.document)
    resolved = await originals_of(outgoing, matched, spec, ruleset, world)
    originals = resolved.originals
    if resolved.blocked:
        return refused(BLOCKED, entry, world)
    refusal = await world.aside(size, objection, outgoing, originals, matched, spec, ruleset, world.today())
    if refusal is not None:
        return refused(refusal, entry, world)
    stand_ins = await stand_ins_near(outgoing, originals, matched, spec, ruleset, world)
    sent = await world.aside(size, _revealed, outgoing, originals, stand_ins, request)
    if misses_change(request, sent):
        return refused(UNCOVERED, entry, world)
    if await world.aside(size, keeps_tokens, sent, outgoing, spec, ruleset):
        return refused(UNRESOLVED, entry, world)
    entry = disclosing(entry, outgoing, originals, stand_ins.values())
    if entry.kinds:
        await world.ledger.append([entry])
    else:
        world.ledger.tally(entry)
    return await _sent(sent, request_id, told(outgoing, originals, stand_ins.values()), matched, spec, ruleset, world)


async def _sent(
    request: Request,
    request_id: str,
    telling: Told,
    matched: Matched,
    spec: OutboundSpec,
    ruleset: Ruleset,
    world: World,
) -> Reply:
    """What the service answers, as the foreign party may have it."""
    reply = await _read(await world.upstream.send(ruleset.destinations[matched.route.to], request), world)
    may_pass, limits = _may_go_back(matched, spec, ruleset, world), world.limits
    back = await world.aside(size_of(reply), put_back, reply, telling, may_pass, ruleset, limits)
    if back.withheld:
        world.sink.emit("outbound_reply_withheld", code=WITHHELD, request=request_id, route=matched.route.name)
    facts = {"told": len(telling), "put_back": back.restored, "taken_out": back.taken_out}
    world.sink.emit("outbound", request=request_id, route=matched.route.name, status=reply.status, **facts)
    return back.reply


def _revealed(outgoing: Outgoing, originals: Originals, stand_ins: Mapping[int, StandIn], request: Request) -> Request:
    """The request with the originals in it, and headers that are true of it."""
    revealed = reveal(outgoing.document, outgoing.sightings, originals, stand_ins)
    sent = encode_request(revealed.document, request)
    return replace(sent, headers=measured(sent.headers, request.body, sent.body))


def _caller(request: Request, claims: Claims | None) -> Caller:
    roles = claims.roles if claims else frozenset[str]()
    return Caller(roles=roles, address=request.peer, certificate=request.certificate)


def _without_ours(request: Request, claims: Claims | None, ruleset: Ruleset) -> Request:
    """A credential that was for the gateway ends here; the reply is asked for whole and plain, to be read."""
    if request.stream is not None:
        raise PayloadError(
            "GW-P108",
            "the body of an outbound request is too large to be read whole, so nothing was sent.",
            "send files to the service by a way inside the region.",
            status=413,
        )
    ours = {"accept-encoding", "range", "if-range"}
    if claims is not None and ruleset.claims is not None:
        ours.add(ruleset.claims.header.lower())
    return replace(request, headers=tuple(pair for pair in request.headers if pair[0].lower() not in ours))


async def originals_of(
    outgoing: Outgoing, matched: Matched, spec: OutboundSpec, ruleset: Ruleset, world: World
) -> Resolved:
    """What its tokens stand for, at the homes where the destination stands."""
    homes = homes_of(ruleset.destinations[matched.route.to], ruleset)
    tokens = tuple(dict.fromkeys(sighting.token for sighting in outgoing.sightings))
    return await resolve(tokens, ruleset.destinations[spec.source].scope, homes, world)


async def stand_ins_near(
    outgoing: Outgoing, originals: Originals, matched: Matched, spec: OutboundSpec, ruleset: Ruleset, world: World
) -> dict[int, StandIn]:
    """Those near a token of their person, of kinds that may go there."""
    document, sightings = outgoing.document, outgoing.sightings
    size = weight_of(document)
    subjects = await world.aside(size, unexplained, document, sightings, originals, ruleset)
    found = await stand_ins_of(subjects, (), ruleset.destinations[spec.source].scope, world)
    for token, subject in originals.persons.items():
        originals.stand_ins[token] = [*originals.stand_ins[token], *found.get(subject, ())]
    today = world.today()
    stand_ins = await world.aside(size, standing, document, sightings, originals)
    return {
        leaf: one
        for leaf, one in stand_ins.items()
        if may_go(one.kind, document.leaves[leaf].path, matched, ruleset, today)
    }


def refused(refusal: Refusal, entry: Entry, world: World) -> Refusal:
    world.ledger.tally(replace(entry, event="refuse", outcome=refusal.code))
    return refusal


def entry_of(request_id: str, admitted: RevealTo | None, matched: Matched, ruleset: Ruleset, world: World) -> Entry:
    return Entry(
        at_ms=world.clock.now_ms(),
        request=request_id,
        event="disclose",
        route=matched.route.name,
        actor=f"{admitted.what}:{admitted.name}" if admitted else "nobody",
        purpose=matched.route.purpose,
        destination=matched.route.to,
        kinds=(),
        subjects=(),
        records=(),
        rules=ruleset.digest,
    )


def disclosing(entry: Entry, outgoing: Outgoing, originals: Originals, stand_ins: Iterable[StandIn]) -> Entry:
    listed = list(stand_ins)
    revealed = dict.fromkeys(one.token for one in outgoing.sightings if one.token in originals.texts)
    kinds = [*(originals.kinds[token] for token in revealed), *(one.kind for one in listed)]
    subjects = {originals.persons[token] for token in revealed if token in originals.persons}
    records = dict.fromkeys([*(originals.records[t] for t in revealed if t in originals.records)])
    records |= dict.fromkeys(one.record for one in listed)
    return replace(entry, kinds=counted(kinds), subjects=tuple(sorted(subjects)), records=tuple(records))


async def _read(answer: Answer, world: World) -> Reply:
    """The whole reply; what is too large to be inspected is cut to nothing."""
    try:
        body, complete = await answer.read(world.limits.max_body_bytes)
    finally:
        await answer.aclose()
    headers = answer.headers if complete else (("Content-Type", "application/octet-stream"),)
    return Reply(answer.status, headers, body if complete else b"\0", "")


def _may_go_back(matched: Matched, spec: OutboundSpec, ruleset: Ruleset, world: World) -> MayGo:
    """Whether a kind of people of the region may be told the back end, by the rules for requests that go there."""
    source, route, today = ruleset.destinations[spec.source], matched.route, world.today()
    homes = homes_of(ruleset.destinations[route.to], ruleset)
    known: dict[tuple[Kind | None, Path], bool] = {}

    def may_pass(kind: Kind | None, path: Path) -> bool:
        if (kind, path) not in known:
            category = spec_of(ruleset, kind).category if kind is not None else None
            facts = [Facts(kind, category, path, home, source, route.name, route.purpose, "collect") for home in homes]
            verdicts = [decide_one(ruleset, one, today) for one in facts]
            known[kind, path] = all(verdict.treatment.action is Action.PASS for verdict in verdicts)
        return known[kind, path]

    return may_pass
