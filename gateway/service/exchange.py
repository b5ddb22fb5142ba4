"""One request through the gateway: read it, recall, judge, keep at home, apply, forward, settle, reveal.

    request ─ find_route ─ read ─ recollect ─ judge ─ make_plan ─ collect ─ apply ─▶ upstream
    reply   ◀─ disclose ◀─ settle ◀──────────────────────────────────────────────── answer

Nothing personal leaves before ``collect`` has returned, because ``apply`` needs its receipt. Until then every failure
is a refusal; from the moment the upstream has answered none is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from gateway.core.apply import apply
from gateway.core.codec import decode_reply, encode_request
from gateway.core.coherence import as_upstream_knows, measured, unless_known, unmeasured, without_range
from gateway.core.credentials import less_unsearchable
from gateway.core.files import locked
from gateway.core.judge import Judgement, judge
from gateway.core.plan import make_plan
from gateway.core.reading import Reading, decoded, found_in, weight_of
from gateway.core.route import Matched, find_route
from gateway.core.signature import UNCOVERED, breaks_signature, less_its_headers
from gateway.model.decision import Action, Refusal
from gateway.model.document import Document
from gateway.model.errors import OutdatedError, OvertakenError, PayloadError
from gateway.model.files import FileView
from gateway.model.ledger import Entry, Event
from gateway.model.message import Reply, Request
from gateway.model.protection import Applied, Plan
from gateway.model.residency import Caller
from gateway.model.rules import Ruleset
from gateway.ports import Answer, Relay
from gateway.service.aside import size_of
from gateway.service.channel import Channel
from gateway.service.collect import Collected, collect
from gateway.service.credentials import closed, opened
from gateway.service.disclose import disclose
from gateway.service.downloads import fetched, handed_out, may_be_reference
from gateway.service.free_text import UNREAD, read_further
from gateway.service.intake import Intake, file_away, homed
from gateway.service.live_rules import LiveRules
from gateway.service.login import caller_after
from gateway.service.observing import observes, taken_in, unread
from gateway.service.outbound import send_out
from gateway.service.passage import Ending, Passage
from gateway.service.proved import proved
from gateway.service.recall import Recollection, recollect
from gateway.service.reply_watch import ReplyWatch
from gateway.service.settle import settle
from gateway.service.signing import badly_signed, signed
from gateway.service.streaming import answer_length, is_stream, may_show, read_within_s, stream_of, streams
from gateway.service.uploads import fall_back, may_hold_files
from gateway.service.versions import (
    BLOCKED,
    change_of,
    is_blocked,
    outward_with,
    reply_headers,
    reply_with,
)
from gateway.service.world import World

_UNREADABLE = ("image/", "video/", "audio/", "font/", "application/zip", "application/pdf")
"""Media types of replies that are sent through unread: no token in them could be restored, and none is."""

_WORDS = {action: action.name.lower() for action in Action}
"""The actions as ledger and log name them."""

_NO_FILES: Mapping[str, FileView] = {}

_ROUNDS = 4
"""How often a request is judged anew before it is refused, because others were first."""

_NO_ROUTE = Refusal(404, "GW-X404", "No route takes this method and path. Mend: add a route to the rules.")
_NO_UPGRADE = Refusal(
    501, "GW-X501", "CONNECT and Upgrade cannot be inspected, unless a route says so. Mend: upgrade: websocket there."
)

_CODINGS = ("gzip", "deflate", "br", "zstd")
"""Content codings that a reply can be read in; the upstream is offered no other."""


class Exchange:
    """The use case. Holds no state of its own: rules and ports are given, everything else is on the way through."""

    def __init__(self, rules: LiveRules, world: World, watch: ReplyWatch | None = None) -> None:
        self._rules = rules
        self._world = world
        self._watch = watch or ReplyWatch()

    async def handle(self, request: Request, *, request_id: str) -> Reply | Relay | Refusal:
        """The reply for the client, or why the rules refuse the request.

        Raises PayloadError where it cannot be inspected and WorldError where it could not be kept or forwarded.
        """
        ruleset = self._rules.current
        matched = _matched(ruleset, request)
        if isinstance(matched, Refusal):
            return matched
        if matched.route.outbound is not None:
            return await send_out(request, request_id, matched, matched.route.outbound, ruleset, self._world)
        observed = observes(ruleset, matched)
        if not observed and (refusal := badly_signed(request, matched.route, self._world)) is not None:
            return refusal
        request, known = as_upstream_knows(request)
        intake = await taken_in(request, matched, ruleset, self._world) if may_hold_files(request) else None
        try:
            if intake is not None and intake.held and matched.route.signature is not None and not observed:
                return UNCOVERED
            passage = await self._prepare(intake.request if intake else request, request_id, matched, ruleset, intake)
            if isinstance(passage, Refusal):
                return passage
            if matched.route.downloads:
                return await handed_out(passage)
            answer = await self._world.upstream.send(passage.destination, passage.outward)
            if answer.status == 206 and _could_be_restored(answer, passage):
                # A token could be cut in two: the whole is asked for instead, which is always an answer to Range.
                await answer.aclose()
                passage = replace(passage, outward=without_range(passage.outward))
                answer = await self._world.upstream.send(passage.destination, passage.outward)
            outcome = await self._answered(passage, answer)
            return unless_known(outcome, known) if known and isinstance(outcome, Reply) else outcome
        finally:
            if intake is not None:
                intake.close()

    async def open(self, request: Request, *, request_id: str) -> Channel | Reply | Refusal:
        """A WebSocket; what the destination answered where it wants none, or why the rules refuse it.

        Raises PayloadError and WorldError as ``handle`` does.
        """
        ruleset, sockets = self._rules.current, self._world.sockets
        matched = find_route(ruleset, request)
        if matched is None:
            return _NO_ROUTE
        if matched.route.upgrade != "websocket" or sockets is None or matched.route.outbound is not None:
            return _NO_UPGRADE
        refusal = None if observes(ruleset, matched) else badly_signed(request, matched.route, self._world)
        if refusal is not None:
            return refusal
        passage = await self._prepare(request, request_id, matched, ruleset)
        if isinstance(passage, Refusal):
            return passage
        socket = await sockets.connect(passage.destination, passage.outward)
        reply = socket if isinstance(socket, Reply) else Reply(101, socket.headers, b"")
        await settle(Ending(passage.outward.method, reply, complete=True, document=None), passage)
        self._report(passage, reply.status, 0)
        if isinstance(socket, Reply):
            return socket
        prepare = partial(self._again, request_id, ruleset)
        return Channel(socket, passage, request, prepare, lambda: self._rules.current is not ruleset)

    async def _again(self, request_id: str, ruleset: Ruleset, request: Request, matched: Matched) -> Passage | Refusal:
        """One message of an open channel, as a request of its own."""
        passage = await self._prepare(request, request_id, matched, ruleset)
        if isinstance(passage, Passage):
            self._report(passage, 101, 0)
        return passage

    async def _prepare(
        self, request: Request, request_id: str, matched: Matched, ruleset: Ruleset, intake: Intake | None = None
    ) -> Passage | Refusal:
        """Everything up to the outward request; when it returns, the originals are safe at home.

        Where somebody was first since the recall, nothing was kept: it is recalled and judged again.
        """
        files = intake.views if intake else _NO_FILES
        try:
            reading = await self._read_in(request, matched, ruleset, files)
        except PayloadError as error:
            if not observes(ruleset, matched):
                raise
            reading = unread(matched, error, request_id, self._world)
        reading = less_its_headers(reading, matched.route.signature)
        if self._world.names is not None:
            reading = await read_further(reading, ruleset, self._world, self._world.names)
        for _ in range(_ROUNDS - 1):
            try:
                return await self._judged(request, request_id, reading, ruleset, intake)
            except OvertakenError as error:
                self._world.sink.emit("overtaken", code=error.code, request=request_id)
        return await self._judged(request, request_id, reading, ruleset, intake)

    async def _read_in(
        self, request: Request, matched: Matched, ruleset: Ruleset, files: Mapping[str, FileView]
    ) -> Reading:
        """The request as the core sees it, with its credentials opened where they are to be exchanged."""
        to = ruleset.destinations[matched.route.to]
        credential = None if observes(ruleset, matched) else await opened(request, to, ruleset, self._world)
        if credential is None:
            return await self._found(request, matched, ruleset, files)
        reading = await self._found(credential.request, matched, ruleset, files)
        if matched.intent == "look_up":
            searchable = less_unsearchable(credential, reading, ruleset)
            if searchable is not credential:
                credential = searchable
                reading = await self._found(searchable.request, matched, ruleset, files)
        return replace(reading, credential=credential)

    async def _found(
        self, request: Request, matched: Matched, ruleset: Ruleset, files: Mapping[str, FileView]
    ) -> Reading:
        limits, aside = self._world.limits, self._world.aside
        document = await aside(size_of(request), decoded, request, matched, limits, files)
        return await aside(weight_of(document), found_in, document, request, matched, ruleset, limits, files)

    async def _judged(
        self, request: Request, request_id: str, reading: Reading, ruleset: Ruleset, intake: Intake | None = None
    ) -> Passage | Refusal:
        """One round. Raises OvertakenError."""
        world, matched = self._world, reading.matched
        recollection = await recollect(request, reading, ruleset, world)
        judgement = await world.aside(reading.size, judge, reading, ruleset, recollection.asked)
        entry = _entry(request_id, world.clock.now_ms(), judgement, ruleset, recollection.asked.caller)
        if observes(ruleset, matched):
            if world.observed is not None:
                world.observed.note(judgement)
            world.ledger.tally(replace(entry, outcome="observed"))
            return Passage(ruleset, world, recollection, judgement, Plan(), None, _sent(request, intake), entry, {})
        plan = await world.aside(reading.size, _planned, judgement, ruleset)
        if isinstance(plan, Refusal):
            world.ledger.tally(replace(entry, event="refuse", outcome=plan.code))
            return plan
        if intake is not None and (touched := locked(reading.document, plan)):
            await fall_back(intake, touched, ruleset, world)
            return await self._prepare(request, request_id, matched, ruleset, intake)
        if intake is not None and not homed(intake, reading.document, plan):
            return await self._prepare(request, request_id, matched, ruleset, intake)
        unsigned = matched.route.signature is None and breaks_signature(request, reading.document, plan)
        if (refusal := UNCOVERED if unsigned else _not_to_be_kept(judgement, plan, recollection)) is not None:
            world.ledger.tally(replace(entry, event="refuse", outcome=refusal.code))
            return refusal
        return await self._kept(
            Passage(ruleset, world, recollection, judgement, plan, None, request, entry, {}), intake
        )

    async def _kept(self, passage: Passage, intake: Intake | None) -> Passage | Refusal:
        """The passage with all of it kept at home, and what goes out; nothing does of a blocked person."""
        request, entry, judgement, ruleset = passage.outward, passage.entry, passage.judgement, passage.ruleset
        blocked = is_blocked(judgement, passage.recollection)
        try:
            change = change_of(passage)
            written = replace(entry, outcome=BLOCKED.code) if blocked else entry
            if intake is not None:
                await file_away(intake, judgement.reading.document, passage.plan, self._world)
            collected = await collect(
                judgement, passage.plan, ruleset, passage.recollection, self._world, written, change
            )
        except OutdatedError as error:
            self._world.ledger.tally(replace(entry, event="refuse", outcome=error.code))
            raise
        if blocked:
            return BLOCKED
        version = change.now(collected.kept)
        applied, encoded = await self._world.aside(judgement.reading.size, _applied, passage, collected)
        outward = _framed(outward_with(encoded, passage.route, ruleset, version))
        outward = closed(outward, judgement.reading.credential, passage.destination, self._world)
        outward = signed(outward, request, passage.route, self._world)
        passage = replace(passage, collected=collected, outward=outward, shown=applied.shown, version=version)
        checked = await proved(passage)
        if intake is None or isinstance(checked, Refusal):
            return checked
        return replace(checked, outward=intake.filled(checked.outward))

    async def _answered(self, passage: Passage, answer: Answer) -> Reply | Relay:
        """The upstream has answered: from here on nothing turns into a refusal."""
        passed_on = False
        try:
            reply, complete = await self._read(answer, passage)
            document = await self._decoded(reply, passage) if complete else None
            file = await fetched(reply, passage, passage.caller) if complete else None
            ending = Ending(passage.outward.method, reply, complete, document)
            disclosure = await disclose(reply, document, passage, caller_after(ending, passage))
            await settle(replace(ending, left=disclosure.left), passage)
            self._report(passage, reply.status, disclosure.restored)
            self._watch.offer(passage, document)
            passed_on = not complete
            if file is not None:
                return replace(file, headers=reply_headers(file.headers, passage))
            if passed_on:
                return _relayed(reply, answer, passage, caller_after(ending, passage))
            return reply_with(disclosure.reply, passage)
        finally:
            if not passed_on:
                await answer.aclose()

    async def _read(self, answer: Answer, passage: Passage) -> tuple[Reply, bool]:
        """The reply as far as it is worth holding, and whether that is all of it."""
        body, complete = b"", False
        if may_be_reference(answer) or not (_is_unreadable(answer) or streams(answer, passage)):
            body, complete = await answer.read(self._world.limits.max_body_bytes, read_within_s(answer))
        reply = _headless(Reply(answer.status, answer.headers, body, answer.reason), passage)
        return reply, complete and not is_stream(reply, passage)

    async def _decoded(self, reply: Reply, passage: Passage) -> Document | None:
        limits, route = self._world.limits, passage.route
        try:
            return await self._world.aside(
                size_of(reply), decode_reply, reply, limits, route.protobuf, passage.outward.target
            )
        except PayloadError as error:
            self._world.sink.emit("reply_unreadable", code=error.code)
            return None

    def _report(self, passage: Passage, status: int, restored: int) -> None:
        collected = passage.collected
        self._world.sink.emit(
            "exchange",
            request=passage.entry.request,
            route=passage.entry.route,
            destination=passage.entry.destination,
            residence=" ".join(sorted({str(home) for _, home in passage.judgement.decision.homes})),
            status=status,
            kept=len(collected.keeps) if collected else 0,
            restored=restored,
            echoed=passage.echoed,
            **_actions(passage.entry),
        )


def _not_to_be_kept(judgement: Judgement, plan: Plan, recollection: Recollection) -> Refusal | None:
    """Of a blocked person only what brings data is taken, to be kept."""
    looks_up = judgement.reading.matched.intent == "look_up"
    return BLOCKED if (looks_up or not plan.keeps) and is_blocked(judgement, recollection) else None


def _planned(judgement: Judgement, ruleset: Ruleset) -> Plan | Refusal:
    unread = UNREAD if judgement.reading.unread else None
    return judgement.decision.refusal or unread or make_plan(judgement, ruleset)


def _applied(passage: Passage, collected: Collected) -> tuple[Applied, Request]:
    """The outward document, and what goes out with headers that are true of it."""
    document, request = passage.judgement.reading.document, passage.outward
    kept, material, seeks = collected.kept, collected.material, collected.seeks
    applied = apply(document, passage.plan, passage.ruleset, kept, material, seeks)
    encoded = encode_request(applied.outward, request)
    return applied, replace(encoded, headers=measured(encoded.headers, request.body, encoded.body))


def _matched(ruleset: Ruleset, request: Request) -> Matched | Refusal:
    """The request's route; refused where there is none, or where the request could not be inspected on its way."""
    matched = find_route(ruleset, request)
    if matched is None:
        return _NO_ROUTE
    at_home = ruleset.destinations[matched.route.to].region in ruleset.regions
    if at_home and matched.route.outbound is None:
        return matched
    if request.method == "CONNECT" or request.header("upgrade") is not None:
        return _NO_UPGRADE
    if observes(ruleset, matched):
        return matched
    if request.header("range") is not None and request.method != "GET":
        says = "Range towards a foreign destination is refused but for GET: it means nothing there. Mend: leave it out."
        return Refusal(416, "GW-X416", says)
    return matched


