"""What import-linter and ruff cannot see: the tree read as text and syntax."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from gateway.server.telemetry import KEYS, NAMED

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "gateway"
MOST_LINES = 450
PURE_THIRD_PARTIES = {"brotli", "cryptography", "idna", "msgspec", "re2", "zstandard"}
CODE = re.compile(r"\bGW-[A-Z]\d{3}\b")
WITHHELD = frozenset({"media_type"})
"""What a client may have written."""

LOG_METHODS = {"debug", "info", "warning", "warn", "error", "exception", "critical"}
LOGGERS = {"log", "logger", "_log", "_logger", "LOG"}
FRAMEWORK_NAMES = {"get_command"}
"""What click calls its methods."""

PLAINTEXT_FACTS = {"body", "content", "data", "headers", "leaf", "message", "payload", "raw", "text", "value"}


@cache
def trees(folder: str) -> tuple[tuple[Path, ast.Module], ...]:
    files = sorted(path for path in (ROOT / folder).rglob("*.py") if "__pycache__" not in path.parts)
    return tuple((path.relative_to(ROOT), ast.parse(path.read_text())) for path in files)


def places(folder: str, wrong: Callable[[ast.AST], bool]) -> list[str]:
    """``file:line`` of every node of a folder that is wrong."""
    return [
        f"{path}:{getattr(node, 'lineno', 0)}" for path, tree in trees(folder) for node in ast.walk(tree) if wrong(node)
    ]


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)


def third_parties(folder: str) -> set[str]:
    tops = {name.partition(".")[0] for _, tree in trees(folder) for name in imported(tree)}
    return tops - set(sys.stdlib_module_names) - {"gateway", "tests"}


def called(node: ast.AST) -> str:
    """``log.info`` of the call ``log.info(…)``; nothing of anything else."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


# ------------------------------------------------------------------------------------------------- the invariant


def test_the_receipt_is_built_by_vault_adapters_and_nowhere_else() -> None:
    """Its own module joins receipts that exist, and has the empty one."""
    built = places("gateway", lambda node: called(node).rpartition(".")[2] == "Kept")
    lawful = ("gateway/adapters/vault_", "gateway/model/kept.py")
    assert [place for place in built if not place.startswith(lawful)] == []


# ----------------------------------------------------------------------------------------------------- the floors


def test_the_nouns_need_the_standard_library_and_structs_only() -> None:
    assert third_parties("gateway/model") == {"msgspec"}


def test_the_verbs_need_pure_third_parties_only() -> None:
    assert third_parties("gateway/core") <= PURE_THIRD_PARTIES


def test_only_the_server_imports_the_web_framework() -> None:
    importers = [path for path, tree in trees("gateway") if "aiohttp.web" in set(imported(tree))]
    assert [path for path in importers if path.parts[1] != "server"] == []


@pytest.mark.parametrize("floor", ["gateway/model", "gateway/core"])
def test_the_pure_floors_are_synchronous(floor: str) -> None:
    assert places(floor, lambda node: isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor)) == []


def test_clock_randomness_and_environment_are_never_excused_in_the_pure_floors() -> None:
    lines = [(path, (ROOT / path).read_text()) for floor in ("model", "core") for path, _ in trees(f"gateway/{floor}")]
    assert [path for path, text in lines if "TID251" in text] == []


# ------------------------------------------------------------------------------------------------------- the style


def test_no_module_is_longer_than_a_person_reads_at_once() -> None:
    sizes = {path: len((ROOT / path).read_text().splitlines()) for path, _ in trees("gateway")}
    assert {path: lines for path, lines in sizes.items() if lines > MOST_LINES} == {}


def test_every_exemption_names_its_rule_and_its_reason() -> None:
    exemption = r"(noqa: [A-Z]+\d+(, ?[A-Z]+\d+)*|type: ignore\[[a-z, -]+\]|pragma: no (cover|branch))"
    reasoned = re.compile(rf"# {exemption}( [-\u2013] | *# )\S")
    bare = [
        f"{path}:{number}"
        for folder in ("gateway", "tests")
        for path, _ in trees(folder)
        for number, line in enumerate((ROOT / path).read_text().splitlines(), 1)
        if re.search(r"# ?(noqa|type: ?ignore|pragma: no)", line) and not reasoned.search(line)
        if path.name != Path(__file__).name
    ]
    assert bare == []


def test_except_exception_appears_at_most_once() -> None:
    def catches_all(node: ast.AST) -> bool:
        """Catches everything and does not raise it again."""
        if not isinstance(node, ast.ExceptHandler) or ast.unparse(node.body[-1]) == "raise":
            return False
        return node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")

    assert len(places("gateway", catches_all)) <= 1


