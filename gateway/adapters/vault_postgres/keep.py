"""``keep`` over a group's rows: names are found or given. What is handed out counts only once it is committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from gateway.adapters.vault_postgres.directory import revise, take
from gateway.adapters.vault_postgres.work import Equal, Noted, Record, Retry, Unread, Wanted, Work
from gateway.adapters.vault_sql.facts import RecordFact, RefOf, joined, split, with_blind
from gateway.adapters.vault_sql.naming import Answer, Draft, Named, drafted, no_free_name, record_taken
from gateway.adapters.vault_sql.standing import day_of
from gateway.model.erasure import concerned
from gateway.model.errors import GatewayError, OvertakenError
from gateway.model.kept import Batch, Keep, KeepField, Seek
from gateway.model.names import Digest, Kind, RecordId, Region, Token


def keep_batch(work: Work, batch: Batch, home: Region, ref_of: RefOf, now_s: int) -> Answer:
    """Everything of a batch but its ledger entries. OvertakenError or OutdatedError if somebody was first."""
    answer = Answer()
    if work.gone(concerned(batch)):
        raise OvertakenError
    earlier = _earlier(work, batch)
    answer.versions = revise(work, () if earlier else batch.revisions)
    take(work, batch, home, day_of(now_s))
    _keep_all(work, batch, earlier, ref_of, answer)
    if batch.idempotency and (answer.records or batch.sealed_by):
        at = max((keep.at for keep in batch.keeps), default=now_s)
        work.retries.put(batch.idempotency, Retry(joined(answer.records), at, batch.sealed_by))
    for seek in batch.seeks:
        answer.sought[seek.kind, seek.blind] = sought(work, seek)
    return answer


def _keep_all(work: Work, batch: Batch, earlier: Mapping[int, RecordId], ref_of: RefOf, answer: Answer) -> None:
    """One after another. What all of them miss is found out at once: a batch of an import has hundreds of records, and
    is begun again with whatever was missing.
    """
    missing: list[Wanted] = []
    for number, keep in enumerate(batch.keeps):
        try:
            if (record := earlier.get(number)) is None:
                _keep(work, keep, ref_of, answer)
            else:
                _keep_again(work, keep, record, answer)
        except Unread as unread:
            missing += unread.wanted
        except GatewayError:
            if not missing:
                raise
    if missing:
        raise Unread(missing)


def want(work: Work, batch: Batch, ref_of: RefOf) -> list[Wanted]:
    """The rows that a batch will certainly ask for. ValueError for ids that are not hex."""
    fields = [(keep, one) for keep in batch.keeps for one in keep.fields]
    wanted: list[Wanted] = [
        *(("equals", (one.kind, one.blind, keep.scope)) for keep, one in fields if one.blind is not None),
        *(("equals", (seek.kind, seek.blind, seek.scope)) for seek in batch.seeks),
        *(("directory", (entry.kind, entry.blind)) for entry in batch.directory),
        *(("people", entry.subject) for entry in batch.directory),
        *(("people", one.subject) for one in batch.revisions),
    ]
    as_ids(*(one.blind for _, one in fields if one.blind is not None), *(seek.blind for seek in batch.seeks))
    as_ids(*(one for entry in batch.directory for one in (entry.blind, entry.subject)))
    as_ids(*(one for keep in batch.keeps for one in (keep.record, keep.subject)), batch.idempotency or "")
    as_ids(*(one.subject for one in batch.revisions))
    for _, one in fields:
        if one.alias:
            wanted += [("aliases", token) for token in one.candidates[:1]]
        if one.held is not None:
            ref = ref_of(one.held)
            wanted += [("aliases", one.held), *([("records", ref[0])] if ref else [])]
    if batch.idempotency:
        return [*wanted, ("retries", batch.idempotency), *(("records", keep.record) for keep in batch.keeps)]
    for keep in batch.keeps:
        work.assume_record(keep.record)
    return [*wanted, *work.records.unread(keep.record for keep in batch.keeps)]


def sought(work: Work, seek: Seek) -> Token:
    """The token of an equal value, or a phantom that is and was nobody's name."""
    named = work.equals.look((seek.kind, seek.blind, seek.scope))
    if named is not None:
        return named.token
    for phantom in (seek.phantom, *seek.spare):
        if work.aliases.look(phantom) is None:
            return phantom
    raise no_free_name()


# ------------------------------------------------------------------------------------------------------- new records


def _keep(work: Work, keep: Keep, ref_of: RefOf, answer: Answer) -> None:
    draft = drafted(keep, partial(_named, work, ref_of=ref_of), answer)
    if work.records.look(keep.record) is not None:
        raise record_taken()
    fact = RecordFact(keep.subject, keep.scope, tuple(draft.names))
    work.records.put(keep.record, Record(fact, joined(draft.reused), 1, refused=False, version=answer.version(keep)))
    work.set(work.kept, keep.record, keep)
    _reuse(work, keep, draft)


