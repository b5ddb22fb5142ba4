"""A made-up company's table, Russians and foreigners, and rules for it over SQLite."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.load.people import person

HEAD = "id,citizenship,full_name,email,phone,birth_date,snils,note\n"
RULES = """\
version: 1
as_of: 2026-11-22
mode: observe
regions:
  ru: {countries: [RU], law: "152-FZ art. 18(5)", vault: "sqlite:ru.db", key: "file:keys/ru", keep: {days: 30}}
residence:
  subjects: [body]
  evidence:
    - {from: field, path: "body.citizenship", is: [RU], region: ru, else: elsewhere}
    - {from: known_subject}
  unknown: ru
destinations:
  crm: {url: "http://127.0.0.1:9001", region: us, role: application, unmatched: pass, token_domain: t.example}
routes:
  - {match: {path: "/api/register", method: POST}, to: crm, subject_ref: reply.id}
  - {match: {path: "/api/users/{id}"}, to: crm, subject_ref: path.id, reveal_to: ["role:support"]}
  - {match: {path: "/api/login", method: POST}, to: crm, intent: look_up,
     session: {cookie: sid, starts_on: {status: 200}, subject: body.email}}
rules:
  - id: russians-stay-home
    why: 152-FZ art. 18(5) forbids recording abroad at collection.
    when: {category: personal, residence: ru, destination: {role: application, region: not $residence}}
    then: tokenize
tests:
  - it: keeps a Russian's e-mail at home
    given: {to: crm, body: {citizenship: RU, email: anna@example.org}}
    expect: {body.email: tokenize, because: russians-stay-home}
"""


def rows(count: int) -> Iterator[str]:
    """Every fourth a German; every tenth person is in the table twice, one row after the other."""
    for number in range(1, count + 1):
        who = person(number - (number % 10 == 0))
        if number % 4 == 3:
            yield f"{number},DE,Hans{number},hans{number}@example.org,+49 151 {number:08d},{who.birth_date},,servus\n"
        else:
            yield (
                f'{number},RU,{who.full_name},{who.email},{who.phone},{who.birth_date},{who.snils},"say ""hi"", you"\n'
            )


def written(folder: Path, count: int, *, rules: str = RULES) -> tuple[Path, Path]:
    """The rules' file and the table's."""
    (folder / "rules.yaml").write_text(rules)
    (folder / "users.csv").write_text(HEAD + "".join(rows(count)))
    return folder / "rules.yaml", folder / "users.csv"


def command(folder: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "gateway", *arguments, "--rules", str(folder / "rules.yaml")]


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "PII_GATEWAY_STATE_DIR": str(folder / "home")}


def ran(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command run to its end, in the folder."""
    return subprocess.run(
        command(folder, *arguments),
        env={**environment(folder), "PYTHONPATH": str(Path(__file__).parent.parent.parent)},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def started(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """The command set going; to be killed."""
    return subprocess.Popen(
        command(folder, *arguments),
        env={**environment(folder), "PYTHONPATH": str(Path(__file__).parent.parent.parent)},
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def shape(lines: Sequence[str]) -> list[list[int]]:
    """Which cells of a table are equal, whatever they say; without the birth dates, that may be equal by chance."""
    seen: dict[str, int] = {}
    cells = [[cell for at, cell in enumerate(line.split(",")) if at != 5] for line in lines]
    return [[seen.setdefault(cell, len(seen)) for cell in row] for row in cells]
