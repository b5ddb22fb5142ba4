"""What follows from rules is worked out once for each of them."""

from __future__ import annotations

from gateway.core.once import once


def test_the_same_object_is_asked_about_once() -> None:
    asked: list[str] = []
    length = once(lambda items: asked.append("asked") or len(items))
    rules = ["a", "b"]
    assert (length(rules), length(rules), asked) == (2, 2, ["asked"])


def test_an_equal_object_is_another_one() -> None:
    made = once(lambda items: [*items])
    assert made(["a"]) is not made(["a"])


def test_what_is_remembered_has_an_end() -> None:
    asked: list[int] = []
    note = once(lambda items: asked.append(items[0]))
    rules = [[number] for number in range(257)]
    for one in (*rules, rules[0]):
        note(one)
    assert asked == [*range(257), 0]
