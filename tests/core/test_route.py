"""Which route a request takes."""

from __future__ import annotations

import pytest

from gateway.core.route import find_route, path_segments
from gateway.model.errors import PayloadError
from gateway.model.message import Request
from tests.made import route, ruleset


def asked(target: str, method: str = "GET", host: str = "") -> Request:
    return Request(method, target, (("Host", host),), b"")


def name_of(target: str, *routes: str, method: str = "GET") -> str | None:
    rules = ruleset(routes=[route(path) for path in routes])
    matched = find_route(rules, asked(target, method))
    return matched.route.name.partition(":")[2] if matched else None


@pytest.mark.parametrize("order", [("api/**", "api/login"), ("api/login", "api/**")])
def test_the_most_specific_route_wins_whatever_the_order(order: tuple[str, str]) -> None:
    assert name_of("/api/login", *order) == "api/login"


def test_a_named_step_is_less_specific_than_a_literal_and_more_than_a_star() -> None:
    assert name_of("/users/me", "users/*", "users/{id}", "users/me") == "users/me"
    assert name_of("/users/42", "users/*", "users/{id}", "users/me") == "users/{id}"


def test_two_stars_take_up_any_rest() -> None:
    assert name_of("/collect/v1/batch?x=1", "collect/**") == "collect/**"


@pytest.mark.parametrize("target", ["/other", "/api", "/api/login/again"])
def test_a_request_that_nothing_matches_has_no_route(target: str) -> None:
    assert name_of(target, "api/login") is None


def test_a_method_or_host_narrows_a_route() -> None:
    rules = ruleset(
        routes=[
            route("a", name="any"),
            route("a", name="post", methods=frozenset({"POST"})),
            route("a", name="host", hosts=frozenset({"crm.example.org"})),
        ]
    )
    names = [
        matched.route.name
        for request in (asked("/a"), asked("/a", "POST"), asked("/a", host="CRM.example.org:8080"))
        if (matched := find_route(rules, request))
    ]
    assert names == ["any", "post", "host"]


@pytest.mark.parametrize(("method", "intent"), [("GET", "look_up"), ("HEAD", "look_up"), ("POST", "collect")])
def test_get_and_head_look_up_and_everything_else_collects(method: str, intent: str) -> None:
    matched = find_route(ruleset(), asked("/x", method))
    assert matched is not None
    assert matched.intent == intent


def test_a_more_specific_path_wins_over_a_named_method() -> None:
    rules = ruleset(
        routes=[route("api/**", name="posts", methods=frozenset({"POST"})), route("api/login", name="login")]
    )
    matched = find_route(rules, asked("/api/login", "POST"))
    assert matched is not None
    assert matched.route.name == "login"


def test_a_declared_intent_wins_over_the_method() -> None:
    matched = find_route(ruleset(routes=[route(intent="look_up")]), asked("/login", "POST"))
    assert matched is not None
    assert matched.intent == "look_up"


def test_a_named_step_is_found_as_the_path_of_its_leaf() -> None:
    matched = find_route(ruleset(routes=[route("api/users/{id}")]), asked("/api/users/42"))
    assert matched is not None
    assert matched.locate(("path", "id")) == ("path", "2")
    assert matched.locate(("body", "id")) == ("body", "id")


@pytest.mark.parametrize("target", ["/a/../b", "/a/%2e%2e/b", "/a/./b", "/a%2Fb", "/a%5cb", "/a%00", "/a/..;x=1/b"])
def test_a_path_that_could_mean_another_route_is_refused(target: str) -> None:
    with pytest.raises(PayloadError, match="GW-P400"):
        find_route(ruleset(), asked(target))


def test_the_absolute_form_has_the_same_segments() -> None:
    assert path_segments("http://crm.example.org/a/b?c=/d") == ("a", "b")
    assert path_segments("/a/b#c") == ("a", "b")


def test_a_scheme_within_the_path_is_part_of_the_path() -> None:
    assert path_segments("/api/z://h/lax/x") == ("api", "z:", "", "h", "lax", "x")


@pytest.mark.parametrize("target", ["/api//persons", "/api/persons;v=1", "/api/persons/", "//api/persons"])
def test_a_path_that_back_ends_often_read_as_a_stricter_route_is_refused(target: str) -> None:
    rules = ruleset(routes=[route("api/persons"), route("**")])
    with pytest.raises(PayloadError, match="GW-P400"):
        find_route(rules, asked(target))


def test_a_slash_at_the_end_is_fine_where_it_changes_no_route() -> None:
    assert name_of("/api/persons/", "api/**") == "api/**"


@pytest.mark.parametrize(
    "target",
    [
        "/lax/%252e%252e/strict/x",
        "/lax/%2525252e%252e/strict/x",
        "/lax/%252e%252e%252fstrict/x",
        "/lax/..%255cstrict/x",
        "/lax/%c0%ae%c0%ae/strict/x",
        "/lax/%c0%ae.%c0%afstrict/x",
        "/lax/%u002e%u002e/strict/x",
        "/lax/..%20/strict/x",
        "/lax/..%09/strict/x",
        "/lax/%EF%BC%8E%EF%BC%8E/strict/x",
        "/lax/%252e/%252e%252e/strict/x",
        "/api/Persons",
        "/api/PERSONS/",
        "/api/persons%20",
        "/api/persons%C2%A0",
        "/api/persons%3Fx",
        "/api/persons%23x",
        "/api/persons%253Bx",
        "/STRICT/x",
    ],
)
def test_a_path_that_a_lenient_back_end_reads_as_a_stricter_route_is_refused(target: str) -> None:
    rules = ruleset(routes=[route("api/persons"), route("api/**"), route("strict/**"), route("lax/**")])
    with pytest.raises(PayloadError, match="GW-P400"):
        find_route(rules, asked(target))


def test_capitals_of_the_rules_are_folded_too() -> None:
    rules = ruleset(routes=[route("api/userProfile"), route("api/**")])
    matched = find_route(rules, asked("/api/userProfile"))
    assert matched is not None
    assert matched.route.path == ("api", "userProfile")
    with pytest.raises(PayloadError, match="GW-P400"):
        find_route(rules, asked("/api/userprofile"))


@pytest.mark.parametrize(
    "target",
    ["/api/Persons/42", "/api/a%252Fb", "/api/what%3F", "/api/%D0%90%D0%BD%D0%BD%D0%B0", "/api/a%20b", "/api/x;y=1/"],
)
def test_an_odd_path_is_fine_where_every_reading_takes_the_same_route(target: str) -> None:
    assert name_of(target, "api/**", "strict/**") == "api/**"


def test_a_path_of_nothing_but_dots_coded_twice_is_the_root() -> None:
    assert name_of("/%252e%252e", "{any}") == "{any}"


def test_a_path_is_decoded_a_few_times_not_for_ever() -> None:
    assert name_of("/lax/%" + "25" * 20 + "2e", "lax/**", "**") == "lax/**"
