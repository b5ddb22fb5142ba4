"""Rules files for tests: a whole small deployment, and ways to write, read and judge variations of it."""

from __future__ import annotations

from pathlib import Path

from gateway.ruleset.check import check
from gateway.ruleset.problems import BadRulesError, Problem
from gateway.ruleset.read import Loaded, read

BASE = """
version: 1
as_of: 2026-11-22
regions:
  ru: {countries: [RU], vault: "sqlite:var/ru.db", key: "file:var/keys/ru", keep: {days: 365}}
residence:
  evidence:
    - {from: field, path: "**.citizenship", is: [RU, Россия], region: ru, else: elsewhere}
    - {from: known_subject}
    - {from: geoip}
  unknown: ru
destinations:
  crm: {url: "https://crm.example", region: us, role: application, unmatched: drop}
  metrics: {url: "https://metrics.example", region: us, role: analytics, unmatched: drop}
routes:
  - {match: {path: "/api/**"}, to: crm, purpose: sales}
  - {match: {path: "/collect/**"}, to: metrics}
"""

STAY_HOME = """
rules:
  - id: stay-home
    why: What is collected in Russia is recorded in Russia first.
    when: {category: personal, residence: ru, destination: {role: application, region: not $residence}}
    then: tokenize
"""


def write(folder: Path, text: str, name: str = "rules.yaml") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def loaded(folder: Path, *texts: str) -> Loaded:
    """The texts as files of one deployment."""
    return read([write(folder, text, f"{number}.yaml") for number, text in enumerate(texts)])


def wrong(folder: Path, *texts: str) -> list[Problem]:
    """All that reading and checking find."""
    try:
        return list(check(loaded(folder, *texts)))
    except BadRulesError as error:
        return list(error.problems)


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]
