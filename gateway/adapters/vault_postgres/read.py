"""``recall`` and ``fetch``: the questions of all callers that wait at once become one round trip."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from asyncpg import Connection

from gateway.adapters.vault_postgres.index import in_force
from gateway.adapters.vault_postgres.line import Caller
from gateway.adapters.vault_postgres.load import columns
from gateway.adapters.vault_postgres.statements import statements
from gateway.adapters.vault_postgres.together import Facts, Row, read
from gateway.adapters.vault_sql.facts import RecordFact, RefOf, unpacked
from gateway.adapters.vault_sql.index import Index
from gateway.adapters.vault_sql.standing import unspelt
from gateway.model.kept import (
    STANDINGS,
    Blinded,
    DirectoryEntry,
    Fetch,
    Fetched,
    FieldRef,
    Holding,
    PersonFact,
    Recall,
    Recalled,
    SealedRecord,
    SessionFact,
    StoredRecord,
    TokenFact,
)
from gateway.model.names import Digest, Kind, RecordId, Region, Scope, SubjectId, Token

_SQL = statements("30_read")
_hex = bytes.fromhex

Asked = tuple[SubjectId, Scope, int]
"""A person's newest records in a scope ('' is any), so many at most."""


@dataclass(slots=True, eq=False, kw_only=True)
class Question(Caller):
    """A caller that reads."""

    query: Recall | Fetch
    answer: Recalled | Fetched | None = None


@dataclass(slots=True)
class Seen:
    """What all of the questions need to know, as it was read."""

    index: Index
    known: dict[Blinded, DirectoryEntry] = field(default_factory=dict)
    noted: dict[Token, FieldRef] = field(default_factory=dict)
    held: dict[Token, dict[SubjectId, FieldRef]] = field(default_factory=lambda: defaultdict(dict))
    facts: dict[RecordId, RecordFact] = field(default_factory=dict)
    records: dict[RecordId, SealedRecord] = field(default_factory=dict)
    sessions: dict[Digest, SessionFact] = field(default_factory=dict)
    shown: dict[tuple[Digest, Token], int] = field(default_factory=dict)
    vouched: dict[SubjectId, frozenset[Kind]] = field(default_factory=dict)
    people: dict[SubjectId, PersonFact] = field(default_factory=dict)
    apart: dict[Blinded, SubjectId] = field(default_factory=dict)
    blocked: set[SubjectId] = field(default_factory=set)
    roots: dict[SubjectId, SubjectId] = field(default_factory=dict)
    retries: dict[Digest, dict[RecordId, SubjectId]] = field(default_factory=lambda: defaultdict(dict))
    sealed_by: dict[Digest, str] = field(default_factory=dict)
    of: dict[Asked, list[RecordId]] = field(default_factory=lambda: defaultdict(list))


@dataclass(frozen=True, slots=True)
class _Asking:
    """A statement, its parameters, and what a row of it tells."""

    name: str
    facts: Facts
    note: Callable[[Seen, Row], None]


async def answer(connection: Connection, group: Sequence[Question], index: Index, now_s: int, ref_of: RefOf) -> None:
    """Read what the questions ask for, and give each its answer. Raises Turned for an index under another phase."""
    inside = {id(one): index.recall(one.query) for one in group if isinstance(one.query, Recall)}
    recalls = list(inside.values())
    fetches = [one.query for one in group if isinstance(one.query, Fetch)]
    seen = Seen(index)
    await _read(connection, seen, _asked(recalls, fetches, ref_of))
    for one in group:
        match one.query:
            case Recall() as query:
                found = _recalled(seen, inside[id(one)], now_s, ref_of)
                one.answer = index.recalled(query, inside[id(one)], found)
            case Fetch() as query:
                one.answer = _fetched(seen, query, ref_of)


# ------------------------------------------------------------------------------------------------------------ answers


def _recalled(seen: Seen, query: Recall, now_s: int, ref_of: RefOf) -> Recalled:
    session = seen.sessions.get(query.session) if query.session else None
    found = (_fact(seen, token, query.session, now_s, ref_of) for token in query.tokens)
    facts = {fact.token: fact for fact in found if fact is not None}
    texts = [token for token in query.tokens if token not in facts]
    known = {blinded: seen.known[blinded] for blinded in query.identifiers if blinded in seen.known}
    people = {entry.subject for entry in known.values()}
    session = session if session and session.expires > now_s else None
    persons = people | ({session.subject} if session else set())
    whose = seen.retries.get(query.idempotency, {}) if query.idempotency else {}
    return Recalled(
        known=known,
        tokens=facts,
        session=session,
        replay=tuple(whose),
        whose=whose,
        sealed_by=seen.sealed_by.get(query.idempotency, "") if query.idempotency else "",
        vouched=_vouched(seen, known),
        people={subject: seen.people[subject] for subject in persons if subject in seen.people},
        apart={blinded: seen.apart[blinded] for blinded in known if blinded in seen.apart},
        shown=frozenset(text for text in texts if _was_shown(seen, text, query.session, now_s)),
    )


