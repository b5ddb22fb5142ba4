"""Which version of a person's data a request builds on, which it makes, and who of the message may not be processed.

Home counts every change of a person's data (LOC-03). An update of a person's resource (PUT, PATCH and DELETE by the
back end's own id, or of the caller where ``whose: caller``) builds on the version that the client names, else on the
one that was recalled; of two at once the second is refused. What else is collected of a known person only counts.
"""

from __future__ import annotations

import re
from dataclasses import replace

from gateway.core.identity import text_at
from gateway.core.judge import Judgement
from gateway.core.plan import default_region
from gateway.model.decision import Refusal
from gateway.model.errors import OutdatedError
from gateway.model.kept import DirectoryEntry, PersonFact, Revision
from gateway.model.message import Headers, Reply, Request
from gateway.model.names import Region, SubjectId
from gateway.model.rules import PathPattern, Route, Ruleset
from gateway.service.collect import Change
from gateway.service.passage import Passage
from gateway.service.recall import Recollection

_UPDATES = ("PUT", "PATCH", "DELETE")
_VERSION = re.compile(r'(?:W/)?"?([0-9]{1,18})"?')
"""As a number, or as the ETag that its header makes of it."""
_CONDITION = "if-match"
BLOCKED = Refusal(
    423,
    "GW-X423",
    "The processing of this person's data is blocked: what was sent is kept at home, nothing is forwarded or shown.",
)


def change_of(passage: Passage) -> Change:
    """Raises OutdatedError where the client names another version than the one at home."""
    judgement, recollection = passage.judgement, passage.recollection
    recalled = recollection.asked.recalled
    resource = _resource(judgement, recollection, passage.ruleset)
    known = recalled.people.get(resource.subject) if resource else None
    consent = text_where(passage.route.consent, passage.outward, judgement)
    about = Change(resource.subject, known.version) if resource and known else Change()
    about = replace(about, consent=consent)
    if recalled.replay or judgement.reading.matched.intent != "collect":
        return about
    named = _builds_on(passage.outward, judgement, about.version)
    keeps = {draft.about for draft in passage.plan.keeps}
    changed = [owner.subject for path, owner in judgement.owners.items() if path in keeps]
    expected: dict[SubjectId, int | None] = {subject: None for subject in changed if subject in recalled.people}
    if about.about is not None and (passage.outward.method in _UPDATES or named is not None):
        expected[about.about] = about.version
    return replace(about, revisions=tuple(Revision(subject, version) for subject, version in expected.items()))


def is_blocked(judgement: Judgement, recollection: Recollection) -> bool:
    """True if the request is of or about a person whose data may be kept, and no more (DSR-01)."""
    people, caller = recollection.asked.recalled.people, recollection.asked.caller.subject
    entries = (*judgement.owners.values(), *judgement.named.values())
    about = {entry.subject for entry in entries} | ({caller} if caller else set())
    return any(people.get(subject, PersonFact()).blocked for subject in about)


def text_where(pattern: PathPattern, request: Request, judgement: Judgement) -> str | None:
    """The text at a declared place of a request."""
    if not pattern:
        return None
    if pattern[0] == "headers":
        return request.header(pattern[-1])
    return text_at(judgement.reading.document, judgement.reading.matched.locate(pattern))


def outward_with(request: Request, route: Route, ruleset: Ruleset, version: int | None) -> Request:
    """What the back end is told: the version that home has now. A condition on it is the gateway's, not passed on."""
    if not route.version:
        return request
    conditional = route.version == ("headers", _CONDITION)
    left = tuple((key, value) for key, value in request.headers if not (conditional and key.lower() == _CONDITION))
    return replace(request, headers=_with_version(left, default_region(ruleset), version))


def reply_with(reply: Reply, passage: Passage) -> Reply:
    """A client that may name a version is told which one home has."""
    return replace(reply, headers=reply_headers(reply.headers, passage)) if passage.route.version else reply


def reply_headers(headers: Headers, passage: Passage) -> Headers:
    if not passage.route.version:
        return headers
    return _with_version(headers, default_region(passage.ruleset), passage.version)


def _with_version(headers: Headers, region: Region, version: int | None) -> Headers:
    """The headers with ``ru-version``, in place of whatever claimed to be it."""
    name = f"{region}-version".lower().replace("_", "-")
    others = tuple((key, value) for key, value in headers if key.lower() != name)
    return others if version is None else (*others, (name, str(version)))


def _resource(judgement: Judgement, recollection: Recollection, ruleset: Ruleset) -> DirectoryEntry | None:
    """The person at home whose resource the request is about."""
    route, caller = judgement.reading.matched.route, recollection.asked.caller
    entry = recollection.asked.reference
    if entry is None and route.whose == "caller" and caller.subject is not None:
        entry = next((one for one in judgement.owners.values() if one.subject == caller.subject), None)
    home = (entry.region or ruleset.residence.unknown) if entry else None
    return entry if home in ruleset.regions else None


def _builds_on(request: Request, judgement: Judgement, version: int | None) -> int | None:
    """The version that the client names. Raises OutdatedError where that is none, or not the one at home."""
    text = text_where(judgement.reading.matched.route.version, request, judgement)
    if text is None or not text.strip():
        return None
    if text.strip() == "*" and version is not None:
        return version
    match = _VERSION.fullmatch(text.strip())
    if match is None or int(match[1]) != version:
        raise OutdatedError
    return version
