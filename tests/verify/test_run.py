from __future__ import annotations

import random
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from gateway.model.names import DestinationName
from gateway.verify import wire
from gateway.verify.canaries import PersonName, fresh
from gateway.verify.expect import must_stay
from gateway.verify.outcome import Result
from gateway.verify.plant import Declared, Door, Place, plant
from gateway.verify.probes import Probe
from gateway.verify.run import read_what_is_left, send_directly, send_through, start_stand_ins
from gateway.verify.sorts import SORTS
from tests.made import RU, destination, ruleset
from tests.verify.pretenders import Answers, Forwards, nothing, pretend, unchanged

BY_TITLE = {sort.title: sort for sort in SORTS}
CRM = DestinationName("crm")
DICE = random.Random(3)


def probe(title: str = "e-mail", place: Place = "deep JSON", person: PersonName = "ru") -> Probe:
    canary = fresh(BY_TITLE[title], person, DICE)
    assert canary
    sent = plant(canary, place, Declared(), Door("/api", slot="after"))
    stays = must_stay(canary.sort, RU if person != "de" else None, destination())
    return Probe(CRM, place, canary, sent, stays, read_at="/api")


async def judged(directory: Path, forwards: Forwards, *probes: Probe, answers: Answers = bytes) -> list[Result]:
    """The probes' results behind a pretender, nothing read from files."""
    results = [Result(one) for one in probes]
    async with AsyncExitStack() as stack:
        stand_ins = await start_stand_ins(stack, ruleset(), directory)
        port = await stack.enter_async_context(pretend(stand_ins[CRM].port, forwards, answers))
        await send_through(results, stand_ins, port, lambda done, all_of_them: None)
    return results


async def test_a_forwarder_that_changes_nothing_leaks(tmp_path: Path) -> None:
    (result,) = await judged(tmp_path, unchanged, probe())
    assert result.through == "LEAK"


async def test_a_leak_says_where_and_how(tmp_path: Path) -> None:
    (result,) = await judged(tmp_path, unchanged, probe(place="gzip JSON"))
    assert [(sight.where, sight.how) for sight in result.sights] == [("arrived at crm", "as it is inside gzip")]


async def test_what_does_not_arrive_is_clean(tmp_path: Path) -> None:
    (result,) = await judged(tmp_path, nothing, probe())
    assert result.through == "clean"


async def test_what_does_not_arrive_and_comes_back_is_restored(tmp_path: Path) -> None:
    one = probe()
    back = one.canary.value.encode()
    answered = iter([b'{"email": "' + back + b'"}', b"{}"])
    (result,) = await judged(tmp_path, nothing, one, answers=lambda body: next(answered))
    assert result.through == "restored"


async def test_what_is_shown_to_a_stranger_leaks(tmp_path: Path) -> None:
    one = probe()
    back = one.canary.value.encode()
    (result,) = await judged(tmp_path, nothing, one, answers=lambda body: b'{"email": "' + back + b'"}')
    assert [sight.where for sight in result.sights] == ["shown to a stranger"]


async def test_what_a_foreigner_sends_may_arrive(tmp_path: Path) -> None:
    (result,) = await judged(tmp_path, unchanged, probe(person="de"))
    assert result.through == "plain"


async def test_what_a_foreigner_sends_may_be_changed_too(tmp_path: Path) -> None:
    (result,) = await judged(tmp_path, nothing, probe(person="de"))
    assert result.through == "changed"


@pytest.mark.parametrize(("status", "word"), [(403, "refused"), (422, "refused"), (502, "broken"), (503, "broken")])
async def test_a_request_not_passed_on_is_refused_or_the_gateway_is_broken(
    tmp_path: Path, status: int, word: str
) -> None:
    (result,) = await judged(tmp_path, lambda request: wire.reply_bytes(status, [], b""), probe())
    assert result.through == word


async def test_a_gateway_that_does_not_listen_is_broken(tmp_path: Path) -> None:
    results = [Result(probe())]
    async with AsyncExitStack() as stack:
        stand_ins = await start_stand_ins(stack, ruleset(), tmp_path)
        await send_through(results, stand_ins, 1, lambda done, all_of_them: None)
    assert results[0].through == "broken"


async def test_directly_everything_is_seen(tmp_path: Path) -> None:
    results = [Result(probe(title)) for title in BY_TITLE]
    async with AsyncExitStack() as stack:
        await send_directly(results, await start_stand_ins(stack, ruleset(), tmp_path))
    assert Counter(result.direct for result in results)["blind"] == 0


async def test_a_short_value_counts_beside_its_field_only(tmp_path: Path) -> None:
    cvv = probe("CVV")

    def elsewhere(request: wire.Message) -> tuple[str, wire.Headers, bytes]:
        return "/", (), b'{"cvv": "000", "total": ' + cvv.canary.value.encode() + b"}"

    (result,) = await judged(tmp_path, elsewhere, cvv)
    assert result.through == "clean"


def test_a_value_in_the_gateways_own_files_is_a_leak_even_a_foreigners(tmp_path: Path) -> None:
    result = Result(probe(person="de"), status=200, passed_on=True, arrived=True)
    log = tmp_path / "gateway.log"
    log.write_text(f'{{"event": "request", "target": "/x?email={result.probe.canary.value}"}}\n')
    read_what_is_left([result], [log], outward=False)
    assert [(sight.where, result.through) for sight in result.sights] == [("lies in gateway.log", "LEAK")]


def test_a_value_that_came_with_another_request_is_a_leak(tmp_path: Path) -> None:
    result = Result(probe(), status=200, passed_on=True)
    record = tmp_path / "crm.http"
    record.write_text(f"POST / HTTP/1.1\r\n\r\n{result.probe.canary.value}")
    read_what_is_left([result], [record], outward=True)
    assert [sight.where for sight in result.sights] == ["lies in crm.http"]


def test_what_a_foreigner_sent_may_lie_at_the_destination(tmp_path: Path) -> None:
    result = Result(probe(person="de"), status=200, passed_on=True, arrived=True)
    record = tmp_path / "crm.http"
    record.write_text(result.probe.canary.value)
    read_what_is_left([result], [record], outward=True)
    assert result.through == "plain"
