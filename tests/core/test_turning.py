"""Blinds of later generations, and the phases of a turn."""

from __future__ import annotations

import pytest

from gateway.model.secret import Secret
from gateway.model.turning import PHASES, IndexStand, generation_of, nested, nested_to, stand, tail

TWO, THREE = Secret(b"2" * 32), Secret(b"3" * 32)
FIRST = b"1" * 32


def test_a_blind_says_its_generation() -> None:
    second = nested(FIRST, TWO)
    assert [generation_of(one) for one in (FIRST, second, nested(second, THREE))] == [1, 2, 3]
    assert second.endswith(tail(2))


def test_the_first_generation_has_no_tail() -> None:
    assert tail(1) == b""


def test_a_later_generation_is_made_from_the_one_before() -> None:
    assert nested_to(3, FIRST, [TWO, THREE]) == nested(nested(FIRST, TWO), THREE)
    assert nested_to(3, nested(FIRST, TWO), [TWO, THREE]) == nested(nested(FIRST, TWO), THREE)
    assert nested_to(1, FIRST, [TWO, THREE]) == FIRST


def test_equal_blinds_stay_equal_and_different_ones_different() -> None:
    assert nested(FIRST, TWO) == nested(bytes(FIRST), Secret(b"2" * 32))
    assert len({nested(FIRST, TWO), nested(b"0" * 32, TWO), nested(FIRST, THREE)}) == 3


@pytest.mark.parametrize(
    ("phase", "decides", "newest"), [("steady", 4, 4), ("fill", 4, 5), ("lift", 5, 5), ("drop", 5, 5)]
)
def test_who_decides_and_whose_key_is_needed(phase: str, decides: int, newest: int) -> None:
    found = stand(f"4 {phase}")
    assert (found.decides, found.newest) == (decides, newest)


@pytest.mark.parametrize("phase", PHASES)
def test_a_stand_is_read_as_it_is_written(phase: str) -> None:
    assert str(stand(f"12 {phase}")) == f"12 {phase}"


@pytest.mark.parametrize("text", ["", "1", "1 standing", "one steady"])
def test_what_no_gateway_has_written_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"phase|invalid"):
        stand(text)


def test_a_fresh_store_is_of_the_first_generation() -> None:
    assert stand(str(IndexStand())) == IndexStand()
