"""The tables of docs/reference/kinds.md, drawn from ``rules/kinds/`` and the catalogue: every kind, a table a category.

python -m tests.core.detect.kinds_page
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gateway.core.detect.catalog import DETECTORS
from gateway.ruleset.schema.kinds import ShippedKindModel
from tests.core.detect.kind_rows import kinds

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "kinds.md"
_MARK = "## The tables\n"
_CATEGORIES = {
    "personal": "General",
    "attribute": "Attributes",
    "special": "Special categories (152-FZ, article 10)",
    "biometric": "Biometric",
    "payment": "Payment",
    "credential": "Credentials",
    "technical": "Technical",
    "organisation": "Organisations",
}
_HEAD = """
| kind | | по-русски | law | token | equal spellings | field names | type | detectors |
|---|---|---|---|---|---|---|---|---|"""


def page() -> str:
    """The page with its tables drawn anew."""
    text = PAGE.read_text(encoding="utf-8").partition(_MARK)[0]
    return text + _MARK + "\n".join(line for category in _CATEGORIES for line in _table(category)) + "\n"


def _table(category: str) -> Iterator[str]:
    yield f"\n### {_CATEGORIES[category]}"
    yield _HEAD
    found_by: dict[str, list[str]] = {}
    for detector in DETECTORS:
        found_by.setdefault(detector.kind, []).append(f"[`{detector.name}`](detectors.md#{anchor(detector.name)})")
    for name, kind in kinds().items():
        if kind.category == category:
            yield _row(name, kind, found_by.get(name, []))


def anchor(name: str) -> str:
    """Where a heading of that name is found."""
    return name.replace(".", "")


def _row(name: str, kind: ShippedKindModel, detectors: list[str]) -> str:
    token = kind.shape + (", the same for the same value" if kind.equal else "")
    normal = kind.normal + (f", `{kind.checksum}`" if kind.checksum else "")
    told = ", ".join(f"`{field}`" for field in (kind.names.yes if kind.names else ()))
    cells = [f"`{name}`", kind.title.en, kind.title.ru, kind.law, token, normal, told, kind.type or ""]
    return "| " + " | ".join([*cells, ", ".join(detectors)]) + " |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
