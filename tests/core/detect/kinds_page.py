"""The table of docs/reference/kinds.md, drawn from the catalogue: every kind with the detectors that find it.

python -m tests.core.detect.kinds_page
"""

from __future__ import annotations

from pathlib import Path

from gateway.core.detect.catalog import DETECTORS
from gateway.core.detect.kinds import KINDS
from gateway.model.kinds import KindSpec

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "kinds.md"


def rows() -> list[str]:
    """The table as it has to be."""
    found_by: dict[str, list[str]] = {}
    for detector in DETECTORS:
        found_by.setdefault(detector.kind, []).append(f"`{detector.name}`")
    return [_row(spec, found_by.get(spec.name, [])) for spec in KINDS.values()]


def page() -> str:
    """The page with its table drawn anew."""
    lines = PAGE.read_text(encoding="utf-8").split("\n")
    places = [place for place, line in enumerate(lines) if line.startswith("| `")]
    lines[places[0] : places[-1] + 1] = rows()
    return "\n".join(lines)


def _row(spec: KindSpec, detectors: list[str]) -> str:
    cells = [f"`{spec.name}`", spec.title_en, spec.title_ru, spec.category, spec.shape, "yes" if spec.equal else ""]
    return "| " + " | ".join([*cells, spec.judge, ", ".join(detectors)]) + " |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
