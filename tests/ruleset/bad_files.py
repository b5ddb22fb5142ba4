"""The deliberately bad rules files, and what ``check`` says of each.

python -m tests.ruleset.bad_files            prints it
python -m tests.ruleset.bad_files --write    writes it into the golden files; read the difference before you keep it
"""

from __future__ import annotations

import contextlib
import sys
from datetime import date
from pathlib import Path

from gateway.ruleset.load import wrong_with
from gateway.ruleset.problems import BadRulesError
from gateway.ruleset.read import read

FOLDER = Path(__file__).parent / "bad"
TODAY = date(2026, 11, 22)


def bad_files() -> list[Path]:
    return sorted(FOLDER.glob("*.yaml"))


def golden(file: Path) -> Path:
    return file.with_suffix(".txt")


def said_of(file: Path) -> str:
    """All problems as a terminal shows them, files named as seen from their folder."""
    with contextlib.chdir(FOLDER):
        try:
            problems = wrong_with(read([file.name]), TODAY)
        except BadRulesError as error:
            problems = error.problems
    return "\n\n".join(problem.render() for problem in problems) + "\n"


if __name__ == "__main__":
    for bad in bad_files():
        text = said_of(bad)
        if "--write" in sys.argv:
            golden(bad).write_text(text)
        else:
            sys.stdout.write(f"===== {bad.name}\n{text}")
