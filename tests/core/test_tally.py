"""What is counted over many messages, and what of it may be shown."""

from __future__ import annotations

import json
from datetime import date

import pytest

from gateway.core import tally as module
from gateway.core.asked import Asked
from gateway.core.judge import Judgement, judge
from gateway.core.reading import read
from gateway.core.route import find_route
from gateway.core.tally import Field, Seen, Tally, masked, place_of
from gateway.model.limits import Limits
from gateway.model.message import Request
from gateway.model.names import Kind
from gateway.ruleset.tally_form import MARK, tally_in, written
from tests.exchange.scenes import post, world_rules

RULES = world_rules()


def judged(request: Request) -> Judgement:
    matched = find_route(RULES, request)
    assert matched is not None
    return judge(read(request, matched, RULES, Limits()), RULES, Asked(date(2026, 11, 22)))


def counted(*bodies: dict[str, object]) -> Tally:
    tally = Tally()
    for body in bodies:
        tally.add(judged(post("/api/notes", body)))
    return tally


def test_values_and_kinds_are_counted_by_field() -> None:
    tally = counted({"f1": "anna@example.org", "list": ["a", "b"], "n": None, "e": " "}, {"f1": "nothing", "c": 12})
    fields = {path: one for (_, path), one in tally.fields.items() if path[0] == "body"}
    assert {path: one.values for path, one in fields.items()} == {
        ("body", "f1"): 2, ("body", "list", "*"): 2, ("body", "c"): 1,
    }  # fmt: skip
    assert fields["body", "f1"].kinds == {Kind("email"): Seen(1, 1, 0, 0, "aaaa@aaaaaaa.aaa")}
    assert sum(tally.messages.values()) == 2


def test_what_passes_without_a_rule_is_counted() -> None:
    tally = counted({"citizenship": "RU"}, {"citizenship": "DE"})
    assert tally.fields["crm:api/**", ("body", "citizenship")].kinds[Kind("citizenship")].bare == 1


def test_findings_in_keys_hide_the_key() -> None:
    tally = counted({"anna@example.org": "x y", "Иванов": {"a": 1}})
    assert {path for _, path in tally.fields if path[0] == "body"} == {("body", "*"), ("body", "*", "a")}


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("body", "users", 0, "email"), ("body", "users", "*", "email")),
        (("path", "1"), ("path", "1")),
        (("path", "1", "anna"), ("path", "1", "*")),
        (("body", "a b"), ("body", "*")),
        (("body", "x12345"), ("body", "*")),
        (("body", "фио"), ("body", "фио")),
    ],
)
def test_only_names_of_fields_are_shown(path: tuple[str | int, ...], place: tuple[str, ...]) -> None:
    assert place_of(path, set()) == place


def test_fields_beyond_the_most_are_only_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_FIELDS", 1)
    tally = counted({"a": "anna@example.org", "b": "anna@example.org"})
    assert (len(tally.fields), tally.overflow > 0) == (1, True)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Анна a@B.ru", "Аааа a@A.aa"),
        ("+7 (900) 000-01-23", "+0 (000) 000-00-00"),
        ("x\x1b[31m", "a·00·a".replace("·00·a", "··00a")),
        ("٣ 漢", "0 а"),
        ("z" * 41, "a" * 40 + "…"),
    ],
)
def test_an_example_is_a_shape(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_tally_is_written_and_read_and_added() -> None:
    one = counted({"f1": "anna@example.org"})
    again = tally_in(json.loads(written(one)))
    assert again == one
    again.join(one)
    again.join(Tally({"x": 1}, {("x", ("body", "q")): Field(1)}, 3))
    assert again.fields["crm:api/**", ("body", "f1")].kinds[Kind("email")].count == 2
    assert (again.messages["x"], again.overflow) == (1, 3)


@pytest.mark.parametrize("told", [[], {}, {"form": "else"}])
def test_what_is_no_tally_is_none(told: object) -> None:
    assert tally_in(told) is None


def test_a_broken_tally_is_told() -> None:
    with pytest.raises(KeyError):
        tally_in({"form": MARK})


@pytest.mark.parametrize("key", ["petrova", "ivanov_p", "user_anna", "annaPetrova", "Анна Петрова", "Иванов"])
def test_a_key_that_names_somebody_is_not_shown(key: str) -> None:
    assert place_of(("body", "balances", key, "sum"), set()) == ("body", "balances", "*", "sum")


@pytest.mark.parametrize(
    "key", ["utm_source", "checkout", "max_price", "дата рождения", "Номер (моб.)", "orders", "first_name"]
)
def test_a_key_of_plain_words_is_shown(key: str) -> None:
    assert place_of(("body", key), set()) == ("body", key)
