from __future__ import annotations

import inspect
from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from gateway.model.swift import swift


@swift
@dataclass(frozen=True, slots=True)
class Made:
    first: int
    second: str = "two"
    third: list[int] = field(default_factory=list, compare=False, repr=False)
    total: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", self.first + len(self.third))


@swift
@dataclass(frozen=True, slots=True)
class Bare:
    """No field at all."""


def test_it_is_made_as_the_dataclass_says() -> None:
    made = Made(1)
    assert (made.first, made.second, made.third, made.total) == (1, "two", [], 1)
    assert Made(1, third=[5, 6]).total == 3
    assert Made(1).third is not Made(1).third
    assert repr(made) == "Made(first=1, second='two', total=1)"
    assert Bare() == Bare()


def test_it_is_frozen_compared_and_replaced_as_before() -> None:
    made = Made(1, "x")
    with pytest.raises(FrozenInstanceError):
        made.first = 2  # type: ignore[misc]  # that is the point
    assert made == Made(1, "x", [])
    assert hash(made) == hash(Made(1, "x"))
    assert replace(made, first=7).total == 7


def test_its_signature_stays() -> None:
    assert list(inspect.signature(Made).parameters) == ["first", "second", "third"]
    with pytest.raises(TypeError, match=r"Made\.__init__\(\) missing"):
        Made()  # type: ignore[call-arg]  # that is the point
    with pytest.raises(TypeError, match="fourth"):
        Made(1, fourth=2)  # type: ignore[call-arg]  # that is the point


def test_only_a_dataclass_is_made_swift() -> None:
    with pytest.raises(TypeError):
        swift(int)
