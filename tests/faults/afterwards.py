"""When everything is over: the clients' journal and what the upstream got, against what the home store has."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import cast

from gateway.core.seal import open_record
from gateway.model.kept import Fetch, FieldRef
from gateway.model.names import RecordId, Token
from gateway.ports import Inventory
from tests.crash.home import Home, tokens_of
from tests.crash.kill9 import NAMED
from tests.faults.journal import Journal
from tests.load.people import number_of, person
from tests.load.plaintext import leaked
from tests.load.upstream import Received

PAGE = 500


@dataclass
class Tally:
    """What the script prints. All below ``must_be_none`` have to be zero."""

    faults: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    acknowledged: int = 0
    refused: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    broken: int = 0
    records_found: int = 0
    tokens_upstream: int = 0
    retries_upstream: int = 0
    must_be_none: dict[str, int] = field(default_factory=dict)
    files: int = 0
    quoted: Counter[str] = field(default_factory=Counter)
    """What shows that there was something to find: cores, and lines of the server's log that quote rows."""
    mebibytes: int = 0
    longest_silence_s: float = 0.0
    failovers_s: list[float] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)

    @property
    def clean(self) -> bool:
        return not any(self.must_be_none.values())

    def __str__(self) -> str:
        lines = {
            "faults": sum(self.faults.values()),
            **{f"  {name}": times for name, times in sorted(self.faults.items())},
            "requests sent": self.requests,
            "requests acknowledged": self.acknowledged,
            "refused (Retry-After, code)": self.refused,
            **{f"  {told}": times for told, times in sorted(self.refusals.items())},
            "broken off": self.broken,
            "records found": self.records_found,
            "tokens upstream": self.tokens_upstream,
            "people upstream twice": self.retries_upstream,
            **self.must_be_none,
            **self.quoted,
            "files searched": f"{self.files}, {self.mebibytes} MiB",
            "longest silence": f"{self.longest_silence_s:.2f} s",
            **({"without service": ", ".join(f"{one:.2f} s" for one in self.failovers_s)} if self.failovers_s else {}),
        }
        told = [f"{name:32} {value}" for name, value in lines.items()]
        return "\n".join([*told, *(f"  plaintext in {where} ({times})" for where, times in self.found.most_common(8))])


@dataclass
class Everything:
    """All that the home store holds, opened: the text of each field, and each record's person's values."""

    texts: dict[FieldRef, str] = field(default_factory=dict)
    by_email: dict[str, list[set[str]]] = field(default_factory=lambda: defaultdict(list))
    records: int = 0


async def everything(home: Home) -> Everything:
    found = Everything()
    async for record, values in _opened(home):
        found.records += 1
        found.texts.update({(record, index): text for index, text in values.items()})
        email = next((text for text in values.values() if text.startswith("canary")), "")
        found.by_email[email].append(set(values.values()))
    return found


async def _opened(home: Home) -> AsyncIterator[tuple[RecordId, dict[int, str]]]:
    after: RecordId | None = None
    inventory = cast("Inventory", home.vault)  # every vault of the catalog is one
    while rows := await inventory.page(after, PAGE):
        after = rows[-1].sealed.record
        keys = await home.keys.keys.open(home.spec.name, tuple({row.sealed.subject for row in rows}))
        for row in rows:
            one = row.sealed
            if (key := keys.get(one.subject)) is not None:
                fields = open_record(key, region=one.region, scope=one.scope, record=one.record, sealed=one.sealed)
                yield one.record, {sealed.index: sealed.text for sealed in fields}


async def compare(journal: Journal, received: Received, home: Home, tally: Tally) -> Tally:
    """Fill in what the journal, the upstream and the store say about each other."""
    counts, acknowledged = journal.counts(), journal.acknowledged()
    tally.requests, tally.refused, tally.broken = counts["sent"], counts["refused"], counts["broken"]
    tally.refusals = journal.refusals()
    tally.acknowledged = len(acknowledged)
    tally.longest_silence_s = journal.longest_silence()
    kept = await everything(home)
    tally.records_found = kept.records
    sent: dict[int, list[bytes]] = defaultdict(list)
    for _, raw in received.messages:
        sent[number_of(raw) or 0].append(raw)
    tally.retries_upstream = sum(len(bodies) > 1 for bodies in sent.values())
    tokens = {number: tokens_of(b"\n".join(bodies)) for number, bodies in sent.items()}
    originals = await _originals(home, kept, [token for some in tokens.values() for token in some])
    tally.tokens_upstream = sum(map(len, tokens.values()))
    tally.must_be_none = {
        "tokens unresolved": sum(token not in originals for some in tokens.values() for token in some),
        "tokens of somebody else": sum(
            originals.get(token, "") not in (*_values(number), "") for number, some in tokens.items() for token in some
        ),
        "records lost": sum(not _has(kept, number) for number in acknowledged),
        "acknowledged, never sent": len(acknowledged - sent.keys()),
        "duplicate records": sum(max(0, len(records) - 1) for records in kept.by_email.values()),
        "replies changed": counts["changed"],
        "retries sent otherwise": sum(len(set(bodies)) > 1 for bodies in sent.values()),
        "plaintext upstream": sum(
            bool(leaked(raw, person(number))) for number, bodies in sent.items() for raw in set(bodies)
        ),
    }
    return tally


async def _originals(home: Home, kept: Everything, tokens: Iterable[Token]) -> dict[Token, str]:
    found: dict[Token, str] = {}
    waiting = iter(tokens)
    while some := tuple(islice(waiting, PAGE)):
        fetched = await home.vault.fetch(Fetch(tokens=some))
        for token, holdings in fetched.holdings.items():
            texts = [kept.texts[one.ref] for one in holdings if one.ref in kept.texts]
            if texts:
                found[token] = texts[0]
    return found


def _values(number: int) -> set[str]:
    return {getattr(person(number), name) for name in NAMED}


def _has(kept: Everything, number: int) -> bool:
    return any(_values(number) <= values for values in kept.by_email.get(person(number).email, ()))