def test_names_say_what_a_thing_is() -> None:
    def vague(node: ast.AST) -> bool:
        match node:
            case ast.ClassDef(name=name):
                return re.search(r"(Manager|Helper|Utils?|Base)$", name) is not None
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                return name.lstrip("_").startswith(("get_", "do_")) and name not in FRAMEWORK_NAMES
            case _:
                return False

    assert places("gateway", vague) == []


def test_log_lines_are_a_constant_event_and_facts_that_hold_no_plaintext() -> None:
    def loose(node: ast.AST) -> bool:
        owner, _, method = called(node).rpartition(".")
        if not isinstance(node, ast.Call) or method not in LOG_METHODS or owner.rpartition(".")[2] not in LOGGERS:
            return False
        constant = bool(node.args) and isinstance(node.args[0], ast.Constant)
        built = any(isinstance(part, ast.JoinedStr | ast.FormattedValue) for part in ast.walk(node))
        telling = any(keyword.arg in PLAINTEXT_FACTS for keyword in node.keywords)
        return not constant or built or telling

    assert places("gateway", loose) == []


def test_every_fact_that_is_logged_is_one_that_a_line_may_hold() -> None:
    """Else it is withheld, and an operator reads ``withheld: 1`` where the docs promise why."""

    def unknown(node: ast.AST) -> bool:
        if not isinstance(node, ast.Call) or called(node).rpartition(".")[2] != "emit":
            return False
        facts = {keyword.arg for keyword in node.keywords if keyword.arg is not None}
        return not facts <= KEYS.keys() | NAMED | WITHHELD

    assert places("gateway", unknown) == []


# ------------------------------------------------------------------------------------------------------- the tests


def test_tests_use_no_mocks() -> None:
    assert [path for path, tree in trees("tests") if any("mock" in name for name in imported(tree))] == []


def test_tests_wait_for_what_they_wait_for_and_never_for_a_while() -> None:
    """A loop may look again later, and a moment may be drawn at random; a fixed time outside a loop is a guess."""
    loops = [node for _, tree in trees("tests") for node in ast.walk(tree) if isinstance(node, ast.While | ast.For)]
    looking_again = {inside for loop in loops for inside in ast.walk(loop)}

    def guesses(node: ast.AST) -> bool:
        if not isinstance(node, ast.Call) or called(node) not in ("time.sleep", "asyncio.sleep", "sleep"):
            return False
        fixed = isinstance(node.args[0], ast.Constant) and node.args[0].value != 0
        return fixed and node not in looking_again

    assert places("tests", guesses) == []


# ------------------------------------------------------------------------------------------------ errors and pages


def codes_in_source() -> set[str]:
    return {code for path, _ in trees("gateway") for code in CODE.findall((ROOT / path).read_text())}


def test_every_error_code_has_a_page_and_every_page_a_code() -> None:
    pages = {page.stem for page in (ROOT / "docs" / "errors").glob("GW-*.md")}
    assert pages == codes_in_source()


def test_a_page_of_an_error_code_begins_with_the_code() -> None:
    pages = sorted((ROOT / "docs" / "errors").glob("GW-*.md"))
    assert [page.stem for page in pages if not page.read_text().startswith(f"# {page.stem}")] == []


# ---------------------------------------------------------------------------------------------------- the package


def declared() -> set[str]:
    """What the gateway needs, and what it can use: its optional parts, not the tools that develop it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = {
        name: lines for name, lines in project["optional-dependencies"].items() if name not in ("dev", "fuzz", "lock")
    }
    lines = [*project["dependencies"], *(line for each in extras.values() for line in each)]
    return {re.split(r"[\[<>=!~ ]", line)[0].lower().replace("_", "-") for line in lines}


def test_what_the_gateway_imports_is_what_it_declares() -> None:
    known = packages_distributions()
    used = {known[name][0].lower().replace("_", "-") for name in third_parties("gateway")}
    assert used - {"pydantic-core"} == declared()  # pydantic's other half, pinned by it


def test_every_requirement_is_pinned_by_hash_without_an_index_address() -> None:
    for file in (ROOT / "requirements").glob("*.txt"):
        blocks = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n?", "", file.read_text()).strip())
        assert [block.split()[0] for block in blocks if "==" not in block or "--hash=sha256:" not in block] == []
        assert "://" not in file.read_text()


def test_what_runs_and_what_develops_are_pinned_to_the_same_versions() -> None:
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"(?m)^([\w.-]+)==(\S+)", (ROOT / "requirements" / name).read_text()))

    everything = pins("dev.txt")
    assert {**pins("run.txt"), **pins("build.txt")}.items() <= everything.items()
