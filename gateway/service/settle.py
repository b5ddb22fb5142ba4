"""What the upstream's answer makes certain: refused records purged, sessions bound, ids and cookies learnt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from gateway.core.identity import reference, text_at
from gateway.core.paths import matches
from gateway.core.people import person
from gateway.core.plan import default_region
from gateway.model.document import Document
from gateway.model.errors import GatewayError
from gateway.model.kept import DirectoryEntry, Fetch, SessionStart, Settlement
from gateway.model.message import Reply
from gateway.model.names import Digest, Path, RecordId, Region, SubjectId, Token
from gateway.model.residency import Caller
from gateway.model.rules import PathPattern, SessionSpec
from gateway.service.cookies import removed_cookies, set_cookies
from gateway.service.directory import afterwards
from gateway.service.passage import Passage
from gateway.service.recall import cookie_blind, session_blind

_CREATED = 201

_SAFE = ("GET", "HEAD", "OPTIONS")
"""Methods that log nobody in: a page that sets a fresh cookie is no login."""

_GRACE_S = 30 * 86400
"""How long the record of a deleted resource lives on where its region names no days (152-FZ art. 21(4): 30 days)."""

_SHOWN_FOR_S = 12 * 3600
"""How long a session may send back a token that it was shown and could not read."""

_NOBODY = SubjectId("")
_NOTHING = Settlement()


@dataclass(frozen=True, slots=True)
class Ending:
    """How the exchange with the upstream ended. ``document`` is None where the reply was not read."""

    method: str
    reply: Reply
    complete: bool
    document: Document | None
    left: tuple[Token, ...] = ()

    @property
    def succeeded(self) -> bool:
        return 200 <= self.reply.status < 300


async def settle(ending: Ending, passage: Passage) -> None:
    """Write it down, if there is anything; a failing store is reported, never raised: the upstream has answered."""
    world = passage.world
    try:
        home = default_region(passage.ruleset)
        for region, vault in world.vaults.items():
            outcome = await (_at_home if region == home else _abroad)(ending, passage, region)
            if outcome != _NOTHING:
                await vault.settle(outcome)
    except GatewayError as error:
        world.sink.emit("settle_failed", code=error.code, request=passage.entry.request)
    if ending.reply.status == _CREATED and passage.judgement.reading.matched.intent == "look_up":
        world.sink.emit("incident", what="created_on_look_up", route=passage.entry.route)


async def _abroad(ending: Ending, passage: Passage, region: Region) -> Settlement:
    """What a vault beside the home vault is told."""
    shown = _shown(ending, passage)
    return Settlement(refused=_refused(ending, passage, region), shown=shown, shown_until=_shown_until(shown, passage))


async def _at_home(ending: Ending, passage: Passage, region: Region) -> Settlement:
    ended, ends_at = await _ended(ending, passage)
    started, closed = _sessions(ending, passage)
    agreed = afterwards(passage.judgement, passage.ruleset, passage.recollection) if ending.succeeded else ()
    shown = _shown(ending, passage)
    return Settlement(
        refused=_refused(ending, passage, region),
        shown=shown,
        shown_until=_shown_until(shown, passage),
        ended=ended,
        ends_at=ends_at,
        sessions=started,
        closed_sessions=closed,
        directory=(*agreed, *_learnt_reference(ending, passage), *_learnt_cookies(ending, passage)),
    )


def _refused(ending: Ending, passage: Passage, region: Region) -> tuple[RecordId, ...]:
    if passage.collected is None or not ending.complete or ending.reply.status not in passage.destination.refused_on:
        return ()
    own = {keep.record for keep in passage.collected.keeps if keep.region == region}
    return tuple(record for record in passage.collected.created if record in own)


def _shown(ending: Ending, passage: Passage) -> tuple[tuple[Digest, Token], ...]:
    session = passage.caller.session
    return tuple((session, token) for token in ending.left) if session else ()


def _shown_until(shown: tuple[tuple[Digest, Token], ...], passage: Passage) -> int:
    return passage.world.now_s() + _SHOWN_FOR_S if shown else 0


def _sessions(ending: Ending, passage: Passage) -> tuple[tuple[SessionStart, ...], tuple[Digest, ...]]:
    """The session that the reply has begun, and those it has ended.

    A back end that keeps the id it gave before the login begins it all the same. Where a login worked and it is not
    known whose it is, what the session was before is over.
    """
    spec = passage.route.session
    deleted = _deleted(ending, passage)
    if spec is None or ending.method in _SAFE or not _worked(spec, ending.reply):
        return (), deleted
    value = set_cookies(ending.reply).get(spec.cookie)
    keys = passage.recollection.keys
    digest = session_blind(passage.route.to, value, keys) if value else passage.recollection.session
    if digest is None:
        return (), deleted
    subject = _subject_at(spec.subject, passage)
    if subject is None:
        return (), (*deleted, digest)
    return (SessionStart(digest, subject, passage.world.now_s() + spec.ttl_s),), deleted


def caller_after(ending: Ending, passage: Passage) -> Caller:
    """Who the caller is in the reply: a login that worked makes the caller its person already there."""
    started, _ = _sessions(ending, passage)
    return replace(passage.caller, subject=started[0].subject) if started else passage.caller


def _deleted(ending: Ending, passage: Passage) -> tuple[Digest, ...]:
    """The session the request came with, if the reply takes its cookie away."""
    session = passage.recollection.session
    names = {route.session.cookie for route in passage.ruleset.routes if route.session and route.to == passage.route.to}
    return (session,) if session and names & removed_cookies(ending.reply, passage.world.now_s()) else ()


def _subject_at(pattern: PathPattern, passage: Passage) -> SubjectId | None:
    """Whose identifier stands at a path of the request, keys in any case; None where several could be meant."""
    asked = passage.recollection.asked
    folded = tuple(step.casefold() for step in pattern)
    found = {
        entry.subject if (entry := asked.recalled.known.get(blinded)) else _newly_known(finding.path, passage)
        for finding, blinded in asked.identities.items()
        if matches(folded, tuple(step.casefold() if isinstance(step, str) else step for step in finding.path))
    }
    return found.pop() if len(found) == 1 else None


def _newly_known(path: Path, passage: Passage) -> SubjectId | None:
    about = person(path, passage.ruleset.residence, passage.route)
    return passage.collected.subjects.get(about) if passage.collected else None


def _learnt_reference(ending: Ending, passage: Passage) -> Iterator[DirectoryEntry]:
    """The back end's own id for the person that this request was about, from the reply to its creation."""
    ref = passage.route.subject_ref
    collects = passage.judgement.reading.matched.intent == "collect"
    if ref is None or not ref.learn or not collects or not ending.succeeded or ending.document is None:
        return
    text = text_at(ending.document, ("body", *ref.learn[1:]))
    about = person(("body", "id"), passage.ruleset.residence, passage.route)
    owner = passage.judgement.owners.get(about)
    subject = owner.subject if owner else _newly_known(("body", "id"), passage)
    residence = next((one for one in passage.judgement.residences if one.about == about), None)
    if text and subject and residence:
        kind, digest = reference(ref.name, passage.route.to, text, passage.recollection.keys.index)
        yield DirectoryEntry(kind, digest, subject, residence.region, residence.rank)


