"""What follows from rules is worked out once for each of them."""

from __future__ import annotations

from gateway.core.once import once


def test_the_same_object_is_asked_about_once() -> None:
    asked: list[list[str]] = []
    note = once(asked.append)
    rules = ["a", "b"]
    note(rules)
    note(rules)
    assert asked == [rules]


def test_an_equal_object_is_another_one() -> None:
    copied = once(list[str].copy)
    assert copied(["a"]) is not copied(["a"])


def test_what_is_remembered_has_an_end() -> None:
    asked: list[list[int]] = []
    note = once(asked.append)
    rules = [[number] for number in range(2049)]
    for one in (*rules, rules[0]):
        note(one)
    assert asked == [*rules, [0]]
