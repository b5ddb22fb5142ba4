"""A real Chromium without a screen, led through the WebDriver protocol by the driver that comes with it."""

from __future__ import annotations

import json
import shutil
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from tests.apps import house

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key by which the protocol marks an element (W3C WebDriver, section 12)."""

_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # who builds in a container is root there
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--lang=ru",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)


@dataclass(frozen=True, slots=True)
class Browser:
    """One window."""

    session: str

    def opens(self, url: str) -> None:
        self._asks("url", {"url": url})

    def writes(self, selector: str, text: str) -> None:
        """Into one field, in place of what it holds."""
        element = self._found(selector)
        self._asks(f"element/{element}/clear", {})
        self._asks(f"element/{element}/value", {"text": text})

    def chooses(self, selector: str, value: str) -> None:
        self._asks(f"element/{self._found(f'{selector} option[value={value}]')}/click", {})

    def presses(self, selector: str) -> None:
        """Press a button, and wait until the next page is there."""
        self.runs("window.pressed = true")
        self.runs("document.querySelector(arguments[0]).click()", selector)
        self.runs_until("return !window.pressed && document.readyState === 'complete'")

    @property
    def url(self) -> str:
        return str(self._asks("url"))

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return str(self.runs("return document.body.innerText"))

    def value(self, selector: str) -> str:
        return str(self.runs("return document.querySelector(arguments[0]).value", selector))

    def runs(self, script: str, *arguments: str) -> Any:
        return self._asks("execute/sync", {"script": script, "args": list(arguments)})

    def runs_until(self, script: str) -> None:
        """Ask until it is true; the driver may find the page gone in between."""
        asks = f"const ask = () => (() => {{{script}}})() ? told(true) : setTimeout(ask, 30); ask()"
        for _ in range(5):
            try:
                self._asks("execute/async", {"script": f"const told = arguments[0]; {asks}", "args": []})
            except AssertionError:
                continue
            return
        msg = f"never true: {script}"
        raise AssertionError(msg)

    def forgets(self) -> None:
        """A new visitor, as far as cookies tell."""
        self._asks("cookie", method="DELETE")

    def pictures(self, path: Path) -> None:
        path.write_bytes(b64decode(self._asks("screenshot")))

    def _found(self, selector: str) -> str:
        found = self._asks("element", {"using": "css selector", "value": selector})
        return str(found[_ELEMENT])

    def _asks(self, what: str, told: Mapping[str, object] | None = None, method: str = "") -> Any:
        return _asked(f"{self.session}/{what}", told, method)


def _asked(url: str, told: Mapping[str, object] | None = None, method: str = "") -> Any:
    body = None if told is None else json.dumps(told).encode()
    request = Request(url, body, {"Content-Type": "application/json"}, method=method or None)
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=60) as reply:
            return json.loads(reply.read())["value"]
    except HTTPError as error:
        with error:
            msg = f"{url}: {json.loads(error.read())['value'].get('message')}"
        raise AssertionError(msg) from None


@contextmanager
def opened(folder: Path) -> Iterator[Browser]:
    """A browser with a profile of its own. Skips the test, loudly, where Chromium or its driver is not installed."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("chromium or chromedriver is not installed: no real browser is tested")
    port = house.free_port()
    folder.mkdir(exist_ok=True)
    options = {"binary": chromium, "args": [*_ARGUMENTS, f"--user-data-dir={folder / 'profile'}"]}
    wanted = {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}}
    with house.served([driver, f"--port={port}"], port, folder) as url:
        session = f"{url}/session/{_asked(f'{url}/session', wanted)['sessionId']}"
        try:
            yield Browser(session)
        finally:
            _asked(session, method="DELETE")
