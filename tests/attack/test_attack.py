"""Nothing slips through: a part of the attacks at every run, all of them with the slow ones."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.attack.cases import CONTROL, VALUES, Case, cases
from tests.attack.hostile import Hostile, hostile
from tests.attack.run import attack, ground, judge, matrix, play
from tests.attack.seen import seen
from tests.attack.wire import Said

ALL = tuple(cases())
SLOW = ("head/too large a body by its length",)


def test_there_are_at_least_four_hundred_and_each_has_a_name_of_its_own() -> None:
    names = [case.name for case in ALL] + [f"{one.sort}/{one.name}" for one in hostile()]
    assert (len(names) >= 400, [name for name, count in Counter(names).items() if count > 1]) == (True, [])


def test_most_of_them_have_to_be_handled() -> None:
    assert sum(case.due for case in ALL) > len(ALL) * 0.6


async def test_every_forty_first_attack_ends_as_it_should(tmp_path: Path) -> None:
    async with ground(tmp_path) as on:
        outcomes = await play(ALL[::41], on)
    assert not any(one.failed for one in outcomes), matrix(outcomes)


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_every_attack_ends_as_it_should(tmp_path: Path) -> None:
    async with ground(tmp_path) as on:
        outcomes = await play(ALL, on)
    assert not any(one.failed for one in outcomes), matrix(outcomes)


@pytest.mark.parametrize("sort", sorted({one.sort for one in hostile()}))
async def test_hostile_requests_end_as_they_should(tmp_path: Path, sort: str) -> None:
    chosen = [one for one in hostile() if one.sort == sort and f"{one.sort}/{one.name}" not in SLOW]
    assert await _wrong(tmp_path, chosen) == {}


@pytest.mark.slow
async def test_refusal_of_a_body_that_never_comes_ends_the_connection(tmp_path: Path) -> None:
    chosen = [one for one in hostile() if f"{one.sort}/{one.name}" in SLOW]
    assert len(chosen) == len(SLOW)
    assert await _wrong(tmp_path, chosen) == {}


async def _wrong(folder: Path, chosen: list[Hostile]) -> dict[str, str]:
    async with ground(folder) as on:
        ended = {one.name: await attack(one, on) for one in chosen}
    return {name: why for name, why in ended.items() if why}


# ------------------------------------------------------------------------------------------------ the judge itself

_CHUNK = re.compile(rb"[0-9a-f]+[^\r\n]*\r\n(.{1,3})\r\n", re.DOTALL)


def _bare(case: Case) -> bytes:
    """What an attack sends, out of its chunks and its coat too."""
    body = case.wire.partition(b"\r\n\r\n")[2]
    return b"\n".join((case.wire, case.worn.undone(body), b"".join(_CHUNK.findall(body))))


def test_the_judge_sees_the_value_in_every_fifth_attack_as_it_was_sent() -> None:
    """What it would not see there, it would not miss in what arrives."""
    assert [case.name for case in ALL[::5] if not all(seen(_bare(case), secret) for secret in case.secrets)] == []


@pytest.mark.slow
def test_the_judge_sees_the_value_in_all_attacks_as_they_were_sent() -> None:
    assert [case.name for case in ALL if not all(seen(_bare(case), secret) for secret in case.secrets)] == []


def _case(**changes: object) -> Case:
    facts = {"spelling": "plain", "place": "json", "coat": "none", "kind": "email", "wire": b"", "due": True}
    return Case(**{**facts, "secrets": (VALUES[0].text,), "echo": b'{"a":1}', **changes})  # type: ignore[arg-type]  # fields by name


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n" + b'{"a":1}'
REFUSED = b'HTTP/1.1 422 X\r\nContent-Length: 21\r\n\r\n{"code": "GW-P101"}  '


@pytest.mark.parametrize(
    ("said", "arrived", "ending"),
    [
        (Said(OK), CONTROL.encode(), "handled"),
        (Said(OK), CONTROL.encode() + b" bWFyaW5hLmtlZHJvdmFAZXhhbXBsZS5ydQ==", "LEAK"),
        (Said(OK, hung=True), CONTROL.encode(), "HANG"),
        (Said(OK), b"", "WRONG"),
        (Said(OK), b"something else", "WRONG"),
        (Said(OK.replace(b"1", b"2")), CONTROL.encode(), "WRONG"),
        (Said(REFUSED), b"", "WRONG"),
        (Said(b""), b"", "WRONG"),
    ],
)
def test_the_judge_sees_what_is_wrong(said: Said, arrived: bytes, ending: str) -> None:
    assert judge(_case(), said, arrived).ending == ending


def test_refusal_of_what_is_not_due_needs_a_reason() -> None:
    assert judge(_case(due=False), Said(REFUSED), b"").why == "GW-P101 422"
    assert judge(_case(due=False), Said(REFUSED.replace(b"code", b"kode")), b"").ending == "WRONG"
