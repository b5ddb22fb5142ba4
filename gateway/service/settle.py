"""What the upstream's answer makes certain: refused records purged, sessions bound, ids and cookies learnt."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from gateway.core.encrypted import shown_as
from gateway.core.identity import reference, text_at
from gateway.core.plan import default_region
from gateway.model.errors import GatewayError
from gateway.model.kept import DirectoryEntry, Fetch, SessionStart, Settlement
from gateway.model.names import Digest, RecordId, Region, SubjectId, Token
from gateway.service.cookies import set_cookies
from gateway.service.directory import afterwards, created
from gateway.service.login import Login, ended_session, login_of, made
from gateway.service.merging import merge_by_login
from gateway.service.new_login import new_login
from gateway.service.passage import Ending, Passage
from gateway.service.recall import cookie_blind

_CREATED = 201

_GRACE_S = 30 * 86400
"""How long the record of a deleted resource lives on where its region names no days (152-FZ art. 21(4): 30 days)."""

_SHOWN_FOR_S = 12 * 3600
"""How long a session may send back a token that it was shown and could not read."""

_ALL = 10**6
"""More records than a person has."""

_NOBODY = SubjectId("")
_NOTHING = Settlement()


async def settle(ending: Ending, passage: Passage) -> None:
    """Write it down, if there is anything; a failing store is reported, never raised: the upstream has answered."""
    world = passage.world
    try:
        home = default_region(passage.ruleset)
        for region, vault in world.vaults.items():
            outcome = await (_at_home if region == home else _abroad)(ending, passage, region)
            if outcome != _NOTHING:
                await vault.settle(outcome)
        if passage.recollection.same and ending.succeeded:
            await merge_by_login(passage)
    except GatewayError as error:
        world.sink.emit("settle_failed", code=error.code, request=passage.entry.request)
    if ending.reply.status == _CREATED and passage.judgement.reading.matched.intent == "look_up":
        world.sink.emit("incident", what="created_on_look_up", route=passage.entry.route)


async def show(tokens: Collection[Token], passage: Passage) -> None:
    """Remember that the caller's session was shown these and could not read them; what it sends back is a token."""
    session = passage.caller.session
    if session is None:
        return
    seen = tuple((session, shown_as(token)) for token in tokens)
    try:
        for vault in passage.world.vaults.values():
            await vault.settle(Settlement(shown=seen, shown_until=_shown_until(seen, passage)))
    except GatewayError as error:
        passage.world.sink.emit("settle_failed", code=error.code, request=passage.entry.request)


async def _abroad(ending: Ending, passage: Passage, region: Region) -> Settlement:
    """What a vault beside the home vault is told."""
    ended, ends_at = await _ended(ending, passage, region)
    shown = _shown(ending, passage)
    return Settlement(
        refused=_refused(ending, passage, region),
        shown=shown,
        shown_until=_shown_until(shown, passage),
        ended=ended,
        ends_at=ends_at,
    )


async def _at_home(ending: Ending, passage: Passage, region: Region) -> Settlement:
    ended, ends_at = await _ended(ending, passage, region)
    login = login_of(ending, passage)
    started = await _started(login, passage, region)
    closed = ended_session(ending, passage) + ((login.session,) if login and not started else ())
    agreed = afterwards(passage.judgement, passage.ruleset, passage.recollection) if ending.succeeded else ()
    shown = _shown(ending, passage)
    return Settlement(
        refused=_refused(ending, passage, region),
        shown=shown,
        shown_until=_shown_until(shown, passage),
        ended=ended,
        ends_at=ends_at,
        sessions=started[:1] if started else (),
        closed_sessions=closed,
        directory=(
            *agreed,
            *made(ending, passage),
            *(started[1:] if started else ()),
            *await new_login(ending, passage),
            *_learnt_reference(ending, passage),
            *_learnt_cookies(ending, passage),
        ),
        withdrawn=_withdrawn(ending, passage, region),
    )


def _is_refusal(ending: Ending, passage: Passage) -> bool:
    """True if the upstream has definitely refused the request, by a reply that was fully received."""
    return ending.complete and ending.reply.status in passage.destination.refused_on


