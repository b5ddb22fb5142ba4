"""What an address says of people: words of a site's own files and its own host name nobody, a named step does."""

from __future__ import annotations

import pytest

from gateway.core.identity import identify
from gateway.core.reading import Reading, read
from gateway.core.route import find_route
from gateway.model.limits import Limits
from gateway.model.message import Headers, Request
from gateway.model.names import Kind
from gateway.model.secret import Secret
from tests.exchange.scenes import world_rules
from tests.made import route

HOST = "192.0.2.17:8443"


def reading(target: str, path: str = "**", headers: Headers = (), method: str = "GET", **fields: str) -> Reading:
    rules = world_rules(routes=(route(path),), fields={name: Kind(kind) for name, kind in fields.items()})
    request = Request(method, target, (("Host", HOST), *headers), b"")
    matched = find_route(rules, request)
    assert matched is not None
    return read(request, matched, rules, Limits())


def found(target: str, path: str = "**", headers: Headers = (), method: str = "GET", **fields: str) -> set[str]:
    told = reading(target, path, headers, method, **fields).findings
    return {str(finding.kind) for finding in told}


@pytest.mark.parametrize(
    "target",
    [
        "/static/anna.css",
        "/static/js/oscar/oscar.min.js",
        "/assets/anna/fonts/anna.woff2",
        "/shop/STATIC/ivan.PNG?v=3",
        "/img/ivan.jpeg",
        "/static/img/anna-32x32.7f9c3a.png",
    ],
)
def test_a_file_of_the_site_names_nobody(target: str) -> None:
    assert found(target) == set()
    assert found(target, method="HEAD") == set()


@pytest.mark.parametrize(
    "target",
    [
        "/users/anna",
        "/users/anna.js",
        "/anna/static",
        "/anna/static/x.css",
        "/static/anna",
        "/static/anna.html",
        "/media/anna.png",
        "/static/x.css?who=anna",
    ],
)
def test_a_name_elsewhere_is_somebodys(target: str) -> None:
    assert found(target) == {"person.name"}


def test_what_is_sent_to_a_folder_of_the_site_is_somebodys() -> None:
    assert found("/static/anna.png", method="PUT") == {"person.name"}


@pytest.mark.parametrize("file", ["anna.smirnova.jpg", "anna_smirnova.png", "anna@example.ru.css", "anna smirnova.js"])
def test_what_may_be_more_than_a_word_is_somebodys(file: str) -> None:
    assert found(f"/static/{file}") & {"person.name", "email"}


@pytest.mark.parametrize("target", ["/static/anna.smirnova@example.ru/x.css", "/static/+79000000123.png"])
def test_what_is_more_than_a_word_is_found_in_a_file_of_the_site_too(target: str) -> None:
    assert found(target) & {"email", "phone"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Origin", f"https://{HOST}"),
        ("Origin", "http://192.0.2.17:8443"),
        ("Referer", f"http://{HOST}/x?page=2"),
    ],
)
def test_the_hosts_own_address_is_nobodys(name: str, value: str) -> None:
    assert found("/", headers=((name, value),)) <= {"referer"}


def test_the_host_that_a_trusted_proxy_was_asked_for_is_nobodys_address() -> None:
    told: Headers = (("X-Forwarded-Host", "192.0.2.99"), ("Origin", "https://192.0.2.99"))
    assert not [one for one in reading("/", headers=told).findings if one.path == ("headers", "origin")]


@pytest.mark.parametrize("value", ["https://192.0.2.18:8443", "https://192.0.2.17", f"https://{HOST}.192.0.2.44"])
def test_another_address_is_somebodys(value: str) -> None:
    assert "ip" in found("/", headers=(("Origin", value),))


def test_a_referers_page_is_told_as_before() -> None:
    told = reading("/", headers=(("Referer", f"https://{HOST}/anna"),)).findings
    assert {(str(one.kind), one.path) for one in told} == {
        ("referer", ("headers", "referer")),
        ("referer", ("headers", "referer", 0)),
        ("person.name", ("headers", "referer", 0)),
    }


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_step_called_login_is_one_and_identifies(method: str) -> None:
    made = reading("/users/anna", "users/{login}", method=method)
    assert [(one.kind, one.path) for one in made.findings] == [("login", ("path", 1))]
    rules = world_rules(routes=(made.matched.route,))
    assert [kind for kind, _ in identify(made, rules, Secret(bytes(32))).values()] == ["login:crm"]


@pytest.mark.parametrize("path", ["users/{id}", "users/{user_id}", "users/{name}", "users/{slug}", "users/*"])
def test_a_step_called_anything_else_is_left_to_detection(path: str) -> None:
    assert found("/users/anna", path) == {"person.name"}
    assert found("/users/4711", path) == set()


def test_a_step_is_what_the_rules_say_that_its_name_is() -> None:
    assert found("/cards/4711", "cards/{number}", number="phone") == {"phone"}
