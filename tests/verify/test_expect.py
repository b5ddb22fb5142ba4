from __future__ import annotations

import random

import pytest

from gateway.core.detect.kinds import KINDS
from gateway.model.kinds import KindSpec
from gateway.model.names import Category, Kind, Region
from gateway.model.rules import Route, SessionSpec
from gateway.verify.canaries import Sort
from gateway.verify.expect import declaration, home_of, must_stay, russia
from gateway.verify.plant import Declared, Door
from gateway.verify.probes import door_of, doors, left_out, probes
from gateway.verify.sorts import SORTS
from tests.made import destination, route, ruleset

BY_TITLE = {sort.title: sort for sort in SORTS}
RU = Region("ru")


@pytest.mark.parametrize(
    "sort", [s for s in SORTS if s.category != "credential" and s.kind != "user_id"], ids=lambda sort: sort.title
)
def test_a_russians_value_stays_whatever_its_kind(sort: Sort) -> None:
    assert must_stay(sort, RU, destination())


@pytest.mark.parametrize("sort", SORTS, ids=lambda sort: sort.title)
def test_analytics_learns_of_nobody_who_anybody_is(sort: Sort) -> None:
    assert must_stay(sort, None, destination("metrics", role="analytics"))


def test_a_foreigners_value_may_reach_an_application() -> None:
    assert not must_stay(BY_TITLE["e-mail"], None, destination())


def test_a_password_may_reach_the_application_it_opens() -> None:
    assert not must_stay(BY_TITLE["password"], RU, destination())


def test_a_password_may_not_reach_a_partner() -> None:
    assert must_stay(BY_TITLE["password"], RU, destination(role="partner"))


def test_a_russians_value_may_reach_an_application_at_home() -> None:
    assert not must_stay(BY_TITLE["e-mail"], RU, destination(region=RU))


def test_the_unknown_live_where_the_rules_say() -> None:
    assert home_of("unknown", "form", Door("/"), ruleset()) == RU


def test_what_a_german_declares_says_nothing_of_headers() -> None:
    assert home_of("de", "header", Door("/"), ruleset()) == RU


def test_what_a_german_declares_says_where_the_german_lives() -> None:
    assert home_of("de", "deep JSON", Door("/"), ruleset()) is None


def test_residence_is_declared_in_the_field_that_the_rules_read() -> None:
    assert declaration("de", ruleset()) == Declared("citizenship", "DE")


def test_the_unknown_declare_nothing() -> None:
    assert declaration("unknown", ruleset()) == Declared()


def test_without_a_region_for_russia_nobody_is_at_home() -> None:
    assert russia(ruleset(regions={})) is None


def test_on_a_route_about_the_caller_a_german_says_so_of_headers_too() -> None:
    assert home_of("de", "header", Door("/", of_the_caller=True), ruleset()) is None


def test_an_id_may_go_back_to_the_application_that_gave_it_out() -> None:
    assert not must_stay(BY_TITLE["user id"], RU, destination())


@pytest.mark.parametrize(
    ("routes", "best"),
    [
        pytest.param([route("/api/users/{id}"), route("/api/**")], "crm:/api/**", id="any path"),
        pytest.param([route("/a/**", intent="look_up"), route("/b/{site}")], "crm:/b/{site}", id="collects"),
        pytest.param([route("/a", methods=frozenset({"GET"})), route("/b")], "crm:/b", id="takes bodies"),
        pytest.param([route("/a", whose="caller"), route("/b")], "crm:/b", id="of the message"),
    ],
)
def test_the_widest_route_is_tried_first(routes: list[Route], best: str) -> None:
    assert doors(ruleset(routes=routes), destination().name)[0][0].name == best


def test_a_login_is_no_door() -> None:
    login = route("/api/login", session=SessionSpec("sid", ("body", "email"), frozenset({200})))
    assert doors(ruleset(routes=[login]), destination().name) == []


def test_open_steps_of_a_path_are_filled() -> None:
    assert door_of(route("/sites/{site}/*/**")).path == "/sites/17/17/17"


def test_a_value_in_the_path_goes_through_a_route_with_an_open_step() -> None:
    rules = ruleset(routes=[route("/api/register"), route("/api/users/{id}", methods=frozenset({"POST"}))])
    targets = [one.sent.target for one in probes(rules, random.Random(1)) if one.place == "path"]
    assert {target.rpartition("/")[0] for target in targets} == {"/api/users"}


def test_a_place_that_no_route_leads_to_is_said_to_be_left_out() -> None:
    rules = ruleset(routes=[route("/api/register", methods=frozenset({"POST"})), route("/**", to="metrics")])
    assert left_out(rules)[0] == "destination crm: no route takes path, GET query"


def test_every_sort_is_planted_for_every_destination() -> None:
    rules = ruleset(routes=[route("/api/**"), route("/collect/**", to="metrics")])
    planned = list(probes(rules, random.Random(1)))
    assert {(p.to, p.canary.sort.title) for p in planned} == {(to, s.title) for to in ("crm", "metrics") for s in SORTS}


def test_a_destination_behind_a_login_only_is_said_to_be_left_out() -> None:
    said = left_out(ruleset(routes=[route("/api/**")]))
    assert said[0] == "destination metrics: no route without a login leads to it"


def test_kinds_that_name_nobody_are_told_from_kinds_that_were_forgotten() -> None:
    categories: dict[str, Category] = {"sex": "attribute", "x": "personal"}
    kinds = {Kind(name): KindSpec(Kind(name), category, "opaque") for name, category in categories.items()}
    assert left_out(ruleset(kinds=kinds))[1:3] == ["kinds without a canary: x", "kinds that name nobody: sex"]


def test_every_kind_of_the_catalogue_that_names_somebody_has_a_canary() -> None:
    assert [line for line in left_out(ruleset(kinds=KINDS)) if line.startswith("kinds without")] == []
