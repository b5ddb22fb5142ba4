"""What the files say: each person's fields searched for in the bytes that lie at home and abroad."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from gateway.demo.layout import Layout
from gateway.demo.people import PEOPLE, Person
from gateway.verify.search import find


@dataclass(frozen=True, slots=True)
class Step:
    """One line of ``played.jsonl``: what a caller sent, and what that caller got."""

    who: str
    does: str
    status: int
    sent: str
    got: str

    @property
    def target(self) -> str:
        return self.sent.split(" ", 2)[1]

    def body(self) -> dict[str, object]:
        """The reply's JSON object; empty if it is none."""
        try:
            body = json.loads(self.got.partition("\r\n\r\n")[2])
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}


@dataclass(frozen=True, slots=True, repr=False)
class Leak:
    """A value that lies in a file where it must not; ``how`` it is spelt there."""

    person: str
    field: str
    value: str
    file: Path
    how: str

    def __repr__(self) -> str:
        return f"Leak({self.person}, {self.field}, {self.file.name}, {self.how})"


def played(layout: Layout) -> list[Step]:
    return [Step(**json.loads(line)) for line in layout.played.read_text().splitlines()]


def leaks_abroad(layout: Layout) -> list[Leak]:
    """Whatever must not have left: anything of those at home, and anything of anybody at the analytics vendor."""
    at_home = [person for person in PEOPLE if person.home == "ru"]
    found = [leak for file in layout.abroad() for leak in _met(at_home, file)]
    foreign = [person for person in PEOPLE if person.home != "ru"]
    return found + [leak for file in layout.abroad() if layout.metrics in file.parents for leak in _met(foreign, file)]


def leaks_at_home(layout: Layout) -> list[Leak]:
    """Whatever lies unsealed in vault, log, ledger or key file, whoever's it is."""
    return [leak for file in layout.at_home() for leak in _met(PEOPLE, file)]


def _met(people: Iterable[Person], file: Path) -> Iterator[Leak]:
    whose = {value: (person.title, name) for person in people for name, value in person.values()}
    for hit in find(whose, file.read_bytes()):
        yield Leak(*whose[hit.text], hit.text, file, f"{hit.form} {hit.view}".strip())


def crm_rows(layout: Layout) -> dict[int, dict[str, str]]:
    """The foreign CRM's own table: id → column → text."""
    with closing(sqlite3.connect(f"file:{layout.crm / 'crm.db'}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        rows = db.execute("select * from people").fetchall()
    return {int(row["id"]): {name: str(text) for name, text in dict(row).items() if text is not None} for row in rows}


def crm_ids(steps: Sequence[Step]) -> dict[str, int]:
    """Person's key → the id that the CRM gave, as the replies to registrations say."""
    ids: dict[str, int] = {}
    for step in steps:
        made = step.body().get("users") if "batch" in step.target else [step.body()]
        if step.target not in ("/api/register", "/api/users/batch") or not isinstance(made, list):
            continue
        ids |= {person.key: int(one["id"]) for person in PEOPLE for one in made if _is(person, step, one)}
    return ids


def _is(person: Person, step: Step, record: object) -> bool:
    """True if that record of a reply came of what this person sent; batches answer in order."""
    if not isinstance(record, dict) or "id" not in record or person.fields["email"] not in step.sent:
        return False
    if "batch" not in step.target:
        return True
    sent = json.loads(step.sent.partition("\r\n\r\n")[2])["users"]
    users = step.body()["users"]
    position = next(number for number, user in enumerate(sent) if user["email"] == person.fields["email"])
    return isinstance(users, list) and users.index(record) == position


def deleted(steps: Sequence[Step]) -> set[int]:
    """The ids of those who have closed their account, as the CRM confirmed."""
    return {int(str(step.body()["deleted"])) for step in steps if "deleted" in step.body()}


def reported(steps: Sequence[Step]) -> dict[str, set[str]]:
    """Person's key → the fields that trackers tried to send to the analytics vendor."""
    sent: dict[str, set[str]] = {person.key: set() for person in PEOPLE}
    for step in steps:
        if step.target.startswith("/collect"):
            for person in PEOPLE:
                hits = find([value for _, value in person.values()], step.sent.encode("utf-8", "surrogateescape"))
                met = {hit.text for hit in hits}
                sent[person.key] |= {name for name, value in person.values() if value in met}
    return sent


@dataclass(frozen=True, slots=True)
class Seen:
    """One person in a reply: how many originals and tokens it shows. ``echoed``: the caller had sent those
    originals.
    """

    name: str
    originals: int
    tokens: int
    echoed: bool


def sees(step: Step, rows: Mapping[int, Mapping[str, str]], ids: Mapping[str, int]) -> list[Seen]:
    """The people whom a reply speaks of."""
    found = []
    reply, sent = (text.encode("utf-8", "surrogateescape") for text in (step.got, step.sent))
    for person in PEOPLE:
        originals = {value for _, value in person.values()}
        row = rows.get(ids.get(person.key, 0), {})
        tokens = {row[name] for name, _ in person.values() if row.get(name) and row[name] not in originals}
        shown = {hit.text for hit in find(originals, reply)}
        hidden = find(tokens, reply)
        if shown or hidden:
            echoed = shown <= {hit.text for hit in find(shown, sent)}
            found.append(Seen(person.title.partition(",")[0], len(shown), len(hidden), echoed))
    return found
