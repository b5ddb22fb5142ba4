from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from gateway.demo import findings
from gateway.demo.people import ANNA, DIETER, INGRID, OLGA
from tests.demo.scene import BATCH, TOKENS, laid_out, note


def test_nothing_leaked_where_russians_are_tokens_and_foreigners_in_the_crm(tmp_path: Path) -> None:
    assert findings.leaks_abroad(laid_out(tmp_path)) == []


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("anna.smirnova@example.ru", id="plain"),
        pytest.param(quote("Анна", safe=""), id="URL-encoded"),
        pytest.param(json.dumps("Смирнова"), id="JSON escapes"),
        pytest.param(base64.b64encode("г. Москва, ул. Тестовая, д. 5, кв. 12".encode()).decode(), id="base64"),
        pytest.param("79000000117", id="digits"),
        pytest.param("+7 900 000-01-99", id="the number that she changes to"),
    ],
)
@pytest.mark.parametrize("file", ["abroad/crm/crm.http", "abroad/crm/crm.log", "abroad/metrics/metrics.http"])
def test_a_russians_value_that_left_is_counted(tmp_path: Path, file: str, written: str) -> None:
    layout = laid_out(tmp_path)
    with (tmp_path / file).open("a") as place:
        place.write(f"x={written}&")
    assert [leak.file.name for leak in findings.leaks_abroad(layout)] == [Path(file).name]


def test_a_foreigners_value_at_the_analytics_vendor_is_counted(tmp_path: Path) -> None:
    layout = laid_out(tmp_path)
    (layout.metrics / "metrics.http").write_text("+49-151-00000042")
    assert [(leak.person, leak.field) for leak in findings.leaks_abroad(layout)] == [(DIETER.title, "phone")]


@pytest.mark.parametrize("file", ["ru.db", "gateway.log", "keys/ru.json", "ru.db-wal"])
def test_a_value_that_lies_open_at_home_is_counted_even_a_foreigners(tmp_path: Path, file: str) -> None:
    layout = laid_out(tmp_path)
    place = layout.home / file
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"\0\1" + DIETER.fields["phone"].encode() + b"\0")
    assert [leak.file.name for leak in findings.leaks_at_home(layout)] == [place.name]


def test_the_callers_own_files_are_not_searched(tmp_path: Path) -> None:
    layout = laid_out(tmp_path)
    assert ANNA.fields["email"] in layout.played.read_text()
    assert findings.leaks_at_home(layout) == []


def test_ids_are_read_from_the_replies(tmp_path: Path) -> None:
    layout = laid_out(tmp_path)
    note(layout, "POST", "/api/users/batch", BATCH, {"users": [{"id": 7, **OLGA.fields}, {"id": 8, **INGRID.fields}]})
    ids = findings.crm_ids(findings.played(layout))
    assert ids == {"anna": 1, "dieter": 2, "olga": 7, "ingrid": 8}


def test_a_refused_registration_gave_no_id(tmp_path: Path) -> None:
    layout = laid_out(tmp_path)
    layout.played.unlink()
    note(layout, "POST", "/api/register", ANNA.fields, {"title": "no"})
    assert findings.crm_ids(findings.played(layout)) == {}


def test_the_crm_is_read_as_it_is(tmp_path: Path) -> None:
    rows = findings.crm_rows(laid_out(tmp_path))
    assert (rows[1]["email"], rows[2]["email"]) == (TOKENS["email"], DIETER.fields["email"])


def test_a_reply_with_originals_shows_them(tmp_path: Path) -> None:
    layout = laid_out(tmp_path)
    note(layout, "GET", "/api/me", "", {"email": ANNA.fields["email"], "phone": TOKENS["phone"]})
    steps = findings.played(layout)
    assert findings.sees(steps[-1], findings.crm_rows(layout), findings.crm_ids(steps)) == [
        findings.Seen("Анна", 1, 1, echoed=False)
    ]


def test_what_trackers_tried_to_report_is_read_from_what_they_sent(tmp_path: Path) -> None:
    layout = laid_out(tmp_path)
    note(layout, "POST", "/collect/v1/i", {"traits": {"email": ANNA.fields["email"]}}, {})
    assert findings.reported(findings.played(layout))["anna"] == {"email"}


def test_a_reply_that_is_no_json_object_has_no_members(tmp_path: Path) -> None:
    layout = laid_out(tmp_path)
    note(layout, "GET", "/", "", [1])
    step = findings.played(layout)[-1]
    assert (step.body(), findings.Step("", "", 200, "", "HTTP/1.1 200 OK\r\n\r\n<html>").body()) == ({}, {})


def test_what_a_caller_sent_is_told_from_what_the_reply_tells(tmp_path: Path) -> None:
    layout = laid_out(tmp_path)
    email = ANNA.fields["email"]
    note(layout, "GET", f"/api/search?email={quote(email)}", "", {"query": email, "found": [TOKENS]})
    steps = findings.played(layout)
    (seen,) = findings.sees(steps[-1], findings.crm_rows(layout), findings.crm_ids(steps))
    assert (seen.echoed, seen.tokens) == (True, 5)


def test_a_closed_account_is_read_from_the_reply(tmp_path: Path) -> None:
    layout = laid_out(tmp_path)
    note(layout, "DELETE", "/api/users/2", "", {"deleted": 2})
    assert findings.deleted(findings.played(layout)) == {2}
