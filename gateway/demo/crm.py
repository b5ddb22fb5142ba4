"""A small foreign CRM that knows nothing of gateways: ``python -m gateway.demo.crm --port 9001 --dir abroad/crm``.

It registers, logs in, reads, updates, searches, lists and deletes people, renders a page, and writes down every
request it received (``crm.http``), which makes it the witness of what left the country. Reading is open to everybody:
a hole left on purpose, since back ends have such holes.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import html
import json
import secrets  # noqa: TID251 - an application of its own: it makes its own session ids
import signal
from collections.abc import Callable
from datetime import UTC, date, datetime
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import parse_qs

from gateway.demo.crm_checks import FIELDS, complaints
from gateway.demo.crm_store import Record, Store, TakenError
from gateway.verify.recorder import Recorder
from gateway.verify.wire import Message, reply_bytes

Headers = list[tuple[str, str]]
_LOCKED = "none"
"""No hash looks like it: who was imported has to be invited before logging in."""

_Handler = Callable[["Crm", Message, Record], bytes]


class Crm:
    """From a request to a reply. ``today`` is the day that ages are counted on."""

    def __init__(self, store: Store, today: Callable[[], date]) -> None:
        self.store = store
        self.today = today

    def answer(self, request: Message) -> bytes:
        path = request.target.partition("?")[0].strip("/").split("/")
        try:
            body = json.loads(request.body or b"{}")
            return self._routed(request, path, body if isinstance(body, dict) else {})
        except (ValueError, UnicodeDecodeError):
            return _json(400, {"error": "the body is no JSON"})
        except TakenError:
            return _json(409, {"error": "somebody has registered with that e-mail address"})

    def _routed(self, request: Message, path: list[str], body: Record) -> bytes:
        if handler := _FIXED.get((request.method, "/".join(path))):
            return handler(self, request, body)
        if path[:2] == ["api", "users"] and len(path) == 3 and path[2].isdigit():
            return self._one_person(request, int(path[2]), body)
        return _json(404, {"error": "no such page"})

    def register(self, _: Message, body: Record) -> bytes:
        if wrong := complaints(body, self.today()):
            return _json(422, {"errors": wrong})
        return _json(201, self.store.person(self.store.add(body, _hash(body.get("password")))))

    def batch(self, _: Message, body: Record) -> bytes:
        users = body.get("users")
        people = [user for user in users if isinstance(user, dict)] if isinstance(users, list) else []
        if wrong := [found for user in people if (found := complaints(user, self.today()))]:
            return _json(422, {"errors": wrong})
        added = [self.store.person(self.store.add(user, _LOCKED)) for user in people]
        return _json(201, {"users": added})

    def login(self, _: Message, body: Record) -> bytes:
        email = str(body.get("email", ""))
        person = self.store.by_email(email)
        if person is None or self.store.secret(email) != _hash(body.get("password")):
            return _json(401, {"error": "wrong e-mail or password"})
        sid = secrets.token_urlsafe(24)
        self.store.open_session(sid, _id(person))
        cookie = ("Set-Cookie", f"sid={sid}; Path=/; HttpOnly; SameSite=Lax")
        return _json(200, {"id": person["id"], "greeting": person["greeting"]}, [cookie])

    def me(self, request: Message, _: Record) -> bytes:
        person = self._caller(request)
        return _json(200, person) if person else _json(401, {"error": "log in first"})

    def search(self, request: Message, _: Record) -> bytes:
        wanted = parse_qs(request.target.partition("?")[2]).get("email", [""])[0]
        person = self.store.by_email(wanted)
        return _json(200, {"query": wanted, "found": [person] if person else []})

    def everybody(self, _: Message, __: Record) -> bytes:
        return _json(200, {"users": self.store.everybody()})

    def _one_person(self, request: Message, number: int, body: Record) -> bytes:
        person = self.store.person(number)
        if person is None:
            return _json(404, {"error": "no such person"})
        if request.method == "GET":
            return _page(person) if "text/html" in request.header("Accept") else _json(200, person)
        if not self._may_write(request, number):
            return _json(403, {"error": "that is somebody else"})
        if request.method == "DELETE":
            self.store.remove(number)
            return _json(200, {"deleted": number})
        if wrong := complaints(body, self.today(), partial=request.method == "PATCH"):
            return _json(422, {"errors": wrong})
        self.store.change(number, body)
        return _json(200, self.store.person(number))

    def _caller(self, request: Message) -> Record | None:
        cookie = SimpleCookie(request.header("Cookie")).get("sid")
        return self.store.session(cookie.value) if cookie else None

    def _may_write(self, request: Message, number: int) -> bool:
        caller = self._caller(request)
        return caller is not None and _id(caller) == number


_FIXED: dict[tuple[str, str], _Handler] = {
    ("POST", "api/register"): Crm.register,
    ("POST", "api/login"): Crm.login,
    ("POST", "api/users/batch"): Crm.batch,
    ("GET", "api/users"): Crm.everybody,
    ("GET", "api/search"): Crm.search,
    ("GET", "api/me"): Crm.me,
}


def _id(person: Record) -> int:
    return int(str(person["id"]))


def _hash(password: object) -> str:
    return hashlib.sha256(f"pepper{password}".encode()).hexdigest()


def _json(status: int, body: object, more: Headers | None = None) -> bytes:
    headers = [("Content-Type", "application/json"), *(more or [])]
    return reply_bytes(status, headers, json.dumps(body, ensure_ascii=False).encode())


def _page(person: Record) -> bytes:
    rows = "".join(
        f"<tr><th>{name}</th><td title='{html.escape(str(person[name]))}'>{html.escape(str(person[name]))}</td></tr>"
        for name in FIELDS
        if name in person
    )
    title = html.escape(f"{person['first_name']} {person['last_name']}")
    page = f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1><table>{rows}</table></body>"
    return reply_bytes(200, [("Content-Type", "text/html; charset=utf-8")], page.encode())


def _today() -> date:
    return datetime.now(UTC).date()  # noqa: TID251 - an application of its own: it has its own clock


async def serve(port: int, directory: Path) -> None:
    """Serve until SIGTERM or SIGINT."""
    crm = Crm(Store(directory / "crm.db"), _today)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Recorder(directory / "crm.http", crm.answer, port):
        await stop.wait()
    crm.store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="The demo's foreign CRM.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--dir", type=Path, required=True)
    given = parser.parse_args()
    asyncio.run(serve(given.port, given.dir))


if __name__ == "__main__":
    main()
