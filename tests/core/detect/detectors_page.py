"""docs/reference/detectors.md, drawn from the catalogue: every detector with its examples and its source.

python -m tests.core.detect.detectors_page
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gateway.core.detect.catalog import DETECTORS
from gateway.core.detect.detector import Detector
from tests.core.detect.kind_rows import kinds

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "detectors.md"
_LONGEST = 100
_HEAD = """# Detectors

What finds [kinds](kinds.md) in texts: each with texts in which it finds something, texts in which it does not, and
where its shape is laid down. Drawn from `core/detect/catalog/` by `make pages`; a test runs every example.

*Alone* is the score of the shape by itself, *confirmed* the score with right check digits or a valid date; a word near
adds up to 0.5, a word that speaks against takes as much away. 0.5 and more is a finding.
"""


def page() -> str:
    """The page as it has to be."""
    titles = {name: kind.title.en for name, kind in kinds().items()}
    listed = (detector for name in titles for detector in DETECTORS if detector.kind == name)
    return _HEAD + "\n".join(line for detector in listed for line in _section(detector, titles[detector.kind])) + "\n"


def _section(detector: Detector, title: str) -> Iterator[str]:
    yield f"\n## {detector.name}\n"
    confirmed = f", confirmed {detector.confirmed}" if detector.confirm else ""
    near = ", a word near counts" if detector.near else ""
    yield f"`{detector.kind}`: {title}. Alone {detector.score}{confirmed}{near}."
    yield f"Source: {detector.source}.\n"
    for sign, texts in (("finds", detector.yes), ("passes by", detector.no)):
        yield f"- {sign}: " + ", ".join(_code(text) for text in texts)


def _code(text: str) -> str:
    shown = " ".join(text.split())
    return f"`` {shown if len(shown) <= _LONGEST else shown[:_LONGEST] + ' …'} ``"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
