"""The session that a reply begins or ends, and whose it is.

A login that worked proves the identifier that it was made with, and nothing else. The back end says that somebody may
use the account of that identifier; whose person of the directory that is depends on how the identifier came there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from gateway.core.owners import creates, speaks_for
from gateway.core.paths import matches
from gateway.core.people import person
from gateway.model.kept import Blinded, DirectoryEntry
from gateway.model.message import Reply
from gateway.model.names import Digest, Path
from gateway.model.residency import Caller
from gateway.model.rules import NewLogin, PathPattern, SessionSpec
from gateway.service.cookies import removed_cookies, set_cookies
from gateway.service.directory import registered, told_by
from gateway.service.passage import Ending, Passage
from gateway.service.recall import session_blind

SAFE = ("GET", "HEAD", "OPTIONS")
"""Methods that log nobody in: a page that sets a fresh cookie is no login."""


@dataclass(frozen=True, slots=True)
class Login:
    """A login that worked. ``entry``: the identifier and whose it is; None where that can't be told.

    ``known``: the person is the entry's. Else somebody wrote the identifier there, and who has logged in is a person of
    its own.
    """

    session: Digest
    entry: DirectoryEntry | None
    known: bool


def login_of(ending: Ending, passage: Passage) -> Login | None:
    """The login by which the reply begins a session; a back end that keeps the id it gave before begins it too."""
    spec = passage.route.session
    if spec is None or ending.method in SAFE or not worked(spec, ending.reply):
        return None
    value = set_cookies(ending.reply).get(spec.cookie)
    keys = passage.recollection.keys
    session = session_blind(passage.route.to, value, keys) if value else passage.recollection.session
    if session is None:
        return None
    entry = _entry_at(spec.subject, passage, made(ending, passage))
    return Login(session, entry, known=entry is not None and speaks_for(entry, passage.recollection.asked.recalled))


def made(ending: Ending, passage: Passage) -> tuple[DirectoryEntry, ...]:
    """What a person is known by whom the back end has just made; a session that begins says so too."""
    spec = passage.route.session
    if not creates(passage.route):
        return ()
    if passage.collected is None or not (ending.succeeded or (spec is not None and worked(spec, ending.reply))):
        return ()
    subjects = passage.collected.subjects
    told = tuple(told_by(passage.judgement, passage.ruleset, passage.recollection))
    return tuple(registered(told, passage.judgement, passage.ruleset, subjects))


def caller_after(ending: Ending, passage: Passage) -> Caller:
    """Who the caller is in the reply: a login that worked makes the caller its person already there, and no other's."""
    login = login_of(ending, passage)
    if login is None:
        return passage.caller
    return replace(passage.caller, subject=login.entry.subject if login.entry and login.known else None)


def ended_session(ending: Ending, passage: Passage) -> tuple[Digest, ...]:
    """The session the request came with, if the reply takes its cookie away."""
    session = passage.recollection.session
    names = {route.session.cookie for route in passage.ruleset.routes if route.session and route.to == passage.route.to}
    return (session,) if session and names & removed_cookies(ending.reply, passage.world.now_s()) else ()


def _entry_at(
    pattern: PathPattern, passage: Passage, registered_now: Sequence[DirectoryEntry]
) -> DirectoryEntry | None:
    """The identifier at a path of the request, keys in any case, and whose it is once this exchange is written down.

    None where several identifiers could be meant, or where it is nobody's.
    """
    found = identifier_at(pattern, passage)
    if found is None:
        return None
    blinded, path = found
    known = passage.recollection.asked.recalled.known.get(blinded)
    taken = next((entry for entry in registered_now if (entry.kind, entry.blind) == blinded), None)
    if taken is not None and (known is None or known.standing == "mentioned"):
        return taken
    return known or _entered(blinded, path, passage)


def identifier_at(pattern: PathPattern, passage: Passage) -> tuple[Blinded, Path] | None:
    """The one identifier at a path of the request, keys in any case; None where several could be meant."""
    folded = tuple(step.casefold() for step in pattern)
    found = {
        blinded: finding.path
        for finding, blinded in passage.recollection.asked.identities.items()
        if matches(folded, tuple(step.casefold() if isinstance(step, str) else step for step in finding.path))
    }
    return next(iter(found.items())) if len(found) == 1 else None


def _entered(blinded: Blinded, path: Path, passage: Passage) -> DirectoryEntry | None:
    """As the request itself has entered it before it was forwarded."""
    about = person(path, passage.ruleset.residence, passage.route)
    subject = passage.collected.subjects.get(about) if passage.collected else None
    return DirectoryEntry(*blinded, subject, None, None) if subject else None


def worked(spec: SessionSpec | NewLogin, reply: Reply) -> bool:
    """True if the reply is the one by which the back end says so."""
    location = reply.header("location") or ""
    return reply.status in spec.statuses and (spec.location is None or fnmatchcase(location, spec.location))
