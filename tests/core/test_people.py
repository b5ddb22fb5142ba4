"""Whose data a leaf is."""

from __future__ import annotations

from gateway.core.people import person
from gateway.model.residency import CALLER, MESSAGE
from tests.made import route, ruleset, steps

RESIDENCE = ruleset().residence


def test_headers_and_cookies_speak_of_the_caller() -> None:
    assert person(steps("headers.x-user"), RESIDENCE, route()) == CALLER
    assert person(steps("cookies.sid"), RESIDENCE, route()) == CALLER


def test_a_field_of_the_body_is_about_the_messages_person() -> None:
    assert person(steps("body.address.city"), RESIDENCE, route()) == MESSAGE


def test_the_query_is_about_the_messages_person_too() -> None:
    assert person(steps("query.email"), RESIDENCE, route()) == MESSAGE


def test_every_item_of_a_declared_subtree_is_a_person_of_its_own() -> None:
    first = person(steps("body.users.0.email"), RESIDENCE, route())
    second = person(steps("body.users.1.email"), RESIDENCE, route())
    assert (first, second) == (("body", "users", 0), ("body", "users", 1))


def test_a_scalar_at_the_place_of_a_person_is_none() -> None:
    assert person(steps("body.users.count"), RESIDENCE, route()) == MESSAGE


def test_whose_caller_makes_the_messages_person_the_caller() -> None:
    assert person(steps("body.phone"), RESIDENCE, route(whose="caller")) == CALLER
