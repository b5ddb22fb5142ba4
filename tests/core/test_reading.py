from __future__ import annotations

from gateway.core.reading import read
from gateway.core.route import find_route
from gateway.model.limits import Limits
from gateway.model.message import Request
from tests.made import route, ruleset


def found(target: str, *paths: str) -> list[str]:
    rules = ruleset(routes=tuple(route(path) for path in paths))
    request = Request("GET", target, (), b"")
    matched = find_route(rules, request)
    assert matched is not None
    reading = read(request, matched, rules, Limits())
    return [reading.document.leaves[finding.leaf].text for finding in reading.findings]


def test_what_the_route_spells_out_names_nobody() -> None:
    assert found("/static/oscar/styles.css", "/static/oscar/**") == []


def test_a_name_where_the_route_leaves_a_step_open_is_somebodys() -> None:
    assert found("/media/oscar/styles.css", "/media/**") == ["oscar"]
    assert found("/static/oscar/oscar", "/static/oscar/{who}") == ["oscar"]
