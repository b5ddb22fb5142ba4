from __future__ import annotations

from pathlib import Path

from gateway.core.detect.catalog import DETECTORS
from gateway.core.detect.checksums import CHECKSUMS
from gateway.core.detect.kinds import KINDS
from gateway.model.kinds import KindSpec

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "kinds.md"


def rows() -> list[str]:
    """The table of the page, as ``docs/reference/kinds.md`` has to have it."""
    found_by: dict[str, list[str]] = {}
    for detector in DETECTORS:
        found_by.setdefault(detector.kind, []).append(f"`{detector.name}`")
    return [row(spec, found_by.get(spec.name, [])) for spec in KINDS.values()]


def row(spec: KindSpec, detectors: list[str]) -> str:
    cells = [f"`{spec.name}`", spec.title_en, spec.title_ru, spec.category, spec.shape, "yes" if spec.equal else ""]
    return "| " + " | ".join([*cells, spec.judge, ", ".join(detectors)]) + " |"


def test_the_page_shows_every_kind_as_it_is() -> None:
    """To write it anew: put ``rows()`` in place of the table."""
    table = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert table == rows()


def test_every_kind_has_titles_in_both_languages() -> None:
    assert [spec.name for spec in KINDS.values() if not (spec.title_en and spec.title_ru)] == []


def test_every_kind_is_filed_under_its_name() -> None:
    assert [name for name, spec in KINDS.items() if spec.name != name] == []


def test_checksums_are_known_by_name() -> None:
    assert {spec.checksum for spec in KINDS.values() if spec.checksum} <= CHECKSUMS.keys()


def test_what_back_ends_search_by_is_equal() -> None:
    equal = {name for name, spec in KINDS.items() if spec.equal}
    assert {"email", "phone", "login", "user_id", "device_id", "ru.passport", "ru.snils", "ru.inn_person"} <= equal


def test_cards_and_passwords_are_never_equal() -> None:
    never = {"payment", "credential"}
    assert [n for n, spec in KINDS.items() if spec.equal and spec.category in never] == ["iban"]
