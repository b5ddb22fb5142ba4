"""Every deliberately bad file is refused with the expected line, caret, code and mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ruleset.bad_files import bad_files, golden, said_of

DOCS = Path(__file__).parent.parent.parent / "docs" / "errors"


@pytest.mark.parametrize("file", bad_files(), ids=lambda file: file.stem)
def test_a_bad_file_gets_the_expected_line_caret_and_mend(file: Path) -> None:
    assert said_of(file) == golden(file).read_text()


def test_there_are_at_least_twenty_bad_files() -> None:
    assert len(bad_files()) >= 20


@pytest.mark.parametrize("file", bad_files(), ids=lambda file: file.stem)
def test_what_is_said_fits_eighty_columns(file: Path) -> None:
    assert [line for line in said_of(file).splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("file", bad_files(), ids=lambda file: file.stem)
def test_every_code_has_its_page(file: Path) -> None:
    pages = [line.split()[1] for line in said_of(file).splitlines() if line.startswith("  docs: ")]
    assert pages
    assert [page for page in pages if not (DOCS.parent.parent / page).exists()] == []