def _fetched(seen: Seen, query: Fetch, ref_of: RefOf) -> Fetched:
    every = {token: tuple(_holdings(seen, token, ref_of)) for token in query.tokens}
    holdings = {token: found for token, found in every.items() if found}
    by_subject = {one: tuple(seen.of.get((one, query.scope or Scope(""), query.most), ())) for one in query.subjects}
    own = [record for records in by_subject.values() for record in records]
    held = [holding.ref[0] for found in holdings.values() for holding in found]
    named = dict.fromkeys((*own, *query.records, *held))
    records = {one: seen.records[one] for one in named if one in seen.records}
    persons = {*query.subjects, *(holding.subject for found in holdings.values() for holding in found)}
    return Fetched(holdings, records, by_subject, frozenset(persons & seen.blocked))


def _vouched(seen: Seen, known: Mapping[Blinded, DirectoryEntry]) -> dict[SubjectId, frozenset[Kind]]:
    """By the persons as whom they count: the proven kinds of those whose identifiers are asked for."""
    found: dict[SubjectId, frozenset[Kind]] = {}
    for blinded, entry in known.items():
        kinds = seen.vouched.get(seen.apart.get(blinded, entry.subject))
        if kinds is not None:
            found[entry.subject] = found.get(entry.subject, frozenset()) | kinds
    return found


def _fact(seen: Seen, token: Token, session: Digest | None, now_s: int, ref_of: RefOf) -> TokenFact | None:
    found = tuple(_holdings(seen, token, ref_of))
    if not found:
        return None
    holders = frozenset(holding.subject for holding in found)
    return TokenFact(token, found[0].scope, holders, _was_shown(seen, token, session, now_s))


def _was_shown(seen: Seen, token: Token, session: Digest | None, now_s: int) -> bool:
    return session is not None and seen.shown.get((session, token), 0) > now_s


def _holdings(seen: Seen, token: Token, ref_of: RefOf) -> Iterable[Holding]:
    """The first holder, then the further ones by subject; nobody if the token does not exist."""
    for ref in (ref_of(token), seen.noted.get(token)):
        fact = seen.facts.get(ref[0]) if ref else None
        if ref is None or fact is None or fact.token(ref[1]) != token:
            continue
        yield Holding(token, fact.scope, seen.roots.get(fact.subject, fact.subject), ref)
        further = sorted(seen.held.get(token, {}).items()) if fact.is_equal(token) else ()
        yield from (Holding(token, fact.scope, seen.roots.get(who, who), held) for who, held in further)
        return


# ------------------------------------------------------------------------------------------------------------ reading


async def _read(connection: Connection, seen: Seen, asked: Iterable[_Asking]) -> None:
    """All that is asked for, in one round trip. Raises Turned if it was asked for under a phase that is over."""
    asking = [one for one in asked if any(one.facts)]
    if not asking:
        return
    found = await read(connection, [(_SQL[one.name], one.facts) for one in asking])
    in_force(found.stand, seen.index)
    for one, rows in zip(asking, found.rows, strict=True):
        for row in rows:
            one.note(seen, row)


def _asked(recalls: Sequence[Recall], fetches: Sequence[Fetch], ref_of: RefOf) -> Iterable[_Asking]:
    """What the questions need, statement by statement."""
    people = {blinded for query in recalls for blinded in query.identifiers}
    yield _Asking("identifiers", columns((_hex(blind), kind) for kind, blind in people), _note_identifier)
    retries = {query.idempotency for query in recalls if query.idempotency}
    yield _Asking("retries", ([_hex(one) for one in retries],), _note_retry)
    sessions = {query.session for query in recalls if query.session}
    yield _Asking("sessions", ([_hex(one) for one in sessions],), _note_session)
    shown = {(query.session, token) for query in recalls if query.session for token in _tokens(query)}
    yield _Asking("shown", columns((_hex(session), token) for session, token in shown), _note_shown)
    tokens = {token for query in recalls for token in _tokens(query)}
    tokens |= {token for query in fetches for token in _tokens(query)}
    named = {ref[0] for token in tokens if (ref := ref_of(token)) is not None}
    wanted = named | {record for query in fetches for record in query.records}
    if tokens or wanted:
        yield _Asking("tokens", (list(tokens), [_hex(one) for one in wanted], bool(fetches)), _note_token)
    lists = {(one, query.scope or Scope(""), query.most) for query in fetches for one in query.subjects}
    yield _Asking("records_of", columns((_hex(who), scope, most) for who, scope, most in lists), _note_record)


