"""Path patterns."""

from __future__ import annotations

import pytest

from gateway.core.paths import matches, prefix_length
from tests.made import pattern, steps


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("body.user.email", "body.user.email"),
        ("body.*.email", "body.user.email"),
        ("**.email", "body.users.0.email"),
        ("**", "body"),
        ("body.**", "body"),
        ("body.**.email", "body.email"),
        ("body.#.email", "body.0.email"),
        ("**.users.**.city", "body.users.3.address.city"),
        ("body.0", "body.0"),
    ],
)
def test_a_pattern_matches_the_paths_it_describes(text: str, path: str) -> None:
    assert matches(pattern(text), steps(path))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("body.user", "body.user.email"),
        ("body.user.email", "body.user"),
        ("body.*", "body"),
        ("body.#.email", "body.user.email"),
        ("**.email", "body.email.domain"),
        ("query.email", "body.email"),
    ],
)
def test_a_pattern_matches_no_other_path(text: str, path: str) -> None:
    assert not matches(pattern(text), steps(path))


def test_a_prefix_takes_up_as_many_steps_as_it_can() -> None:
    assert prefix_length(pattern("body.users.*"), steps("body.users.0.email")) == 3


def test_a_pattern_that_begins_elsewhere_is_no_prefix() -> None:
    assert prefix_length(pattern("query"), steps("body.users")) is None


def test_a_prefix_may_begin_anywhere() -> None:
    assert prefix_length(pattern("**.users.#"), steps("body.team.users.1.email")) == 4
    assert prefix_length(pattern("**.users.#"), steps("body.team.lead.email")) is None
