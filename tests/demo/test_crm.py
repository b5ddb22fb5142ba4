from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from gateway.demo.crm import Crm
from gateway.demo.crm_store import Store
from gateway.verify import wire

TODAY = date(2026, 11, 22)
HANS = {
    "first_name": "Hans",
    "last_name": "Vogelsang",
    "email": "hans@example.com",
    "phone": "+49 151 00000042",
    "birth_date": "1975-08-30",
    "password": "oak-Leaf-1975",
}


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Crm]:
    store = Store(tmp_path / "crm.db")
    yield Crm(store, lambda: TODAY)
    store.close()


def ask(
    crm: Crm, method: str, target: str, body: object = None, cookie: str = "", accept: str = "*/*"
) -> tuple[int, wire.Headers, bytes]:
    """Status, headers and body of the CRM's reply."""
    headers = (("Accept", accept), ("Cookie", cookie))
    payload = json.dumps(body).encode() if body is not None else b""
    raw = crm.answer(wire.Message(f"{method} {target} HTTP/1.1", headers, payload, b""))
    head, _, content = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    pairs = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
    return int(first.split(" ")[1]), pairs, content


def told(crm: Crm, method: str, target: str, body: object = None, cookie: str = "") -> object:
    return json.loads(ask(crm, method, target, body, cookie)[2])


def logged_in(crm: Crm) -> str:
    ask(crm, "POST", "/api/register", HANS)
    _, headers, _ = ask(crm, "POST", "/api/login", {"email": HANS["email"], "password": HANS["password"]})
    return dict(headers)["Set-Cookie"].partition(";")[0]


def test_registering_answers_201_with_an_id_and_the_record(crm: Crm) -> None:
    status, _, body = ask(crm, "POST", "/api/register", HANS)
    record = json.loads(body)
    assert (status, record["id"], record["email"], "password" in record) == (201, 1, "hans@example.com", False)


def test_an_email_is_taken_once(crm: Crm) -> None:
    assert [ask(crm, "POST", "/api/register", HANS)[0] for _ in range(2)] == [201, 409]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "hans"),
        ("email", "hans@localhost"),
        ("email", "hans@tokens.invalid"),
        ("email", "hans@example.test"),
        ("phone", "12345"),
        ("phone", "tk7f3k2m9q4n8p5r2s6t"),
        ("first_name", "Hans2"),
        ("last_name", "tk-7f3"),
        ("birth_date", "30.08.1975"),
        ("birth_date", "2010-01-01"),
        ("passport", "№1"),
        ("email", ""),
        ("phone", 42),
    ],
)
def test_what_is_no_such_value_is_rejected(crm: Crm, field: str, value: object) -> None:
    status, _, body = ask(crm, "POST", "/api/register", {**HANS, field: value})
    assert (status, list(json.loads(body)["errors"])) == (422, [field])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "tkaaaaaaaaaaaaaaaaaaaaaaaaaa@t.crm.example"),
        ("phone", "+79761234567"),
        ("first_name", "Йцукенгшщзхъфывапролджэячсм"),
        ("last_name", "O'Neill-Van Dyck"),
        ("passport", "0012345678"),
    ],
)
def test_what_has_the_shape_of_a_value_is_taken_for_one(crm: Crm, field: str, value: str) -> None:
    assert ask(crm, "POST", "/api/register", {**HANS, field: value})[0] == 201


def test_a_login_with_the_right_password_sets_a_cookie(crm: Crm) -> None:
    assert logged_in(crm).startswith("sid=")


@pytest.mark.parametrize("password", ["wrong", None, ""])
def test_a_login_with_another_password_does_not(crm: Crm, password: object) -> None:
    ask(crm, "POST", "/api/register", HANS)
    assert ask(crm, "POST", "/api/login", {"email": HANS["email"], "password": password})[0] == 401


def test_the_session_knows_who_is_asking(crm: Crm) -> None:
    record = told(crm, "GET", "/api/me", cookie=logged_in(crm))
    assert isinstance(record, dict)
    assert record["greeting"] == "Dear Hans Vogelsang,"


def test_without_a_session_there_is_no_me(crm: Crm) -> None:
    assert ask(crm, "GET", "/api/me")[0] == 401


def test_a_search_finds_the_person_with_that_email(crm: Crm) -> None:
    logged_in(crm)
    found = told(crm, "GET", "/api/search?email=hans%40example.com")
    assert isinstance(found, dict)
    assert (found["query"], len(found["found"])) == ("hans@example.com", 1)


def test_an_owner_may_change_a_record(crm: Crm) -> None:
    record = told(crm, "PATCH", "/api/users/1", {"phone": "+49 151 00000043"}, logged_in(crm))
    assert isinstance(record, dict)
    assert record["phone"] == "+49 151 00000043"


def test_a_change_is_checked_too(crm: Crm) -> None:
    assert ask(crm, "PUT", "/api/users/1", {"phone": "no"}, logged_in(crm))[0] == 422


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_nobody_else_may(crm: Crm, method: str) -> None:
    logged_in(crm)
    assert ask(crm, method, "/api/users/1", {"phone": "+49 151 00000043"})[0] == 403


def test_who_leaves_is_gone(crm: Crm) -> None:
    ask(crm, "DELETE", "/api/users/1", cookie=logged_in(crm))
    assert ask(crm, "GET", "/api/users/1")[0] == 404


def test_a_batch_is_taken_in_its_order(crm: Crm) -> None:
    users = [{**HANS, "email": f"{name}@example.com"} for name in ("b", "a")]
    made = told(crm, "POST", "/api/users/batch", {"users": users})
    assert isinstance(made, dict)
    assert [(user["id"], user["email"]) for user in made["users"]] == [(1, "b@example.com"), (2, "a@example.com")]


def test_a_batch_with_a_wrong_record_is_rejected(crm: Crm) -> None:
    assert ask(crm, "POST", "/api/users/batch", {"users": [{"email": "b"}]})[0] == 422


def test_who_was_imported_has_no_password(crm: Crm) -> None:
    ask(crm, "POST", "/api/users/batch", {"users": [HANS]})
    assert ask(crm, "POST", "/api/login", {"email": HANS["email"], "password": None})[0] == 401


def test_a_list_shows_everybody(crm: Crm) -> None:
    logged_in(crm)
    listed = told(crm, "GET", "/api/users")
    assert isinstance(listed, dict)
    assert [user["first_name"] for user in listed["users"]] == ["Hans"]


def test_a_page_is_escaped(crm: Crm) -> None:
    ask(crm, "PATCH", "/api/users/1", {"about": "<script>alert('x')</script>"}, logged_in(crm))
    status, headers, body = ask(crm, "GET", "/api/users/1", accept="text/html,*/*")
    assert (status, dict(headers)["Content-Type"], b"<script>" in body) == (200, "text/html; charset=utf-8", False)


@pytest.mark.parametrize(("method", "target"), [("GET", "/"), ("GET", "/api/users/9"), ("PUT", "/api/me")])
def test_what_is_not_there_is_not_found(crm: Crm, method: str, target: str) -> None:
    assert ask(crm, method, target)[0] == 404


def test_a_body_that_is_no_json_is_rejected(crm: Crm) -> None:
    raw = crm.answer(wire.Message("POST /api/register HTTP/1.1", (), b"{", b""))
    assert raw.startswith(b"HTTP/1.1 400")
