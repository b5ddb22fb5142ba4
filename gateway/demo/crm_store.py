"""The foreign CRM's own database: people and their sessions, in one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from gateway.demo.crm_checks import FIELDS

Record = dict[str, object]


class TakenError(Exception):
    """Somebody else has that e-mail address."""


class Store:
    """Columns are the CRM's fields, an id it counts up itself, and a hash of the password."""

    def __init__(self, file: Path) -> None:
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        columns = ", ".join(f"{name} text" for name in FIELDS)
        self._db.execute(f"create table if not exists people (id integer primary key, {columns}, secret text)")
        self._db.execute("create unique index if not exists one_email on people (email)")
        self._db.execute("create table if not exists sessions (sid text primary key, person integer)")

    def close(self) -> None:
        self._db.close()

    def add(self, record: Mapping[str, object], secret: str) -> int:
        names = [name for name in FIELDS if name in record]
        marks = ", ".join("?" for _ in names)
        command = f"insert into people ({', '.join([*names, 'secret'])}) values ({marks}, ?)"  # noqa: S608 - names come from FIELDS
        return int(self._write(command, [*(record[name] for name in names), secret]) or 0)

    def change(self, person: int, record: Mapping[str, object]) -> None:
        names = [name for name in FIELDS if name in record]
        if names:
            command = f"update people set {', '.join(f'{name} = ?' for name in names)} where id = ?"  # noqa: S608 - names come from FIELDS
            self._write(command, [*(record[name] for name in names), person])

    def remove(self, person: int) -> None:
        self._db.execute("delete from people where id = ?", [person])
        self._db.execute("delete from sessions where person = ?", [person])

    def _write(self, command: str, values: list[object]) -> int | None:
        try:
            return self._db.execute(command, values).lastrowid
        except sqlite3.IntegrityError as error:
            raise TakenError from error

    def person(self, person: int) -> Record | None:
        return self._one("select * from people where id = ?", person)

    def by_email(self, email: str) -> Record | None:
        return self._one("select * from people where email = ?", email)

    def everybody(self) -> list[Record]:
        return [_shown(row) for row in self._db.execute("select * from people order by id")]

    def secret(self, email: str) -> str:
        row = self._db.execute("select secret from people where email = ?", [email]).fetchone()
        return str(row["secret"]) if row else ""

    def open_session(self, sid: str, person: int) -> None:
        self._db.execute("insert into sessions values (?, ?)", [sid, person])

    def session(self, sid: str) -> Record | None:
        return self._one("select people.* from people join sessions on person = id where sid = ?", sid)

    def _one(self, query: str, value: object) -> Record | None:
        row = self._db.execute(query, [value]).fetchone()
        return _shown(row) if row else None


def _shown(row: sqlite3.Row) -> Record:
    """A person as the CRM's API shows one: what is empty and the password's hash left out, a greeting put in."""
    record = {name: value for name, value in dict(row).items() if value is not None and name != "secret"}
    return {**record, "greeting": f"Dear {record.get('first_name', '')} {record.get('last_name', '')},"}
