"""Of two treatments of one action the one that leaves less, along that action's own order."""

from __future__ import annotations

import pytest

from gateway.core.transform import stricter
from gateway.model.decision import Action, Treatment


def treatment(action: Action, **parameters: object) -> Treatment:
    return Treatment(action, tuple(sorted(parameters.items())))


@pytest.mark.parametrize(
    ("action", "strict", "loose"),
    [
        (Action.GENERALIZE, {"ip": (16, 48)}, {"ip": (24, 48)}),
        (Action.GENERALIZE, {"ip": [16, 32]}, {"ip": [24, 48]}),
        (Action.GENERALIZE, {"number": 100}, {"number": 10}),
        (Action.GENERALIZE, {"age": 20}, {"age": 10}),
        (Action.GENERALIZE, {"date": "year"}, {"date": "month"}),
        (Action.GENERALIZE, {"geo": 0}, {"geo": 2}),
        (Action.GENERALIZE, {"postcode": 2}, {"postcode": 3}),
        (Action.GENERALIZE, {"url": "host"}, {"url": "path"}),
        (Action.GENERALIZE, {"user_agent": "family"}, {"user_agent": "system"}),
        (Action.GENERALIZE, {"ip": (16, 32), "date": "year"}, {"ip": (24, 48), "date": "year"}),
        (Action.MASK, {"first": 1, "last": 0}, {"first": 1, "last": 4}),
        (Action.MASK, {"last": 2}, {"last": 4}),
        (Action.PSEUDONYMIZE, {"rotate": "daily"}, {"rotate": "weekly"}),
        (Action.PSEUDONYMIZE, {"rotate": "monthly"}, {"rotate": "never"}),
        (Action.PSEUDONYMIZE, {}, {"scope": "all"}),
        (Action.TOKENIZE, {}, {"keeps": ("over_18",)}),
        (Action.TOKENIZE, {"keeps": ("year",)}, {"keeps": ["year", "over_18"]}),
        (Action.TOKENIZE, {"keeps": 7}, {"keeps": ["year"]}),
        (Action.TOKENIZE, {"ttl_days": 30}, {}),
        (Action.TOKENIZE, {"ttl_days": 30}, {"keeps": ["year"], "ttl_days": 90}),
        (Action.ENCRYPT, {"ttl_days": 30}, {"ttl_days": 90}),
        (Action.ENCRYPT, {"ttl_days": 30}, {}),
    ],
)
def test_what_leaves_less_is_stricter_whatever_the_order(
    action: Action, strict: dict[str, object], loose: dict[str, object]
) -> None:
    one, other = treatment(action, **strict), treatment(action, **loose)
    assert (stricter(one, other), stricter(other, one)) == (one, one)


@pytest.mark.parametrize("action", list(Action))
def test_of_equal_treatments_either_is_the_stricter(action: Action) -> None:
    assert stricter(treatment(action), treatment(action)) == treatment(action)


def test_a_default_that_is_spelled_out_is_no_difference() -> None:
    spelled = treatment(Action.PSEUDONYMIZE, scope="destination", rotate="daily")
    assert stricter(treatment(Action.PSEUDONYMIZE), spelled) is not None


@pytest.mark.parametrize(
    ("action", "one", "other"),
    [
        (Action.GENERALIZE, {"ip": (16, 64)}, {"ip": (24, 48)}),
        (Action.GENERALIZE, {"ip": (16, 48)}, {"date": "year"}),
        (Action.GENERALIZE, {}, {"date": "year"}),
        (Action.GENERALIZE, {"ip": "x"}, {"ip": (24, 48)}),
        (Action.GENERALIZE, {"ip": (24, 48)}, {"ip": "x"}),
        (Action.GENERALIZE, {"blur": 1}, {"blur": 2}),
        (Action.MASK, {"first": 1}, {"last": 1}),
        (Action.MASK, {}, {"last": 1}),
        (Action.MASK, {"last": 1}, {}),
        (Action.MASK, {"last": "1"}, {"last": 1}),
        (Action.PSEUDONYMIZE, {"scope": "all", "rotate": "daily"}, {"rotate": "weekly"}),
        (Action.PSEUDONYMIZE, {"rotate": "hourly"}, {}),
        (Action.PSEUDONYMIZE, {"scope": "galaxy"}, {}),
        (Action.TOKENIZE, {"keeps": ("year",)}, {"keeps": ("over_18",)}),
        (Action.PASS, {"basis": "a"}, {"basis": "b"}),
        (Action.ENCRYPT, {"x": 1}, {}),
    ],
)
def test_what_has_no_order_is_not_compared(action: Action, one: dict[str, object], other: dict[str, object]) -> None:
    assert stricter(treatment(action, **one), treatment(action, **other)) is None


def test_treatments_of_different_actions_are_not_compared() -> None:
    assert stricter(treatment(Action.MASK, last=1), treatment(Action.GENERALIZE, geo=1)) is None
