from __future__ import annotations

import re

import pytest

from gateway.core.detect.catalog import DETECTORS
from gateway.core.detect.checksums import CHECKSUMS
from gateway.core.detect.fields import field_verdict
from gateway.core.detect.headers import header_verdict
from gateway.core.detect.kinds import KINDS
from tests.core.detect import detectors_page, kind_rows, kinds_page
from tests.core.detect.kind_rows import kinds

NAMES = {name: model.names for name, model in kinds().items() if model.names}
YES = [(name, field) for name, names in NAMES.items() for field in names.yes]
NO = [(name, field) for name, names in NAMES.items() for field in names.no]
ELSEWHERE = {
    "credential.jwt_personal": "by the claims of a JWT",
    "ru.passport_number": "as a value of six digits in a field for a passport",
}


@pytest.mark.parametrize("drawn", [kind_rows, kinds_page, detectors_page], ids=lambda drawn: drawn.__name__)
def test_what_is_drawn_from_the_kinds_is_current(drawn: object) -> None:
    """To write it anew: ``make pages``."""
    assert drawn.PAGE.read_text(encoding="utf-8") == drawn.page()  # type: ignore[attr-defined]  # both modules have it


def test_every_file_of_kinds_is_read() -> None:
    assert {file.stem for file in kind_rows.FOLDER.glob("*.yaml")} == set(kind_rows.FILES)


def test_no_kind_stands_in_two_files() -> None:
    written = [file.read_text(encoding="utf-8").count("\n    category:") for file in kind_rows.FOLDER.glob("*.yaml")]
    assert sum(written) == len(KINDS)


def test_every_kind_has_titles_in_both_languages_and_a_law() -> None:
    assert [spec.name for spec in KINDS.values() if not (spec.title_en and spec.title_ru and spec.law)] == []


def test_russian_titles_are_russian() -> None:
    own_words = {"iban", "vehicle.vin", "md.idnp", "md.idno", "us.ssn"}
    assert {spec.name for spec in KINDS.values() if not re.search("[А-Яа-я]", spec.title_ru)} <= own_words


def test_the_law_speaks_as_the_category_says() -> None:
    wanted = {"special": "152-FZ art. 10", "biometric": "152-FZ art. 11", "organisation": "not of a person"}
    assert [s.name for s in KINDS.values() if not s.law.startswith(wanted.get(s.category, ""))] == []


def test_checksums_are_known_by_name() -> None:
    assert {spec.checksum for spec in KINDS.values() if spec.checksum} <= CHECKSUMS.keys()


@pytest.mark.parametrize(("kind", "field"), YES)
def test_a_field_of_that_name_is_of_the_kind(kind: str, field: str) -> None:
    verdict = field_verdict((), field)
    assert verdict is not None
    assert (verdict.kind, verdict.strong) == (kind, True)


@pytest.mark.parametrize(("kind", "field"), NO)
def test_a_field_of_that_name_is_not(kind: str, field: str) -> None:
    verdict = field_verdict((), field)
    assert verdict is None or verdict.kind != kind or not verdict.strong


def test_every_kind_is_found_by_something() -> None:
    by_header = {verdict.kind for name in ("sec-ch-ua", "user-agent") if (verdict := header_verdict(name))}
    found = NAMES.keys() | {detector.kind for detector in DETECTORS} | by_header | ELSEWHERE.keys()
    assert KINDS.keys() - found == set()


def test_what_back_ends_search_by_is_equal() -> None:
    equal = {name for name, spec in KINDS.items() if spec.equal}
    assert {"email", "phone", "login", "user_id", "device_id", "ru.passport", "ru.snils", "ru.inn_person"} <= equal


def test_cards_and_passwords_are_never_equal() -> None:
    never = {"payment", "credential"}
    assert [n for n, spec in KINDS.items() if spec.equal and spec.category in never] == ["iban"]
