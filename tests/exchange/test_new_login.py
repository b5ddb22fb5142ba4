"""Somebody changes what he logs in with: the back end says so, in that person's own session, and nobody gains by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from gateway.model.message import Headers, Reply
from gateway.model.rules import NewLogin
from tests.exchange.scenes import ANNA, ROUTES, SUBJECT, as_json, echo, get, post, world_rules
from tests.exchange.stage import Stage
from tests.exchange.test_who_is_who import HERS, HIS, logged_in, registered, seen_by, sent
from tests.made import pattern, route

EMAIL, NEW, HIS_EMAIL = ANNA["email"], "anna.new@example.ru", "mallory@example.org"
AGAIN: Headers = (("Cookie", "sid=s2"),)
PROFILE = route(
    "api/profile",
    methods=frozenset({"POST", "GET"}),
    whose="caller",
    reveal_to=(SUBJECT,),
    new_login=NewLogin(pattern("body.email"), frozenset({302}), "/profile*"),
)


def stage() -> Stage:
    return Stage(world_rules(routes=(PROFILE, *ROUTES)), respond=echo)


async def anna(on: Stage) -> bytes:
    """Anna registers and logs in; what the back end has of her."""
    kept = await registered(on, ANNA)
    await logged_in(on, {"email": EMAIL}, "s1")
    return kept


async def changes(
    on: Stage, body: Mapping[str, object], headers: Headers, *, status: int = 302, to: str = "/profile"
) -> None:
    on.respond = lambda _: as_json({}, status, (("Location", to),))
    assert isinstance(await on.send(post("/api/profile", body, headers)), Reply)
    on.respond = echo


async def test_who_logs_in_with_the_changed_email_is_the_same_person() -> None:
    on = stage()
    kept = await anna(on)
    await changes(on, {"email": NEW, "first_name": "Анна"}, HERS)
    await logged_in(on, {"email": NEW}, "s2")
    assert "Анна" in await seen_by(on, kept, AGAIN)
    assert EMAIL in await seen_by(on, kept, AGAIN)


async def test_the_email_can_be_changed_again_and_back() -> None:
    on = stage()
    kept = await anna(on)
    for email in (NEW, "anna.third@example.ru", EMAIL):
        await changes(on, {"email": email}, HERS)
    await logged_in(on, {"email": EMAIL}, "s2")
    assert "Анна" in await seen_by(on, kept, AGAIN)


async def test_an_email_that_is_sent_unchanged_stays_what_one_logs_in_with() -> None:
    on = stage()
    kept = await anna(on)
    await changes(on, {"email": EMAIL}, HERS)
    await logged_in(on, {"email": EMAIL}, "s2")
    assert "Анна" in await seen_by(on, kept, AGAIN)


async def test_whoever_has_the_old_email_afterwards_is_somebody_else() -> None:
    on = stage()
    kept = await anna(on)
    await changes(on, {"email": NEW}, HERS)
    await registered(on, {"email": EMAIL, "first_name": "Борис"}, 43)
    await logged_in(on, {"email": EMAIL}, "m1")
    his = await sent(on, "/api/me", {"first_name": "Борис"}, HIS)
    assert "Анна" not in await seen_by(on, kept, HIS)
    assert "Борис" not in await seen_by(on, his, HERS)


@pytest.mark.parametrize(
    ("status", "to"),
    [(200, ""), (422, ""), (302, "/login?next=/profile"), (500, "")],
    ids=["the form again", "refused", "logged out", "broken"],
)
async def test_what_the_back_end_has_not_changed_is_nobodys_claim(status: int, to: str) -> None:
    on = stage()
    await registered(on, {"email": HIS_EMAIL, "first_name": "Мэллори"})
    await logged_in(on, {"email": HIS_EMAIL}, "m1")
    await changes(on, {"email": EMAIL}, HIS, status=status, to=to)
    await logged_in(on, {"email": EMAIL}, "s1")
    hers = await sent(on, "/api/me", {"first_name": "Анна"}, HERS)
    assert "Анна" not in await seen_by(on, hers, HIS)
    await logged_in(on, {"email": HIS_EMAIL}, "m2")
    assert "Мэллори" in await seen_by(on, await sent(on, "/api/me", {"first_name": "Мэллори"}, HIS), HIS)


@pytest.mark.parametrize("logs_in", [False, True], ids=["registered", "proven"])
async def test_an_email_that_is_somebody_elses_account_stays_that_persons(*, logs_in: bool) -> None:
    """Even where the rules call a reply a change that is none."""
    on = stage()
    kept = await (anna(on) if logs_in else registered(on, ANNA))
    await registered(on, {"email": HIS_EMAIL}, 43)
    await logged_in(on, {"email": HIS_EMAIL}, "m1")
    await changes(on, {"email": EMAIL}, HIS)
    await logged_in(on, {"email": EMAIL}, "s2")
    hers = await sent(on, "/api/me", {"first_name": "Анна"}, AGAIN)
    assert "Анна" in await seen_by(on, kept, AGAIN)
    assert "Анна" not in await seen_by(on, hers, HIS)


async def test_a_page_and_a_stranger_change_nothing() -> None:
    on = stage()
    kept = await anna(on)
    on.respond = lambda _: as_json({}, 302, (("Location", "/profile"),))
    await on.send(get(f"/api/profile?email={NEW}", HERS))
    await changes(on, {"email": NEW}, ())
    await changes(on, {"email": [NEW, HIS_EMAIL]}, HERS)
    await logged_in(on, {"email": NEW}, "s2")
    assert "Анна" not in await seen_by(on, kept, AGAIN)
    await logged_in(on, {"email": EMAIL}, "s3")
    assert "Анна" in await seen_by(on, kept, (("Cookie", "sid=s3"),))


async def test_a_route_that_says_nothing_changes_nothing() -> None:
    on = Stage(world_rules(routes=(replace(PROFILE, new_login=None), *ROUTES)), respond=echo)
    kept = await anna(on)
    await changes(on, {"email": NEW}, HERS)
    await logged_in(on, {"email": NEW}, "s2")
    assert "Анна" not in await seen_by(on, kept, AGAIN)
