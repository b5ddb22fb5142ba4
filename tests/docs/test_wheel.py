"""What `pip install` gets is what the source tree has."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT

DATA = (".sql", ".yaml", ".json", ".typed", ".txt")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


@pytest.mark.slow
def test_the_wheel_has_every_module_and_its_data(unpacked: Path) -> None:
    source = {path.relative_to(ROOT) for path in (ROOT / "gateway").rglob("*") if path.suffix in (".py", *DATA)}
    assert {path for path in source if not (unpacked / path).exists()} == set()


@pytest.mark.slow
def test_the_wheel_has_the_shipped_rule_packs_where_an_installed_gateway_looks(unpacked: Path) -> None:
    shipped = {path.relative_to(ROOT / "rules") for path in (ROOT / "rules").rglob("*.yaml")}
    assert shipped
    assert {path for path in shipped if not (unpacked / "gateway" / "rules" / path).exists()} == set()


@pytest.mark.slow
def test_an_installed_gateway_finds_a_pack_by_its_name(unpacked: Path, tmp_path: Path) -> None:
    script = "from gateway.ruleset.sources import shipped; print(shipped())"
    said = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(said.stdout.strip()) == unpacked / "gateway" / "rules"
