"""The table ``gateway/core/detect/kind_rows.py``, drawn from ``rules/kinds/*.yaml``, where kinds are written.

python -m tests.core.detect.kind_rows
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gateway.ruleset.problems import BadRulesError
from gateway.ruleset.schema.kinds import ShippedKindModel, ShippedKinds
from gateway.ruleset.source import parse
from gateway.ruleset.tree import plain

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "gateway" / "core" / "detect" / "kind_rows.py"
FOLDER = ROOT / "rules" / "kinds"
FILES = ("general documents states attributes special biometric payment credentials technical organisations").split()
"""In the order in which reports name kinds."""

_HEAD = '''"""Every shipped kind, drawn from ``rules/kinds/*.yaml`` by ``make pages``; they are written there, not here.

Two lines a kind: name, category, shape, normal form, ``=`` if equal, check rule, type for outside scorers; then titles
and the law.
"""

ROWS = """
'''


def kinds() -> dict[str, ShippedKindModel]:
    """All shipped kinds by name."""
    return {name: model for file in FILES for name, model in _of_file(FOLDER / f"{file}.yaml").items()}


def page() -> str:
    """The module as it has to be."""
    return _HEAD + "\n".join(line for name, model in kinds().items() for line in _lines(name, model)) + '\n"""\n'


def _of_file(file: Path) -> dict[str, ShippedKindModel]:
    root, problems = parse(str(file), file.read_bytes())
    if root is None or problems:
        raise BadRulesError(problems)
    return ShippedKinds.model_validate(plain(root)).kinds


def _lines(name: str, kind: ShippedKindModel) -> Iterator[str]:
    equal = "=" if kind.equal else "-"
    yield f"{name} {kind.category} {kind.shape} {kind.normal} {equal} {kind.checksum or '-'} {kind.type or '-'}"
    yield f"  {kind.title.en} | {kind.title.ru} | {kind.law}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
