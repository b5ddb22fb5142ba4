"""Only routes that the first segment allows are tried, and the most specific one still wins."""

from __future__ import annotations

import pytest

from gateway.core.route import find_route
from gateway.model.message import Request
from tests.made import route, ruleset

RULES = ruleset(
    routes=(
        route("**", name="any"),
        route("{tenant}/users", name="tenant"),
        route("api/users", name="users"),
        route("api/**", name="api"),
        route("*/users", name="star"),
        route("shop/**", name="shop"),
        route("shop/**", name="shop again"),
    )
)


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("/api/users", "users"),
        ("/api/orders", "api"),
        ("/acme/users", "tenant"),
        ("/acme/orders", "any"),
        ("/shop/users", "shop"),
        ("/", "any"),
    ],
)
def test_the_most_specific_route_wins_wherever_it_stands_in_the_file(target: str, name: str) -> None:
    matched = find_route(RULES, Request("GET", target, (), b""))
    assert matched is not None
    assert matched.route.name == name


def test_a_first_segment_that_no_route_has_matches_nothing() -> None:
    rules = ruleset(routes=(route("api/**"), route("shop")))
    assert find_route(rules, Request("GET", "/other", (), b"")) is None