def _learnt_cookies(ending: Ending, passage: Passage) -> Iterator[DirectoryEntry]:
    """Names of cookies that the destination sets itself and gets back from now on."""
    known = passage.destination.own_cookies | passage.recollection.asked.own_cookies
    for name in set_cookies(ending.reply):
        if name not in known:
            kind, digest = cookie_blind(passage.route.to, name, passage.recollection.keys)
            yield DirectoryEntry(kind, digest, _NOBODY, None, None)


async def _ended(ending: Ending, passage: Passage) -> tuple[tuple[RecordId, ...], int | None]:
    """The records of the person whose resource was deleted, and when they are to go."""
    reference_entry = passage.recollection.asked.reference
    if ending.method != "DELETE" or not ending.succeeded or reference_entry is None:
        return (), None
    query = Fetch(subjects=(reference_entry.subject,), scope=passage.destination.scope, most=1000)
    fetched = await passage.world.home_vault(passage.ruleset).fetch(query)
    keep_days = passage.ruleset.regions[default_region(passage.ruleset)].keep_days
    delay_s = 0 if passage.route.erases else (keep_days * 86400 if keep_days else _GRACE_S)
    return fetched.by_subject.get(reference_entry.subject, ()), passage.world.now_s() + delay_s


def _worked(spec: SessionSpec, reply: Reply) -> bool:
    location = reply.header("location") or ""
    return reply.status in spec.statuses and (spec.location is None or fnmatchcase(location, spec.location))
