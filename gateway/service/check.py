"""Is a vault whole? Every row judged by what it says of others, and every sealed value by its blind.

Read page by page in the order of the keys, so that any size will do and a check can go on where another one stopped.
What looks wrong is read again before it is told: beside a running gateway a row may have gone in the meantime.
Values are opened here and compared; they leave neither in what is returned nor in errors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, unquote

from gateway.model.errors import WorldError
from gateway.model.kinds import KindSpec
from gateway.model.names import Kind, Region, SubjectId
from gateway.model.secret import RegionKeys
from gateway.model.stock import STOCK, IndexRow, Key, Look, StockTable
from gateway.ports import DataKeyStore, KeyProvider, Stock
from gateway.service.check_rows import Fault, Judge

Step = Literal["key", "record", "names", "person", "holder", "alias", "session"]
STEPS: tuple[Step, ...] = ("key", *STOCK)
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Position:
    """How far a check is: everything up to and with the row ``after`` of a step."""

    step: Step
    after: Key | None = None

    def __str__(self) -> str:
        return ":".join([self.step, *(quote(part, safe="") for part in self.after or ())])

    @classmethod
    def of(cls, text: str) -> Position:
        """What ``str`` said; ValueError for anything else."""
        step, *after = text.split(":")
        for known in STEPS:
            if known == step:
                return cls(known, tuple(map(unquote, after)) or None)
        raise ValueError("no step of a check")


@dataclass(slots=True)
class Report:
    """What was found. ``rows`` counts what was looked at; ``told`` are the first faults, ``faults`` counts all.

    ``unknown_kinds``: values that could not be compared, because the rules do not know their kind any more.
    ``confirmed``: identifiers of the directory that some record's value agrees with; the others are of people without
    a record here, or of values whose record is gone.
    """

    rows: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    told: list[Fault] = field(default_factory=list)
    unknown_kinds: Counter[str] = field(default_factory=Counter)
    identifiers: int = 0
    confirmed: int = 0
    unused_keys: int = 0

    def take(self, faults: Sequence[Fault], most: int) -> None:
        self.faults.update(fault.wrong for fault in faults)
        self.told += faults[: max(0, most - len(self.told))]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check is over."""

    region: Region
    stock: Stock
    keys: KeyProvider
    key_store: DataKeyStore
    kinds: Mapping[Kind, KindSpec]


async def check_stock(
    checked: Checked,
    begin: Position = Position("key"),
    *,
    told: Callable[[Position, int, Report], bool] = lambda *_: True,
    most: int = 1000,
) -> Report:
    """Everything from ``begin`` on; ``told`` hears of every page, and says False to stop. Raises WorldError."""
    report = Report()
    judge = Judge(checked.region, checked.stock, checked.keys, await _index(checked), checked.kinds)
    for step in STEPS[STEPS.index(begin.step) :]:
        after = begin.after if step == begin.step else None
        while True:
            page, faults = await _page(checked, judge, step, after, report)
            if not page:
                break
            report.rows[step] += len(page)
            report.take(faults, most)
            after = page[-1]
            if not told(Position(step, after), len(page), report):
                return report
    report.unknown_kinds = judge.unknown
    return report


async def _index(checked: Checked) -> RegionKeys:
    return await checked.keys.region_keys(checked.region)


async def _page(
    checked: Checked, judge: Judge, step: Step, after: Key | None, report: Report
) -> tuple[list[Key], Sequence[Fault]]:
    """The keys of one page, and what is wrong with it at a second look, too."""
    if step == "key":
        return await _key_page(checked, after, report)
    rows = await checked.stock.rows(step, after, AT_ONCE)
    faults = await judge.judged(rows)
    if faults:
        again = set(await judge.judged(await checked.stock.rows(step, after, AT_ONCE), again=True))
        faults = [fault for fault in faults if fault in again]
    _count(step, rows, judge, report)
    return [row.key for row in rows], faults


def _count(step: StockTable, rows: Sequence[object], judge: Judge, report: Report) -> None:
    for row in rows if step == "names" else ():
        if isinstance(row, IndexRow):
            report.identifiers += not row.scope
            report.confirmed += judge.confirms(row)


async def _key_page(checked: Checked, after: Key | None, report: Report) -> tuple[list[Key], Sequence[Fault]]:
    """Every data key opens; those of nobody in the vault are counted: made ahead, or left by a killed process."""
    subjects = await _subjects(checked.key_store, SubjectId(after[0]) if after else SubjectId(""))
    if not subjects:
        return [], ()
    faults = []
    try:
        await checked.keys.open(checked.region, subjects)
    except WorldError as error:
        if error.code != "GW-K105":
            raise
        faults = [Fault("data key does not open", one) for one in subjects if not await _opens(checked, one)]
    asked = frozenset(subjects)
    found = await checked.stock.look(Look(people=asked, recorded=asked))
    report.unused_keys += len(asked - found.people - found.recorded)
    return [(one,) for one in subjects], faults


async def _subjects(store: DataKeyStore, after: SubjectId) -> list[SubjectId]:
    """Those behind ``after``: data keys under any epoch are under another one than none."""
    return [subject for subject, _, _ in store.stale("", after, AT_ONCE)]


async def _opens(checked: Checked, subject: SubjectId) -> bool:
    try:
        await checked.keys.open(checked.region, (subject,))
    except WorldError as error:
        if error.code != "GW-K105":
            raise
        return False
    return True