def _refused(ending: Ending, passage: Passage, region: Region) -> tuple[RecordId, ...]:
    if passage.collected is None or not _is_refusal(ending, passage):
        return ()
    own = {keep.record for keep in passage.collected.keeps if keep.region == region}
    return tuple(record for record in passage.collected.created if record in own)


def _shown(ending: Ending, passage: Passage) -> tuple[tuple[Digest, Token], ...]:
    session = passage.caller.session
    return tuple((session, shown_as(token)) for token in ending.left) if session else ()


def _shown_until(shown: tuple[tuple[Digest, Token], ...], passage: Passage) -> int:
    return passage.world.now_s() + _SHOWN_FOR_S if shown else 0


async def _started(login: Login | None, passage: Passage, region: Region) -> tuple[SessionStart, DirectoryEntry] | None:
    """The session that the reply has begun, and what the login has proved.

    Who logs in by an identifier that somebody else has put beside his own is a person of its own from now on.
    """
    if login is None or login.entry is None:
        return None
    subject = login.entry.subject
    if not login.known:
        [key] = await passage.world.keys.fresh(region, 1)
        subject = SubjectId(key.id)
    proven = replace(login.entry, subject=subject, region=None, rank=None, standing="proven", among=0)
    expires = passage.world.now_s() + (passage.route.session.ttl_s if passage.route.session else 0)
    return SessionStart(login.session, subject, expires, (proven.kind, proven.blind)), proven


def _withdrawn(ending: Ending, passage: Passage, region: Region) -> tuple[DirectoryEntry, ...]:
    """What a refused request has entered. Where it recorded a person in another region, that one's vault is to say
    whether anything is left: the entries stay, and whoever is registered by them takes them over.
    """
    if passage.collected is None or not _is_refusal(ending, passage):
        return ()
    elsewhere = {keep.subject for keep in passage.collected.keeps if keep.region != region}
    return tuple(entry for entry in passage.collected.entered if entry.subject not in elsewhere)


def _learnt_reference(ending: Ending, passage: Passage) -> Iterator[DirectoryEntry]:
    """The back end's own id for the person that this request was about, from the reply to its creation."""
    ref = passage.route.subject_ref
    collects = passage.judgement.reading.matched.intent == "collect"
    if ref is None or not ref.learn or not collects or not ending.succeeded or ending.document is None:
        return
    text = text_at(ending.document, ("body", *ref.learn[1:]))
    about = created(passage.judgement, passage.ruleset)
    owner = passage.judgement.owners.get(about)
    new = passage.collected.subjects.get(about) if passage.collected else None
    subject = new or (owner.subject if owner else None)
    residence = next((one for one in passage.judgement.residences if one.about == about), None)
    if text and subject and residence:
        kind, digest = reference(ref.name, passage.route.to, text, passage.recollection.keys.index)
        place = (None, None) if owner else (residence.region, residence.rank)
        yield DirectoryEntry(kind, digest, subject, *place)


def _learnt_cookies(ending: Ending, passage: Passage) -> Iterator[DirectoryEntry]:
    """Names of cookies that the destination sets itself and gets back from now on."""
    known = passage.destination.own_cookies | passage.recollection.asked.own_cookies
    for name in set_cookies(ending.reply):
        if name not in known:
            kind, digest = cookie_blind(passage.route.to, name, passage.recollection.keys)
            yield DirectoryEntry(kind, digest, _NOBODY, None, None)


async def _ended(ending: Ending, passage: Passage, region: Region) -> tuple[tuple[RecordId, ...], int | None]:
    """The records that a region has of the person whose resource was deleted, and when they are to go."""
    reference_entry = passage.recollection.asked.reference
    if ending.method != "DELETE" or not ending.succeeded or reference_entry is None:
        return (), None
    query = Fetch(subjects=(reference_entry.subject,), scope=passage.destination.scope, most=_ALL)
    fetched = await passage.world.vaults[region].fetch(query)
    keep_days = passage.ruleset.regions[region].keep_days
    delay_s = 0 if passage.route.erases else (keep_days * 86400 if keep_days else _GRACE_S)
    return fetched.by_subject.get(reference_entry.subject, ()), passage.world.now_s() + delay_s
