"""What a foreign party gets of a reply: tokens in place of what was told, and nothing else of anybody."""

from __future__ import annotations

import json
from time import process_time

import pytest

from gateway.core.put_back import MayGo, PutBack, put_back
from gateway.core.told_values import MASK
from gateway.model.limits import Limits
from gateway.model.message import Reply
from gateway.model.names import Kind, Path
from tests.made import ruleset

TOLD = {
    "anna@example.ru": (Kind("email"), "tk1@t.example"),
    "+7 916 123-45-67": (Kind("phone"), "+79760000001"),
    "Анна Петрова": (Kind("person.name"), "tkname"),
    "4510 123456": (Kind("ru.passport"), "5990000001"),
    "42": (Kind("birth_date"), "43"),
}


def nothing_personal(kind: Kind | None, path: Path) -> bool:
    return kind is None


def back(body: object, may_go: MayGo = nothing_personal) -> PutBack:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return put_back(Reply(200, (("Content-Type", "application/json"),), raw), TOLD, may_go, ruleset(), Limits())


@pytest.mark.parametrize(
    ("said", "got"),
    [
        ({"a": "anna@example.ru"}, {"a": "tk1@t.example"}),
        ({"a": "ANNA@example.RU!"}, {"a": "tk1@t.example!"}),
        ({"a": "xanna@example.ru"}, {}),
        ({"a": "89161234567"}, {"a": "+79760000001"}),
        ({"a": 79161234567}, {"a": "+79760000001"}),
        ({"a": "call (916) 123 45 67"}, {"a": "call +79760000001"}),
        ({"a": "4510123456 and 45 10 123456"}, {"a": "5990000001 and 5990000001"}),
        ({"a": "Анна  Петрова"}, {"a": "tkname"}),
        ({"a": "г-жа Петрова"}, {"a": f"г-жа {MASK}"}),
        ({"a": "42", "b": "1942"}, {"a": "43", "b": "1942"}),
        ({"a": [1, "anna@example.ru", "anna@example.ru,anna@example.ru"]},
         {"a": [1, "tk1@t.example", "tk1@t.example,tk1@t.example"]}),
    ],
)  # fmt: skip
def test_what_was_told_becomes_its_token(said: object, got: object) -> None:
    assert json.loads(back(said).reply.body) == got


def test_what_is_found_beside_it_is_blanked() -> None:
    got = json.loads(back({"a": "anna@example.ru, ivan@example.ru; ok"}).reply.body)
    assert got == {"a": f"tk1@t.example, {MASK}; ok"}


def test_what_may_go_stays() -> None:
    said = {"a": "ivan@example.ru", "n": 1.50}
    raw = b'{"a": "ivan@example.ru", "n": 1.50}'
    assert back(raw, lambda kind, path: True).reply.body == raw
    assert json.loads(back(said).reply.body) == {"n": 1.5}


def test_what_nothing_was_found_in_goes_only_if_the_rules_say_so() -> None:
    got = back({"event": "sent", "note": "x"}, lambda kind, path: path[-1] == "event")
    assert (json.loads(got.reply.body), got.taken_out) == ({"event": "sent"}, 2)


def test_value_that_stays_in_any_spelling_withholds_the_body() -> None:
    got = back({"a": "xxanna@example.ruxx"}, lambda kind, path: True)
    assert (got.withheld, got.reply.body, got.reply.status) == (True, b"", 200)


def test_counts_are_of_values() -> None:
    got = back({"a": "anna@example.ru anna@example.ru", "b": "ivan@example.ru"})
    assert (got.restored, got.taken_out) == (2, 1)


def test_forbidden_find_around_a_told_value_goes_with_it() -> None:
    got = json.loads(back({"address": "Москва, Анна Петрова, 5"}).reply.body)
    assert "Москва" not in str(got)


def test_finds_that_overlap_are_taken_out_once() -> None:
    got = json.loads(back({"birth_date": "1990-05-05, ivan@example.ru"}).reply.body)
    assert got == {}


def test_what_can_not_be_inspected_is_withheld() -> None:
    got = back(b'{"a": ')
    assert (got.withheld, got.reply.body) == (True, b"")


def test_cost_does_not_grow_with_how_much_was_told() -> None:
    def cost_s(count: int) -> float:
        told = {f"anna{number}@example.ru": (Kind("email"), f"tk{number}@t.example") for number in range(count)}
        raw = " ".join(told).encode()
        reply = Reply(200, (("Content-Type", "text/plain"),), raw)
        began = process_time()
        got = put_back(reply, told, nothing_personal, ruleset(), Limits())
        assert got.restored == count
        return process_time() - began

    small = min(cost_s(500) for _ in range(3))
    large = min(cost_s(8_000) for _ in range(2))
    assert large < (small + 0.01) * 16 * 2.5
