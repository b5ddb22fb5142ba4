"""What each row of a vault promises about other rows, and whether that is so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gateway.core.blind import blind, normal_form
from gateway.core.naming import ref_of, region_code
from gateway.core.seal import SealedField
from gateway.model.errors import WorldError
from gateway.model.kept import FieldRef
from gateway.model.kinds import KindSpec
from gateway.model.names import Digest, Kind, RecordId, Region, SubjectId, Token
from gateway.model.secret import DataKey, RegionKeys, Secret
from gateway.model.stock import (
    AliasRow,
    Found,
    GivenName,
    HolderRow,
    IndexRow,
    Look,
    PersonRow,
    RecordNote,
    RecordRow,
    SessionRow,
    StockRow,
)
from gateway.model.turning import generation_of, nested_to
from gateway.ports import KeyProvider, Stock
from gateway.service.opened import opened

Wrong = Literal[
    "record has no data key",
    "seal does not open",
    "names can't be read",
    "name without a value",
    "blind is not the value's",
    "blind of another generation",
    "value is not in the index",
    "index has another token",
    "holder is missing",
    "token leads nowhere",
    "index row without its record",
    "index row of another person",
    "identifier of nobody",
    "identifier without a data key",
    "person without a data key",
    "holder without its record",
    "alias without its record",
    "session without a data key",
    "data key does not open",
]

_COOKIES = "cookie:"
"""The directory has names of cookies too; they are nobody's."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. ``where``: the record's or person's id, or what else the row is found by; no value."""

    wrong: Wrong
    where: str
    index: int | None = None

    def __str__(self) -> str:
        return f"{self.wrong}: {self.where}" + ("" if self.index is None else f", field {self.index}")


class Judge:
    """Over one vault, for one check. Rows that are pointed to are read a page at a time."""

    def __init__(
        self,
        region: Region,
        stock: Stock,
        keys: KeyProvider,
        region_keys: RegionKeys,
        kinds: Mapping[Kind, KindSpec],
    ) -> None:
        self._region = region
        self._code = region_code(region)
        self._stock = stock
        self._keys = keys
        self._region_keys = region_keys
        self._kinds = kinds
        self._identifier: tuple[Digest, Kind] | None = None
        self.unknown: Counter[str] = Counter()

    async def judged(self, rows: Sequence[StockRow], *, again: bool = False) -> list[Fault]:
        """What is wrong with the rows. ``again``: a second look, whose unknown kinds do not count."""
        found = await self._stock.look(_wanted(rows))
        far = frozenset(row.ref[0] for row in found.aliases.values() if row.ref) - found.records.keys()
        pointed = (await self._stock.look(Look(records=far))).records if far else {}
        facts = _Facts(found, {**found.records, **pointed}, await self._opened(rows))
        unknown = Counter(self.unknown)
        faults = [fault for row in rows for fault in self._faults(row, facts)]
        if again:
            self.unknown = unknown
        return faults

    def confirms(self, row: IndexRow) -> bool:
        """True once for an identifier of the directory that is a value in a scope, too: their rows are neighbours."""
        value = (row.blind, row.kind)
        if not row.scope:
            self._identifier = value
            return False
        known, self._identifier = self._identifier == value, None
        return known

    # ----------------------------------------------------------------------------------------------------- details

    async def _opened(self, rows: Sequence[StockRow]) -> Mapping[SubjectId, DataKey]:
        subjects = dict.fromkeys(subject for row in rows for subject in _subjects(row))
        own = [subject for subject in subjects if subject.startswith(self._code)]
        try:
            return await self._keys.open(self._region, own) if own else {}
        except WorldError as error:
            if error.code != "GW-K105":
                raise
        found: dict[SubjectId, DataKey] = {}
        for subject in own:
            try:
                found |= await self._keys.open(self._region, (subject,))
            except WorldError as error:
                if error.code != "GW-K105":
                    raise
        return found

    def _faults(self, row: StockRow, facts: _Facts) -> Iterator[Fault]:
        match row:
            case RecordRow():
                yield from self._of_record(row, facts)
            case IndexRow() if facts.is_left(row.blind):
                pass
            case IndexRow() if row.scope:
                yield from _of_index(row, facts, self._region_keys.nested)
            case IndexRow():
                yield from self._of_identifier(row, facts)
            case PersonRow() if self._lacks_key(row.subject, facts):
                yield Fault("person without a data key", row.subject)
            case SessionRow() if self._lacks_key(row.subject, facts):
                yield Fault("session without a data key", row.session)
            case HolderRow() if not _is_held(row, facts):
                yield Fault("holder without its record", *row.ref)
            case AliasRow() if row.ref is not None and not facts.names(row.ref, row.token):
                yield Fault("alias without its record", *row.ref)
            case _:
                pass

    def _lacks_key(self, subject: SubjectId, facts: _Facts) -> bool:
        return subject.startswith(self._code) and subject not in facts.keys

    def _of_identifier(self, row: IndexRow, facts: _Facts) -> Iterator[Fault]:
        if not facts.is_current(row.blind):
            yield Fault("blind of another generation", row.subject)
        if row.kind.startswith(_COOKIES):
            return
        if row.subject not in facts.found.people:
            yield Fault("identifier of nobody", row.subject)
        if self._lacks_key(row.subject, facts):
            yield Fault("identifier without a data key", row.subject)

    def _of_record(self, row: RecordRow, facts: _Facts) -> Iterator[Fault]:
        record, note = row.sealed.record, row.note
        for name in note.names or ():
            yield from _of_name(record, note, name, facts)
        if note.names is None:
            yield Fault("names can't be read", record)
        if note.subject not in facts.keys:
            yield Fault("record has no data key", record)
            return
        try:
            fields = {one.index: one for one in opened(facts.keys[note.subject], row.sealed)}
        except (WorldError, ValueError):  # ValueError: it opens, and what is in it is no record
            yield Fault("seal does not open", record)
            return
        for name in note.names or ():
            yield from self._of_value(record, name, fields.get(name.index))

    def _of_value(self, record: RecordId, name: GivenName, sealed: SealedField | None) -> Iterator[Fault]:
        if sealed is None or sealed.kind != name.kind:
            yield Fault("name without a value", record, name.index)
        elif name.blind is not None:
            spec = self._kinds.get(name.kind)
            if spec is None:
                self.unknown[name.kind] += 1
            elif not self._is_of(name.blind, spec, sealed.text):
                yield Fault("blind is not the value's", record, name.index)

    def _is_of(self, stored: Digest, spec: KindSpec, text: str) -> bool:
        """Whether the value is known by that: as a text, or as a JSON number; by any generation of the key."""
        normal = normal_form(spec, text) or text
        firsts = (blind(self._region_keys.index, kind, normal) for kind in (spec.name, Kind(f"{spec.name}#number")))
        return any(same(stored, first, self._region_keys.nested) for first in firsts)


