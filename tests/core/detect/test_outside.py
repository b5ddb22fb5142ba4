from __future__ import annotations

import subprocess
import sys

import gateway


def test_a_text_is_answered_with_offsets_and_types() -> None:
    text = "Анна Петрова, +7 900 000-00-01, anna@example.org"
    assert gateway.detect_text(text, "ru") == [(0, 12, "PERSON"), (14, 30, "PHONE"), (32, 48, "EMAIL")]


def test_kinds_that_judges_do_not_know_are_left_out() -> None:
    assert gateway.detect_text("Mozilla/5.0 (X11; Linux x86_64)", "en") == []


def test_a_stretch_has_one_type() -> None:
    assert gateway.detect_text("паспорт 4509 123456, ИНН 7707083893", "ru") == [(8, 19, "PASSPORT"), (25, 35, "INN")]


def test_a_field_is_answered_with_a_type_or_nothing() -> None:
    asked = ("fio", "dr", "tel_mob", "паспорт_серия", "file_name")
    assert [gateway.classify_field(name) for name in asked] == ["PERSON", "BIRTH_DATE", "PHONE", "PASSPORT", None]


def test_importing_the_package_builds_no_detectors() -> None:
    code = "import sys, gateway; print('gateway.core.detect.catalog' in sys.modules, 're2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
