"""The play: Russians, foreigners, an attacker, a support agent and some trackers use a foreign CRM through the
gateway.
"""

from __future__ import annotations

import json
from urllib.parse import quote

from gateway.demo import sdk
from gateway.demo.people import ANNA, DIETER, INGRID, MSTISLAV, OLGA, PYOTR, Person
from gateway.demo.stage import Stage
from gateway.verify import wire

BROWSER: wire.Headers = (("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"), ("Accept", "*/*"))


async def play(stage: Stage, badge: str) -> None:
    """Every scene in its order. ``badge`` is the support agent's signed JWT."""
    await _people_come_in(stage)
    await _anna_at_home(stage)
    await _others_look(stage, badge)
    await _an_attack(stage)
    await _trackers(stage)
    await _goodbye(stage)


async def _people_come_in(stage: Stage) -> None:
    for person in (ANNA, DIETER, PYOTR, MSTISLAV):
        does = "registers from Moscow" if person is DIETER else "registers"
        await _send(stage, person, does, "POST", "/api/register", {**person.fields, "password": person.password})
        await _log_in(stage, person)
    body = {"source": "import", "users": [OLGA.fields, INGRID.fields]}
    headers = (*BROWSER, ("Accept-Language", "de"))
    address = OLGA.address
    await stage.step(
        "a partner", "imports two people", "POST", "/api/users/batch", body=body, headers=headers, address=address
    )


async def _log_in(stage: Stage, person: Person) -> None:
    given = {"email": person.fields["email"], "password": person.password}
    await _send(stage, person, "logs in", "POST", "/api/login", given)


async def _anna_at_home(stage: Stage) -> None:
    me = await _send(stage, ANNA, "reads her profile", "GET", "/api/me")
    page = f"/api/users/{_number(me)}"
    await _send(stage, ANNA, "changes her phone", "PATCH", page, ANNA.later)
    await _send(stage, ANNA, "opens the HTML page", "GET", page, headers=(BROWSER[0], ("Accept", "text/html")))
    await _send(stage, DIETER, "reads his profile", "GET", "/api/me")


async def _others_look(stage: Stage, badge: str) -> None:
    search = f"/api/search?email={quote(ANNA.fields['email'], safe='@')}"
    await stage.step("a stranger", "searches Anna by e-mail", "GET", search, headers=BROWSER, address=DIETER.address)
    shown = (*BROWSER, ("Authorization", f"Bearer {badge}"))
    await stage.step("support", "searches Anna, with a badge", "GET", search, headers=shown)
    await stage.step("a stranger", "lists everybody", "GET", "/api/users", headers=BROWSER, address=DIETER.address)


async def _an_attack(stage: Stage) -> None:
    loot = await stage.step("an attacker", "collects tokens", "GET", "/api/users", headers=BROWSER)
    stolen = _first_email(loot)
    me = await _send(stage, MSTISLAV, "reads his profile", "GET", "/api/me")
    page = f"/api/users/{_number(me)}"
    await _send(stage, MSTISLAV, "pastes Anna's token", "PATCH", page, {"about": stolen})
    await _send(stage, MSTISLAV, "reads it back", "GET", "/api/me")


async def _trackers(stage: Stage) -> None:
    for name, shape in (("segment", sdk.segment), ("mixpanel", sdk.mixpanel), ("matomo", sdk.matomo)):
        method, target, headers, body = shape(ANNA.fields)
        does = f"reports ({name})"
        sent = (*BROWSER, *headers)
        await stage.step("Anna's browser", does, method, target, body=body, headers=sent, address=ANNA.address)
    method, target, headers, body = sdk.segment(DIETER.fields)
    sent = (*BROWSER, *headers)
    does = "reports (segment)"
    await stage.step("Dieter's browser", does, method, target, body=body, headers=sent, address=DIETER.address)


async def _goodbye(stage: Stage) -> None:
    me = await _send(stage, PYOTR, "reads his profile", "GET", "/api/me")
    await _send(stage, PYOTR, "closes his account", "DELETE", f"/api/users/{_number(me)}")


async def _send(
    stage: Stage,
    person: Person,
    does: str,
    method: str,
    target: str,
    body: object = None,
    *,
    headers: wire.Headers = BROWSER,
) -> wire.Message:
    who = person.title.partition(",")[0]
    return await stage.step(who, does, method, target, body=body, headers=headers, address=person.address)


def _number(reply: wire.Message) -> object:
    """The CRM's own id of the person it answered about, 0 where it did not."""
    return _parsed(reply).get("id", 0)


def _first_email(reply: wire.Message) -> str:
    """What a list of people shows as the first one's e-mail address."""
    users = _parsed(reply).get("users")
    first = users[0] if isinstance(users, list) and users else {}
    return str(first.get("email", "")) if isinstance(first, dict) else ""


def _parsed(reply: wire.Message) -> dict[str, object]:
    try:
        body = json.loads(reply.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
