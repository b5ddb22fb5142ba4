"""Verify judges the real gateway: whole, it passes; with one part broken it does not, and says where.

A part is broken by a ``sitecustomize`` module of the test's own, which both processes import before anything else. It
changes a function's code in place; the product has no door for that.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

pytestmark = pytest.mark.slow

Told = Mapping[str, list[dict[str, Any]]]

ROOT = Path(__file__).parent.parent.parent
RULES = ROOT / "rules" / "demo.yaml"

FEW = """
import gateway.verify.sorts as sorts
sorts.SORTS = tuple(sort for sort in sorts.SORTS if sort.title in {titles!r})
"""

REPLACE = '''
from types import FunctionType
def replace(module, name, body):
    """Give a function another body; the old one is there as ``whole``."""
    function = getattr(module, name)
    module.whole = FunctionType(function.__code__, function.__globals__, name, function.__defaults__)
    made = {}
    exec(body, made)
    function.__code__ = made[name].__code__
'''

BLIND_DETECTOR = """
import gateway.core.classify as classify
replace(classify, "classify", '''
def classify(document, ruleset, learned=()):
    return tuple(finding for finding in whole(document, ruleset, learned) if finding.kind != "iban")
''')
"""

SHALLOW_CODEC = """
import gateway.core.codec.nest as nest
replace(nest, "look_inside", "def look_inside(budget, name, path, text): return None")
"""

SKIPPED_HEADER = """
import gateway.core.codec.headers as headers
headers.STRUCTURAL = headers.STRUCTURAL | {"x-user-phone"}
replace(headers, "speaks", "def speaks(known, value): return False")
"""

CARELESS_LOGGING = """
from gateway.service.exchange import Exchange
handle = Exchange.handle
async def careless(self, request, *, request_id):
    self._world.sink.emit("request", target=request.target, body=request.body.decode("utf-8", "replace"))
    return await handle(self, request, request_id=request_id)
Exchange.handle = careless
"""

NO_LOG_FILTER = """
import gateway.server.telemetry as telemetry
replace(telemetry, "_allows", "def _allows(key, value): return True")
"""

HEADER_RULE = """
version: 1
as_of: 2026-11-22
rules:
  - id: browsers-pass
    why: Broken on purpose.
    when: {kind: user_agent, destination: crm}
    then: {pass: {basis: legitimate_interest, notice: "1", date: 2026-01-01}}
    overrides: [coarse-browsers]
    until: 2027-06-30
"""


def verify(directory: Path, *titles: str, breaks: str = "", rules: tuple[Path, ...] = (RULES,)) -> tuple[int, Told]:
    """Exit status and JSON of a run over a few sorts of canaries."""
    code = (FEW.format(titles=titles) if titles else "") + REPLACE + breaks
    (directory / "sitecustomize.py").write_text(code)
    chosen = [argument for file in rules for argument in ("--rules", str(file))]
    seen = subprocess.run(
        [sys.executable, "-m", "gateway", "verify", "--json", *chosen],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{directory}:{ROOT}"},
        capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert seen.stdout, seen.stderr
    assert "sitecustomize" not in seen.stderr
    return seen.returncode, cast("Told", json.loads(seen.stdout))


def leaks(told: Told) -> set[tuple[str, str, str]]:
    """Title, place and where of every leak."""
    return {(one["title"], one["place"], sight["where"]) for one in told["probes"] for sight in one["sights"]}


def test_whole_it_leaks_nothing(tmp_path: Path) -> None:
    status, told = verify(tmp_path)
    assert (status, leaks(told)) == (0, set())


def test_a_detector_that_misses_a_kind_is_seen(tmp_path: Path) -> None:
    status, told = verify(tmp_path, "IBAN", "card", breaks=BLIND_DETECTOR)
    assert status == 1
    assert ("IBAN", "deep JSON", "arrived at crm") in leaks(told)
    assert {title for title, _, _ in leaks(told)} == {"IBAN"}


def test_a_codec_that_does_not_look_inside_is_seen(tmp_path: Path) -> None:
    status, told = verify(tmp_path, "last name", breaks=SHALLOW_CODEC)
    assert status == 1
    assert {place for _, place, _ in leaks(told)} == {"JSON in a string"}


def test_a_header_that_is_skipped_is_seen(tmp_path: Path) -> None:
    status, told = verify(tmp_path, "phone", breaks=SKIPPED_HEADER)
    assert status == 1
    assert {place for _, place, _ in leaks(told)} == {"header"}


def test_a_header_rule_that_lets_pass_is_seen(tmp_path: Path) -> None:
    loose = tmp_path / "loose.yaml"
    loose.write_text(HEADER_RULE)
    status, told = verify(tmp_path, "user agent", rules=(RULES, loose))
    assert (status, ("user agent", "header", "arrived at crm") in leaks(told)) == (1, True)


def test_what_is_logged_carelessly_is_withheld(tmp_path: Path) -> None:
    status, told = verify(tmp_path, "e-mail", breaks=CARELESS_LOGGING)
    assert (status, leaks(told)) == (0, set())


def test_a_log_filter_that_withholds_nothing_is_seen(tmp_path: Path) -> None:
    status, told = verify(tmp_path, "e-mail", breaks=CARELESS_LOGGING + NO_LOG_FILTER)
    assert (status, ("e-mail", "query", "lies in gateway.log") in leaks(told)) == (1, True)


def test_a_gateway_that_does_not_start_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import gateway.settings as s\ns.load = None\n")
    seen = subprocess.run(
        [sys.executable, "-m", "gateway", "verify", "--rules", str(RULES)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"},
        capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert (seen.returncode, "did not start" in seen.stderr) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [["--rules", "nowhere.yaml"], [], ["--rules", str(Path(__file__))]],
    ids=["no file", "no rules", "no YAML"],
)
def test_wrong_use_is_2(arguments: list[str]) -> None:
    seen = subprocess.run(
        [sys.executable, "-m", "gateway", "verify", *arguments], cwd=ROOT, capture_output=True, timeout=60, check=False
    )
    assert seen.returncode == 2
