"""Draws the floors into docs/architecture.md from the contract that import-linter checks.

python -m tests.docs.floors            prints them
python -m tests.docs.floors --write    writes them into the page
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "architecture.md"
PLACE = re.compile(r"(?<=<!-- floors -->\n).*?(?=<!-- /floors -->)", re.DOTALL)


def floors() -> list[list[str]]:
    """The packages of each floor, lowest first, as the `layers` contract has them, without those that do not exist."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    named = [re.findall(r"\w+", layer) for layer in reversed(layers)]
    return [[name for name in names if source(name)] for names in named]


def source(name: str) -> Path | None:
    """The file that speaks for a package or module of the gateway."""
    candidates = (ROOT / "gateway" / name / "__init__.py", ROOT / "gateway" / f"{name}.py")
    return next((path for path in candidates if path.exists()), None)


def claim(name: str) -> str:
    """The first line of its docstring, without the floor's number."""
    path = source(name)
    text = ast.get_docstring(ast.parse(path.read_text())) if path else None
    line = (text or "").partition("\n\n")[0].replace("\n", " ")
    spoken = re.sub(r"^Floor \d+, ", "", line).removesuffix(".")
    return spoken[:1].upper() + spoken[1:]


def imports(name: str) -> set[str]:
    """The floors' packages that this one imports."""
    path = source(name)
    files = sorted(path.parent.rglob("*.py")) if path and path.name == "__init__.py" else [path] if path else []
    found = {module.split(".")[1] for file in files for module in _gateway_modules(file)}
    return found - {name}


def _gateway_modules(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gateway"):
            yield from [node.module or ""] if "." in (node.module or "") else [f"gateway.{n.name}" for n in node.names]
        elif isinstance(node, ast.Import):
            yield from (n.name for n in node.names if n.name.startswith("gateway."))


def table() -> str:
    """Floors from the top down: number, package, what it is, what it imports."""
    known = [name for floor in floors() for name in floor]
    rows = ["| floor | package | what it is | imports |", "|---|---|---|---|"]
    for number, names in reversed(list(enumerate(floors()))):
        for name in names:
            below = ", ".join(f"`{other}`" for other in reversed(known) if other in imports(name))
            rows.append(f"| {number} | `{name}` | {claim(name)} | {below or '-'} |")
    return "\n".join(rows)


def picture() -> str:
    """The floors as boxes on top of each other, up to 100 columns wide."""
    rows = [f"  {number}  " + "   ".join(names) for number, names in reversed(list(enumerate(floors()))) if names]
    width = max(map(len, rows)) + 2
    lines = [f"┌{'─' * width}┐"]
    for row in rows:
        lines += [f"│{row:<{width}}│", f"├{'─' * width}┤"]
    lines[-1] = f"└{'─' * width}┘"
    return "\n".join(lines)


def drawing() -> str:
    return f"\n```text\n{picture()}\n```\n\n{table()}\n\n"


def page() -> str:
    """docs/architecture.md with the floors as they are now."""
    return PLACE.sub(lambda _: drawing(), PAGE.read_text())