def _could_be_restored(answer: Answer, passage: Passage) -> bool:
    """True for a part of a reply from abroad, of a kind that has tokens."""
    return passage.destination.region not in passage.ruleset.regions and not _is_unreadable(answer)


def _relayed(reply: Reply, answer: Answer, passage: Passage, caller: Caller) -> Relay:
    """The reply sent on as it comes; with its tokens restored, where that could be."""
    endless = answer_length(answer) is None
    if endless:
        answer.linger()
    found = None if _is_unreadable(answer) else stream_of(answer, reply.body, passage, caller)
    if found is None:
        kept = reply_headers(reply.headers, passage)
        return Relay(reply.status, reply.reason, kept, answer, reply.body, endless)
    headers, stream = found
    return Relay(reply.status, reply.reason, reply_headers(headers, passage), stream, endless=endless)


def _sent(request: Request, intake: Intake | None) -> Request:
    return _framed(intake.filled(request) if intake else request)


def _framed(request: Request) -> Request:
    """The request with only those content codings offered for the reply that it can be read in."""
    if request.header("accept-encoding") is None:
        return request
    return replace(request, headers=tuple((name, _offered(name, value)) for name, value in request.headers))


def _offered(name: str, value: str) -> str:
    if name.lower() != "accept-encoding":
        return value
    offers = [offer.strip() for offer in value.split(",")]
    return ", ".join(offer for offer in offers if offer.partition(";")[0].lower() in _CODINGS) or "identity"


