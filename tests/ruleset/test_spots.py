"""Every place that path patterns tell apart is found."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.paths import matches
from gateway.ruleset import spots as module
from gateway.ruleset.spots import TooManySpotsError, spots

STEPS = ("*", "**", "a", "b", "#")
ANY_STEP: tuple[str | int, ...] = ("a", "b", "c", 0)
patterns = st.lists(st.tuples(st.just("body"), *[st.sampled_from(STEPS)] * 2), min_size=1, max_size=3)


def test_patterns_that_never_meet_have_a_spot_each() -> None:
    found = spots([("body", "email"), ("body", "phone")])
    assert {frozenset(fitting) for fitting in found} == {
        frozenset({("body", "email")}),
        frozenset({("body", "phone")}),
    }


def test_patterns_that_meet_have_a_spot_together() -> None:
    one, other = ("body", "**", "email"), ("body", "user", "**")
    assert spots([one, other])[frozenset({one, other})] == ("body", "user", "email")


def test_an_array_index_is_a_place_of_its_own() -> None:
    assert spots([("body", "#")])[frozenset({("body", "#")})] == ("body", 0)


def test_a_pattern_that_starts_anywhere_is_found_in_some_part() -> None:
    ((_, path),) = spots([("**", "email")]).items()
    assert path[-1] == "email"


def test_a_pattern_that_no_message_fits_has_no_spot() -> None:
    assert spots([("reply", "id")]) == {}


@given(patterns)
def test_each_spot_fits_just_its_patterns(known: list[tuple[str, ...]]) -> None:
    for fitting, path in spots(known).items():
        assert {pattern for pattern in known if matches(pattern, path)} == set(fitting)


@given(patterns)
def test_no_combination_is_missed(known: list[tuple[str, ...]]) -> None:
    found = spots(known)
    for length in range(4):
        for rest in product(ANY_STEP, repeat=length):
            fitting = frozenset(pattern for pattern in known if matches(pattern, ("body", *rest)))
            assert not fitting or fitting in found


def test_too_many_combinations_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_STEPS", 5000)
    tangled = [("body", "**", one, "**", other) for one, other in product("abcdef", repeat=2)]
    with pytest.raises(TooManySpotsError):
        spots(tangled)
