"""What somebody logs in with from now on, because the back end has changed it in that person's own session.

The new identifier is the person's as if a login had proved it, and the old one is no claim to the person any more. What
it was is read from the person's own records: the directory knows whose an identifier is, not who has which.
"""

from __future__ import annotations

from dataclasses import replace

from gateway.core.blind import normal_form
from gateway.core.identity import identity
from gateway.model.kept import Blinded, DirectoryEntry, Fetch, Recall
from gateway.model.names import Kind, SubjectId
from gateway.service.login import SAFE, identifier_at, worked
from gateway.service.opened import opened
from gateway.service.passage import Ending, Passage

_MOST_RECORDS = 256
"""The newest records of a person that are looked through for what was logged in with."""


async def new_login(ending: Ending, passage: Passage) -> tuple[DirectoryEntry, ...]:
    """Entries for the old identifier and the new one; none where the back end has not changed it, where it was the
    person's already, or where it is what somebody else registered or logged in with.
    """
    spec, subject = passage.route.new_login, passage.caller.subject
    if spec is None or subject is None or passage.collected is None:
        return ()
    found = identifier_at(spec.subject, passage)
    if found is None or ending.method in SAFE or not worked(spec, ending.reply):
        return ()
    (kind, blind), _ = found
    known = passage.recollection.asked.recalled.known.get((kind, blind))
    if known is not None and known.standing != "mentioned" and (known.subject != subject or known.standing == "proven"):
        return ()
    new = DirectoryEntry(kind, blind, subject, None, None, standing="registered")
    old = [entry for entry in await _logs_in_with(subject, kind, passage) if entry.blind != blind]
    ended = [replace(entry, region=None, rank=None, standing="mentioned", ended=True) for entry in old]
    return (*ended, new, replace(new, standing="proven"))


async def _logs_in_with(subject: SubjectId, kind: Kind, passage: Passage) -> list[DirectoryEntry]:
    """What the person has logged in with so far, of one kind."""
    blinds = await _sent(subject, kind, passage)
    if not blinds:
        return []
    query = Recall(scope=passage.destination.scope, identifiers=blinds)
    known = (await passage.world.home_vault(passage.ruleset).recall(query)).known
    return [entry for entry in known.values() if entry.subject == subject and entry.standing == "proven"]


async def _sent(subject: SubjectId, kind: Kind, passage: Passage) -> tuple[Blinded, ...]:
    """Every identifier of a kind in the newest records of a person."""
    query = Fetch(subjects=(subject,), scope=passage.destination.scope, most=_MOST_RECORDS)
    blinds: dict[Blinded, None] = {}
    for region, vault in passage.world.vaults.items():
        records = [one for one in (await vault.fetch(query)).records.values() if one.scope == query.scope]
        keys = await passage.world.keys.open(region, tuple(dict.fromkeys(one.subject for one in records)))
        for record in records:
            fields = opened(keys[record.subject], record) if record.subject in keys else ()
            for field in fields:
                spec = passage.ruleset.kinds.get(field.kind)
                if spec is not None and spec.equal and (normal := normal_form(spec, field.text)):
                    named = identity(spec, normal, passage.route.to, passage.recollection.keys.index)
                    blinds |= {named: None} if named[0] == kind else {}
    return tuple(blinds)
