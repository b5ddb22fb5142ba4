"""Homes in both stores, filled once and copied for every test."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from tests import postgres
from tests.ops.homes import Home


@pytest.fixture(scope="session")
def server() -> Generator[postgres.Server]:
    with postgres.running() as one:
        yield one


@pytest.fixture(scope="session")
def _filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(tmp_path_factory.mktemp("filled"))
    home.fill()
    return home.folder


@pytest.fixture
def on_files(_filled: Path, tmp_path: Path) -> Home:
    shutil.copytree(_filled, tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    if request.param == "sqlite":
        found: Home = request.getfixturevalue("on_files")
        return found
    made = Home(tmp_path, request.getfixturevalue("server").url())
    made.fill()
    return made