def _note_identifier(seen: Seen, row: Row) -> None:
    blind, subject = Digest(row["blind"].hex()), SubjectId(row["subject"].hex())
    place, days = (row["region"], row["rank"]), (row["first_seen"], row["confirmed"])
    certain = (STANDINGS[row["standing"]], row["among"], *days)
    root = _person(seen, row, subject)
    seen.known[row["kind"], blind] = DirectoryEntry(row["kind"], blind, root, *place, *certain)
    if root != subject:
        seen.apart[row["kind"], blind] = subject
    if (kinds := unspelt(row["vouched"])) is not None:
        seen.vouched[subject] = kinds


def _note_retry(seen: Seen, row: Row) -> None:
    blind = Digest(row["blind"].hex())
    seen.sealed_by[blind] = row["field"] or ""
    if row["record"] is not None:
        seen.retries[blind][RecordId(row["record"].hex())] = SubjectId(row["subject"].hex())


def _note_session(seen: Seen, row: Row) -> None:
    root = _person(seen, row, SubjectId(row["subject"].hex()))
    seen.sessions[Digest(row["id"].hex())] = SessionFact(root, row["region"], row["rank"], row["expires"])


def _note_shown(seen: Seen, row: Row) -> None:
    seen.shown[Digest(row["session"].hex()), Token(row["token"])] = row["until"]


def _note_token(seen: Seen, row: Row) -> None:
    match row["what"]:
        case "noted":
            seen.noted[Token(row["token"])] = _ref(row)
        case "held":
            subject = SubjectId(row["subject"].hex())
            seen.held[Token(row["token"])][subject] = _ref(row)
            _root(seen, row, subject)
        case _:
            record, subject = RecordId(row["record"].hex()), SubjectId(row["subject"].hex())
            seen.facts[record] = RecordFact(subject, Scope(row["scope"]), unpacked(row["names"]))
            _root(seen, row, subject)
            if row["sealed"] is not None:
                seen.records[record] = _sealed(row, record)


def _note_record(seen: Seen, row: Row) -> None:
    whose = SubjectId(row["whose"].hex())
    if row["blocked"]:
        seen.blocked.add(whose)
    if row["record"] is not None:
        record = RecordId(row["record"].hex())
        seen.records[record] = _sealed(row, record)
        seen.of[whose, Scope(row["asked"]), row["most"]].append(record)


def _person(seen: Seen, row: Row, subject: SubjectId) -> SubjectId:
    """As whom a person counts, with what is to be known of that one."""
    root = SubjectId(row["merged"].hex()) if row["merged"] is not None else subject
    if row["version"] is not None:
        blocked = row["blocked"] or (root in seen.people and seen.people[root].blocked)
        seen.people[root] = PersonFact(row["version"], blocked)
    return root


def _root(seen: Seen, row: Row, subject: SubjectId) -> None:
    """Note as whom the person of a record or hold counts, and whether that one's data may be processed."""
    root = SubjectId(row["merged"].hex()) if row["merged"] is not None else subject
    seen.roots[subject] = root
    if row["blocked"]:
        seen.blocked.add(root)


def _tokens(query: Recall | Fetch) -> Iterable[Token]:
    """What could be one: the server takes no NUL and no half of a surrogate pair."""
    return (token for token in query.tokens if token.isprintable())


def _ref(row: Row) -> FieldRef:
    return RecordId(row["record"].hex()), row["field"]


def stored(row: Row) -> StoredRecord:
    names = {index: token for index, token, _, _ in unpacked(row["names"])}
    sealed = _sealed(row, RecordId(row["record"].hex()))
    return StoredRecord(sealed, row["route"], row["expires"], names, row["confirmed"])


def _sealed(row: Row, record: RecordId) -> SealedRecord:
    subject = SubjectId(row["subject"].hex())
    named = record, Region(row["region"]), Scope(row["scope"]), subject
    return SealedRecord(*named, row["sealed"], row["at"], row["version"])
