"""What is wrong with a treatment is said in a sentence that the author of the rules can act on."""

from __future__ import annotations

import pytest

from gateway.core.transform import problems
from gateway.model.decision import Action, Treatment


def said(action: Action, **parameters: object) -> list[str]:
    return problems(Treatment(action, tuple(sorted(parameters.items()))))


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        (Action.PASS, {"basis": "notice 123"}),
        (Action.GENERALIZE, {}),
        (Action.GENERALIZE, {"ip": (24, 48), "date": "year", "age": 10, "number": 100, "geo": 1}),
        (Action.GENERALIZE, {"postcode": 3, "email": "domain", "url": "path", "user_agent": "system"}),
        (Action.MASK, {"first": 6, "last": 4}),
        (Action.PSEUDONYMIZE, {"scope": "destination", "rotate": "weekly"}),
        (Action.TOKENIZE, {"keeps": ("over_18", "year", "first_3")}),
        (Action.TOKENIZE, {"keeps": ["within_3"]}),
        (Action.TOKENIZE, {"ttl_days": 30}),
        (Action.ENCRYPT, {}),
        (Action.ENCRYPT, {"ttl_days": 1}),
        (Action.DROP, {}),
        (Action.BLOCK, {}),
    ],
)
def test_good_parameters_have_no_problems(action: Action, parameters: dict[str, object]) -> None:
    assert said(action, **parameters) == []


@pytest.mark.parametrize(
    ("action", "parameters", "sentence"),
    [
        (Action.GENERALIZE, {"blur": 3}, "generalize has no technique 'blur'"),
        (Action.GENERALIZE, {"ip": (24,)}, "generalize ip expects two prefix lengths"),
        (Action.GENERALIZE, {"ip": (True, "48")}, "generalize ip expects two prefix lengths"),
        (Action.GENERALIZE, {"date": "century"}, "generalize date expects decade, year or month"),
        (Action.GENERALIZE, {"date": 1990}, "generalize date expects decade, year or month"),
        (Action.GENERALIZE, {"age": True}, "generalize age expects the width"),
        (Action.GENERALIZE, {"age": 1}, "generalize age expects the width"),
        (Action.GENERALIZE, {"number": "10"}, "generalize number expects the width"),
        (Action.MASK, {"middle": 3}, "mask has no parameter 'middle'"),
        (Action.MASK, {"first": -1}, "mask first expects how many characters"),
        (Action.MASK, {"first": True}, "mask first expects how many characters"),
        (Action.MASK, {"last": "4"}, "mask last expects how many characters"),
        (Action.PSEUDONYMIZE, {"salt": "x"}, "pseudonymize has no parameter 'salt'"),
        (Action.PSEUDONYMIZE, {"rotate": "hourly"}, "pseudonymize rotate expects one of daily"),
        (Action.PSEUDONYMIZE, {"scope": ["all"]}, "pseudonymize scope expects one of destination"),
        (Action.TOKENIZE, {"shape": "email"}, "tokenize has no parameter 'shape'"),
        (Action.TOKENIZE, {"ttl_days": 0}, "ttl_days expects a number of days"),
        (Action.ENCRYPT, {"ttl_days": True}, "ttl_days expects a number of days"),
        (Action.ENCRYPT, {"keeps": ("year",)}, "this action has no parameter 'keeps'"),
        (Action.TOKENIZE, {"keeps": "over_18"}, "tokenize keeps expects a list"),
        (Action.TOKENIZE, {"keeps": ("young",)}, "tokenize keeps knows year"),
        (Action.TOKENIZE, {"keeps": (18,)}, "tokenize keeps knows year"),
        (Action.ENCRYPT, {"key": "x"}, "this action has no parameter 'key'"),
        (Action.DROP, {"softly": 1}, "this action has no parameter 'softly'"),
        (Action.BLOCK, {"status": 404}, "this action has no parameter 'status'"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_is_expected(
    action: Action, parameters: dict[str, object], sentence: str
) -> None:
    assert [text.startswith(sentence) for text in said(action, **parameters)] == [True]


def test_all_problems_are_said_at_once() -> None:
    assert len(said(Action.GENERALIZE, ip=1, date=2, blur=3)) == 3
