"""Lists the error codes in docs/errors/README.md from the first lines of their pages."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "errors" / "README.md"
FAMILIES = {
    "P": "the payload: what the caller sent",
    "C": "the caller: who sent it",
    "R": "the rules: what their author wrote",
    "S": "settings and server",
    "K": "keys",
    "V": "the vault",
    "L": "the ledger",
    "U": "the upstream",
    "X": "the exchange: what the rules refuse",
    "I": "import and export",
    "F": "files and where they are kept",
}
HEAD = """# Error codes

Every error and every problem document carries a code, `GW-`, a letter and three digits, that never changes its meaning.
A code is safe to log, to alert on and to search for. No error quotes a value.
"""


def page() -> str:
    """The list as the pages have it now, a family a section."""
    codes = {file.stem: _title(file) for file in sorted(PAGE.parent.glob("GW-*.md"))}
    sections = [HEAD]
    for letter, whose in FAMILIES.items():
        rows = [f"- [{code}]({code}.md) {title}" for code, title in codes.items() if code[3] == letter]
        if rows:
            sections.append(f"## {letter}: {whose}\n\n" + "\n".join(rows) + "\n")
    return "\n".join(sections)


def _title(file: Path) -> str:
    first = file.read_text().partition("\n")[0]
    return re.sub(r"^# GW-[A-Z]\d{3}\W*", "", first)
