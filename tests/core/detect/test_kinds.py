from __future__ import annotations

from gateway.core.detect.checksums import CHECKSUMS
from gateway.core.detect.kinds import KINDS
from tests.core.detect.kinds_page import PAGE, page


def test_the_page_shows_every_kind_as_it_is() -> None:
    """To write it anew: ``python -m tests.core.detect.kinds_page``."""
    assert PAGE.read_text(encoding="utf-8") == page()


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