def _headless(reply: Reply, passage: Passage) -> Reply:
    """The head of what GET would bring says nothing of it that only its body could tell."""
    if passage.outward.method != "HEAD" or not may_show(passage) or _is_unreadable(reply):
        return reply
    return replace(reply, headers=unmeasured(reply.headers))


def _is_unreadable(reply: Reply | Answer) -> bool:
    media = next((value for name, value in reply.headers if name.lower() == "content-type"), "")
    return media.lower().startswith(_UNREADABLE)


def _entry(request_id: str, at_ms: int, judgement: Judgement, ruleset: Ruleset, caller: Caller) -> Entry:
    """The ledger's line on what this request does: kinds, actions and counts, never a value."""
    matched = judgement.reading.matched
    of_vendor = ruleset.destinations[matched.route.to].role in ("analytics", "ai")
    event: Event = "strip" if of_vendor else matched.intent
    rulings = judgement.decision.rulings
    counts = Counter([(ruling.finding.kind, _WORDS[ruling.treatment.action]) for ruling in rulings])
    return Entry(
        at_ms=at_ms,
        request=request_id,
        event=event,
        route=matched.route.name,
        actor=_actor(caller),
        purpose=matched.route.purpose,
        destination=matched.route.to,
        kinds=tuple((kind, action, count) for (kind, action), count in sorted(counts.items())),
        subjects=tuple(sorted({owner.subject for owner in judgement.owners.values()})),
        records=(),
        rules=judgement.decision.rules,
    )


def _actor(caller: Caller) -> str:
    if caller.subject:
        return f"subject:{caller.subject}"
    return next((f"role:{role}" for role in sorted(caller.roles)), "nobody")


def _actions(entry: Entry) -> dict[str, int]:
    """How many findings met each action, for the log."""
    actions: dict[str, int] = {}
    for _, action, count in entry.kinds:
        actions[f"n_{action}"] = actions.get(f"n_{action}", 0) + count
    return actions
