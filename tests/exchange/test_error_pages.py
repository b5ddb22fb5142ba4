"""Error pages that echo what they were sent: tokens in them are restored, or stay, by the rules of any other reply."""

from __future__ import annotations

import html
import json
from collections.abc import Callable

import pytest

from gateway.model.message import Reply, Request
from tests.exchange.scenes import ANNA, HANS, post, world_rules
from tests.exchange.stage import Stage

EMAIL = ANNA["email"]
Page = Callable[[str], tuple[str, str]]


def _json(token: str) -> tuple[str, str]:
    return "application/json", json.dumps({"error": "exists", "email": token})


def _problem(token: str) -> tuple[str, str]:
    return "application/problem+json", json.dumps({"title": "Conflict", "detail": f"{token} is taken"})


def _page(token: str) -> tuple[str, str]:
    return "text/html; charset=utf-8", f"<h1>Error</h1><p>No account for <b>{html.escape(token)}</b></p>"


def _form(token: str) -> tuple[str, str]:
    return "text/html", f'<form><input name="email" value="{html.escape(token)}"><i>already taken</i></form>'


def _text(token: str) -> tuple[str, str]:
    return "text/plain", f"ERROR: duplicate key value ({token}) already exists\n"


PAGES = (_json, _problem, _page, _form, _text)
STATUSES = (400, 404, 409, 422, 500, 502, 503)


def says(page: Page, status: int, token: str = "") -> Callable[[Request], Reply]:
    """A back end that fails, and quotes the e-mail that it was sent."""

    def respond(request: Request) -> Reply:
        media, text = page(token or str(json.loads(request.body)["email"]))
        return Reply(status, (("Content-Type", media),), text.encode())

    return respond


async def answered(on: Stage, body: object = ANNA, target: str = "/api/register") -> Reply:
    reply = await on.send(post(target, body))
    assert isinstance(reply, Reply)
    return reply


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("status", STATUSES)
async def test_sender_sees_on_an_error_page_what_he_sent(page: Page, status: int) -> None:
    on = Stage(world_rules(), says(page, status))
    reply = await answered(on)
    assert (reply.status, reply.body.decode()) == (status, page(EMAIL)[1])


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("status", STATUSES)
async def test_nobody_else_sees_on_an_error_page_whose_token_it_is(page: Page, status: int) -> None:
    on = Stage(world_rules())
    await answered(on)
    token = str(json.loads(on.last_sent.body)["email"])
    on.respond = says(page, status, token)
    reply = await answered(on, HANS)
    assert (token in reply.body.decode(), EMAIL in reply.body.decode()) == (True, False)


@pytest.mark.parametrize("status", STATUSES)
async def test_original_goes_into_no_address_of_somebody_else_on_an_error_page(status: int) -> None:
    def elsewhere(token: str) -> tuple[str, str]:
        return "text/html", f'<p>{token}</p><img src="https://errors.example/?user={token}">'

    on = Stage(world_rules(), says(elsewhere, status))
    body = (await answered(on)).body.decode()
    assert (body.count(EMAIL), "errors.example/?user=" + EMAIL in body) == (1, False)


@pytest.mark.parametrize("header", ["X-Error", "Set-Cookie", "Location", "Link", "Refresh", "WWW-Authenticate"])
async def test_header_of_an_error_keeps_its_token(header: str) -> None:
    def respond(request: Request) -> Reply:
        token = str(json.loads(request.body)["email"])
        return Reply(409, ((header, f"https://errors.example/?u={token}"),), b"")

    on = Stage(world_rules(), respond)
    reply = await answered(on)
    assert EMAIL not in repr(reply.headers)


@pytest.mark.parametrize("page", PAGES)
async def test_error_page_with_originals_is_private(page: Page) -> None:
    on = Stage(world_rules(), says(page, 500))
    assert (await answered(on)).header("cache-control") == "private"


async def test_error_page_that_cannot_be_read_keeps_its_tokens() -> None:
    def broken(token: str) -> tuple[str, str]:
        return "application/json", '{"email":"' + token

    on = Stage(world_rules(), says(broken, 500))
    reply = await answered(on)
    assert (reply.status, EMAIL.encode() in reply.body) == (500, False)


async def test_error_page_for_a_counter_restores_nothing() -> None:
    def respond(request: Request) -> Reply:
        return Reply(500, (("Content-Type", "text/plain"),), request.body)

    on = Stage(world_rules(), respond)
    reply = await answered(on, {"event": "x", "email": EMAIL}, "/collect/v1")
    assert EMAIL.encode() not in reply.body
