"""Which actions make a text out of a text."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.core.detect.kinds import KINDS
from gateway.core.transform import TEXT_ACTIONS, Means, transform
from gateway.model.decision import Action, Treatment
from gateway.model.names import Kind, Scope
from gateway.model.secret import Secret

MEANS = Means(Secret(b"p" * 32), Scope("metrics"), date(2026, 11, 22))


def test_generalize_mask_and_pseudonymize_make_texts() -> None:
    assert {Action.GENERALIZE, Action.MASK, Action.PSEUDONYMIZE} == TEXT_ACTIONS


@pytest.mark.parametrize("action", sorted(set(Action) - TEXT_ACTIONS))
def test_no_other_action_is_mistaken_for_one(action: Action) -> None:
    with pytest.raises(ValueError, match=action.name):
        transform(Treatment(action), KINDS[Kind("email")], "anna@example.org", MEANS)


@pytest.mark.parametrize("action", sorted(TEXT_ACTIONS))
def test_the_value_itself_never_goes_out(action: Action) -> None:
    assert all("4509123456" not in transform(Treatment(action), spec, "4509123456", MEANS) for spec in KINDS.values())