@dataclass(frozen=True, slots=True)
class _Facts:
    """All that a page's rows point to. ``records`` also has those that aliases point to."""

    found: Found
    records: Mapping[RecordId, RecordNote]
    keys: Mapping[SubjectId, DataKey]

    def names(self, ref: FieldRef, token: Token) -> bool:
        note = self.records.get(ref[0])
        return note is not None and note.token(ref[1]) == token

    def is_current(self, blind: Digest) -> bool:
        """Whether rows are named by the blind's generation now; while the key turns, by two."""
        index = self.found.index
        return generation_of(bytes.fromhex(blind)) in (index.generation, index.newest)

    def is_left(self, blind: Digest) -> bool:
        """Whether the row only lies there until the turn drops it: nothing finds it, so nothing keeps it right."""
        index = self.found.index
        return index.generation <= generation_of(bytes.fromhex(blind)) < index.decides

    def resolves(self, token: Token) -> bool:
        """As the store looks a token up: by its own text, else by the row that notes it."""
        own, noted = ref_of(token), self.found.aliases.get(token)
        if own is not None and self.names(own, token):
            return True
        return noted is not None and noted.ref is not None and self.names(noted.ref, token)


def _of_name(record: RecordId, note: RecordNote, name: GivenName, facts: _Facts) -> Iterator[Fault]:
    if ref_of(name.token) != (record, name.index) and not facts.resolves(name.token):
        yield Fault("token leads nowhere", record, name.index)
    if name.blind is None:
        return
    if not facts.is_current(name.blind):
        yield Fault("blind of another generation", record, name.index)
    if facts.is_left(name.blind):
        return  # the turn has yet to tell the record its new blind, whose row is looked at by itself
    row = facts.found.equal.get((name.kind, name.blind, note.scope))
    if row is None:
        yield Fault("value is not in the index", record, name.index)
    elif row.token != name.token:
        yield Fault("index has another token", record, name.index)
    elif row.subject != note.subject and (name.token, note.subject) not in facts.found.holders:
        yield Fault("holder is missing", record, name.index)


def same(one: Digest, other: Digest, later: Sequence[Secret]) -> bool:
    """Whether two blinds are one, of whatever generations of the index key: while it turns, rows have several."""
    both = bytes.fromhex(one), bytes.fromhex(other)
    newest = max(map(generation_of, both))
    first, second = (nested_to(newest, stored, later) for stored in both)
    return first == second


def _of_index(row: IndexRow, facts: _Facts, later: Sequence[Secret]) -> Iterator[Fault]:
    record = row.record or RecordId("")
    if not facts.is_current(row.blind):
        yield Fault("blind of another generation", record)
    note = facts.records.get(record)
    named = [one for one in (note.names or () if note else ()) if (one.token, one.kind) == (row.token, row.kind)]
    known = any(one.blind is not None and same(one.blind, row.blind, later) for one in named)
    if note is None or note.scope != row.scope or not known:
        yield Fault("index row without its record", record)
    elif note.subject != row.subject:
        yield Fault("index row of another person", record)


def _is_held(row: HolderRow, facts: _Facts) -> bool:
    note = facts.records.get(row.ref[0])
    return note is not None and note.subject == row.subject and facts.names(row.ref, row.token)


def _wanted(rows: Sequence[StockRow]) -> Look:
    """Everything that the rows of a page point to."""
    named = [(row, name) for row in rows if isinstance(row, RecordRow) for name in row.note.names or ()]
    far = [(name, ref_of(name.token)) for row, name in named if ref_of(name.token) != (row.sealed.record, name.index)]
    records = {ref[0] for _, ref in far if ref} | {record for row in rows for record in _records(row)}
    equal = [(row, name, name.blind) for row, name in named if name.blind is not None]
    return Look(
        records=frozenset(records),
        equal=frozenset((name.kind, digest, row.note.scope) for row, name, digest in equal),
        aliases=frozenset(name.token for name, _ in far),
        holders=frozenset((name.token, row.note.subject) for row, name, _ in equal),
        people=frozenset(row.subject for row in rows if isinstance(row, IndexRow) and not row.scope),
    )


def _records(row: StockRow) -> Iterator[RecordId]:
    match row:
        case IndexRow() if row.record:
            yield row.record
        case HolderRow():
            yield row.ref[0]
        case AliasRow() if row.ref:
            yield row.ref[0]
        case _:
            return


def _subjects(row: StockRow) -> Iterator[SubjectId]:
    match row:
        case RecordRow():
            yield row.note.subject
        case IndexRow() if not row.scope:
            yield row.subject
        case PersonRow() | SessionRow():
            yield row.subject
        case _:
            return
