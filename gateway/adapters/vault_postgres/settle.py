"""``settle`` and the purge over a group's rows.

A record goes when every request that sent its tokens was refused, or when its time is over. Its tokens live on as long
as somebody still has the value: a later record of the same person, else a further holder, takes the place of the first,
and the store notes where the token points now. A short name that nobody has any more is spent for good, because a back
end may still hold it.
"""

from __future__ import annotations

from dataclasses import replace

from gateway.adapters.vault_postgres.directory import play
from gateway.adapters.vault_postgres.keep import as_ids, note_blind
from gateway.adapters.vault_postgres.work import Noted, Record, Unread, Wanted, Work
from gateway.adapters.vault_sql.facts import Name, RefOf, split
from gateway.adapters.vault_sql.naming import Named
from gateway.model.erasure import spared, told
from gateway.model.kept import FieldRef, SessionStart, Settlement
from gateway.model.names import RecordId, Region, SubjectId


def settle(work: Work, outcome: Settlement, home: Region, ref_of: RefOf, day: int) -> None:
    """Everything of a settlement but its ledger entries."""
    outcome = spared(outcome, work.gone(told(outcome)))
    for record in outcome.refused:
        _refuse(work, record, ref_of)
    ended = work.ended
    for record in outcome.ended:
        work.set(ended.expiry, record, outcome.ends_at)
    for session in outcome.closed_sessions:
        work.set(ended.closed, session, None)
    for entry in outcome.withdrawn:
        work.set(ended.withdrawn, entry, None)
    for entry in outcome.directory:
        play(work, entry, home, day)
    for start in outcome.sessions:
        _start(work, start)
    for seen in outcome.shown:
        work.set(ended.shown, seen, max(outcome.shown_until, ended.shown.get(seen, 0)))


def _start(work: Work, start: SessionStart) -> None:
    """The session begins, or is nobody's from now on if its proof is not that person's."""
    owner = work.directory.look(start.proof) if start.proof else None
    if start.proof is None:
        work.set(work.ended.sessions, start.session, (start.subject, start.expires))
    elif owner is not None and owner.standing == "proven" and _is(work, start, owner.subject):
        work.set(work.ended.sessions, start.session, (owner.subject, start.expires))
    else:
        work.set(work.ended.sessions, start.session, None)


def _is(work: Work, start: SessionStart, subject: SubjectId) -> bool:
    return start.subject == subject or start.subject == work.root(subject)


def parts(outcome: Settlement) -> tuple[Settlement, ...]:
    """What is withdrawn goes before anything is entered, in a commit of its own."""
    if not outcome.withdrawn or not (outcome.directory or outcome.sessions):
        return (outcome,)
    first = replace(outcome, directory=(), sessions=(), shown=())
    return first, replace(outcome, refused=(), ended=(), closed_sessions=(), withdrawn=(), entries=())


def drops(outcome: Settlement) -> bool:
    """True if records may go or change, so that they have to be locked."""
    return bool(outcome.refused or outcome.ended or outcome.withdrawn)


def want(outcome: Settlement) -> list[Wanted]:
    """The rows that a settlement will certainly ask for. ValueError for ids that are not hex."""
    as_ids(*outcome.refused, *outcome.ended, *outcome.closed_sessions, *(session for session, _ in outcome.shown))
    as_ids(*(one for start in outcome.sessions for one in (start.session, start.subject)))
    as_ids(*(one for entry in (*outcome.directory, *outcome.withdrawn) for one in (entry.blind, entry.subject)))
    return [
        *(("records", record) for record in (*outcome.refused, *outcome.ended)),
        *(("directory", (entry.kind, entry.blind)) for entry in outcome.directory),
        *(("directory", start.proof) for start in outcome.sessions if start.proof),
        *(("people", entry.subject) for entry in outcome.directory),
    ]


def drop_record(work: Work, record: RecordId, ref_of: RefOf) -> None:
    """The record is gone; each of its tokens passes to whoever still has the value, or is gone too."""
    row = work.records.look(record)
    if row is None:
        return
    names = sorted(row.fact.names, key=lambda name: name[3] is not None)
    _ask_at_once(work, row, names)
    work.records.put(record, None)
    for name in {name[1]: name for name in names}.values():
        _pass_on(work, record, row, name, ref_of)


def _ask_at_once(work: Work, row: Record, names: list[Name]) -> None:
    """Whatever passing the names on will ask for, in one round."""
    tokens = {name[1] for name in names}
    wanted: list[Wanted] = [
        *work.successors.unread((row.fact.subject, row.fact.scope, token) for token in tokens),
        *work.aliases.unread(tokens),
        *work.holders.unread(tokens),
    ]
    if wanted:
        raise Unread(wanted)


def _refuse(work: Work, record: RecordId, ref_of: RefOf) -> None:
    row = work.records.look(record)
    if row is None or row.refused:
        return
    reused = split(row.reused)
    if wanted := work.records.unread(reused):
        raise Unread(wanted)
    work.records.put(record, replace(row, refused=True))
    for one in (record, *reused):
        if work.records.look(one) is not None:
            work.send(one, -1)
            if work.sent(one) <= 0 and not _is_held(work, one):
                drop_record(work, one, ref_of)


def _is_held(work: Work, record: RecordId) -> bool:
    row = work.records.look(record)
    return row is not None and work.held(row.fact.subject)


def _pass_on(work: Work, record: RecordId, row: Record, name: Name, ref_of: RefOf) -> None:
    token = name[1]
    own = _successor(work, record, row, name)
    points_to = work.points_to(token, ref_of)
    if points_to is None or points_to[0] != record:
        _hold_by(work, record, row, name, own)
    elif own is not None:
        _point(work, row, name, Named(token, own[0], row.fact.subject), own)
    elif holders := work.holders_of(token):
        subject = min(holders)
        work.holders.put(token, {whose: ref for whose, ref in holders.items() if whose != subject})
        ref = holders[subject]
        _point(work, row, name, Named(token, ref[0], subject), ref)
    else:
        if work.aliases.look(token) is not None:
            work.aliases.put(token, Noted(None))
        if name[3] is not None:
            work.set(work.moved, ((name[2], name[3], row.fact.scope), token), None)


def _successor(work: Work, record: RecordId, row: Record, name: Name) -> FieldRef | None:
    """The field of the newest other record of the same person that has the token."""
    for other in work.successors.look((row.fact.subject, row.fact.scope, name[1])) or ():
        fact = work.fact(other) if other != record else None
        field = next((index for index, given, _, _ in fact.names if given == name[1]), None) if fact else None
        if field is not None:
            return other, field
    return None


def _hold_by(work: Work, record: RecordId, row: Record, name: Name, own: FieldRef | None) -> None:
    """A further holder's record goes: another of that person takes its place, or the person holds it no more."""
    token, subject = name[1], row.fact.subject
    holders = work.holders_of(token)
    if holders.get(subject, ("", 0))[0] == record:
        rest = {whose: ref for whose, ref in holders.items() if whose != subject}
        work.holders.put(token, rest if own is None else {**rest, subject: own})


def _point(work: Work, row: Record, name: Name, to: Named, ref: FieldRef) -> None:
    """From now on the token is the name of another field."""
    _, token, kind, blind = name
    work.aliases.put(token, Noted(ref))
    if blind is not None:
        note_blind(work, ref[0], token, kind, blind)
        work.set(work.moved, ((kind, blind, row.fact.scope), token), to)