def _reuse(work: Work, keep: Keep, draft: Draft) -> None:
    """Note whose tokens are sent again, and which of other persons' tokens this person holds from now on."""
    for record in draft.reused:
        work.send(record, 1, keep.at)
    for token, index in draft.holds.items():
        if (token, keep.subject) not in work.holds:
            work.set(work.holds, (token, keep.subject), (keep.record, index))


def _named(work: Work, keep: Keep, one: KeepField, ref_of: RefOf) -> Named:
    """The value's token: the one it has in this scope, else the one this person has for it, else a new one."""
    if one.blind is None:
        return _held(work, keep, one, ref_of) or _new(work, keep, one)
    key: Equal = (one.kind, one.blind, keep.scope)
    named = work.equals.look(key)
    if named is None:
        named = _held(work, keep, one, ref_of)
        if named is None or not note_blind(work, named.record, named.token, one.kind, one.blind):
            named = _new(work, keep, one)
        work.equals.put(key, named)
    return named


def _held(work: Work, keep: Keep, one: KeepField, ref_of: RefOf) -> Named | None:
    """The token that the person's same value has already, if a record of that person still has it.

    ``held`` may be a text that was proposed for a field but not handed out: it names the field all the same.
    """
    if one.held is None:
        return None
    token: Token | None = one.held
    found = work.first_holding(one.held, ref_of)
    if found is None and (ref := ref_of(one.held)) is not None:
        fact = work.fact(ref[0])
        token = fact.token(ref[1]) if fact and fact.subject == keep.subject else None
        found = work.first_holding(token, ref_of) if token else None
    if token is None or found is None or found[1].scope != keep.scope:
        return None
    named = Named(token, found[0][0], found[1].subject)
    return named if named.subject == keep.subject or keep.subject in work.holders_of(token) else None


def _new(work: Work, keep: Keep, one: KeepField) -> Named:
    """The first candidate, or the first that the store can note for the field: where one is taken all are read."""
    for place, token in enumerate(one.candidates):
        if not one.alias:
            return Named(token, keep.record, keep.subject)
        if place == 1 and (unread := work.aliases.unread(one.candidates)):
            raise Unread(unread)
        if work.aliases.look(token) is None:
            work.aliases.put(token, Noted((keep.record, one.index)))
            return Named(token, keep.record, keep.subject)
    raise no_free_name()


def note_blind(work: Work, record: RecordId, token: Token, kind: Kind, blind: Digest) -> bool:
    """Make a record answer for an index row: its field with the token knows the blind. False if it knows another."""
    fact = work.fact(record)
    names = with_blind(fact.names, token, kind, blind) if fact else None
    if fact is not None and names is not None and tuple(names) != fact.names:
        work.rename(record, replace(fact, names=tuple(names)))
    return names is not None


# ----------------------------------------------------------------------------------------------------------- retries


def _earlier(work: Work, batch: Batch) -> dict[int, RecordId]:
    """By place in the batch: the records that an earlier request under the same idempotency blind has written already.

    A retry that was told of them asks by their ids; one that ran beside the first asks by ids of its own, and is
    answered with the first one's records if they have the same fields. If those are another person's, the request has
    been overtaken.
    """
    if batch.idempotency is None:
        return {}
    retry = work.retries.look(batch.idempotency)
    written = split(retry.records) if retry else []
    if retry and retry.sealed_by and retry.sealed_by != batch.sealed_by:
        raise OvertakenError  # sealed anew it would not be the same request
    found = {}
    for number, keep in enumerate(batch.keeps):
        for record in (keep.record, *written[number : number + 1]):
            fact = work.fact(record) if number not in found else None
            if fact is not None and _answers(fact, keep):
                if record != keep.record and fact.subject != keep.subject:
                    raise OvertakenError
                found[number] = record
    return found


def _answers(fact: RecordFact, keep: Keep) -> bool:
    """True if a record has names for just the fields of the keep."""
    return fact.scope == keep.scope and {name[0] for name in fact.names} == {one.index for one in keep.fields}


def _keep_again(work: Work, keep: Keep, record: RecordId, answer: Answer) -> None:
    """The names of a record that is there, sent once more. If the first request was refused, this one stands in."""
    row = work.records.look(record)
    if row is None:
        return
    if row.refused:
        for one in split(row.reused):
            if work.records.look(one) is not None:
                work.send(one, 1, keep.at)
        work.records.put(record, replace(row, refused=False))
    work.send(record, 1, keep.at)
    for index, token, _, _ in row.fact.names:
        answer.names[keep.record, index] = token
    answer.records.append(record)


def as_ids(*names: str) -> None:
    """Raise ValueError for what is not hex."""
    for name in names:
        bytes.fromhex(name)
