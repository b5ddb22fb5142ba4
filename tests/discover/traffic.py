"""Recorded requests about made-up people, and the rules they are looked at by."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from click.testing import CliRunner, Result

from gateway.cli import main

RULES = """
version: 1
packs: [ru]
backend: new
regions:
  ru: {vault: "sqlite:var/ru.db", key: "file:var/keys/ru", keep: {days: 365}}
residence: {subjects: [body]}
destinations:
  crm: {url: "https://crm.example", region: us, role: application, unmatched: pass}
routes:
  - {match: {path: "/api/**"}, to: crm, name: api}
"""
PEOPLE = ("Анна Зубкова", "Борис Лаптев", "Вера Мохова", "Глеб Носов", "Дарья Орлова", "Егор Панин")
"""Six, so that a field has enough values."""

CANARIES = tuple(
    word
    for number, name in enumerate(PEOPLE)
    for word in (*name.split(), f"user{number}@mail.example", f"900000012{number}", "Тестовая")
)


def body(number: int) -> dict[str, object]:
    return {
        "f17": f"+7 900 000-01-2{number}",
        "c4": f"user{number}@mail.example",
        "note": f"звонит {PEOPLE[number]}, ул. Тестовая, д. 5",
        "status": "new",
        PEOPLE[number].split()[0]: {"x": 1},
        f"user{number}@mail.example": "yes",
        "full_name": PEOPLE[number],
    }


def raw(number: int) -> bytes:
    return json.dumps(body(number), ensure_ascii=False).encode()


def captures(folder: Path) -> Path:
    for number in range(len(PEOPLE)):
        told = {
            "method": "POST",
            "path": f"/api/users/{number}?who=user{number}%40mail.example",
            "headers": [["Content-Type", "application/json"], ["X-Name", f"user{number}@mail.example"]],
            "body_b64": base64.b64encode(raw(number)).decode(),
        }
        (folder / f"{number}.json").write_text(json.dumps(told))
    return folder


def rules_in(folder: Path) -> Path:
    path = folder / "rules.yaml"
    path.write_text(RULES)
    return path


def discover(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["discover", *map(str, arguments)])
