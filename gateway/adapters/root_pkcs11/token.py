"""One token as one process uses it: one session, one thread that calls the library, one login for every region.

A login is the whole process's by the standard, and so is a logout; so regions that share a token share its line.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import pkcs11
from pkcs11 import exceptions

from gateway.adapters.root_pkcs11.address import Uri
from gateway.model.errors import WorldError

T = TypeVar("T")

_LAST_CALL_S = 2.0
_PIN_REFUSED = (exceptions.PinIncorrect, exceptions.PinInvalid, exceptions.PinLenRange)


class TokenLine:
    """Calls wait in line for one thread. The library may hang: whoever waits has a time of his own."""

    def __init__(self, uri: Uri, environment: Mapping[str, str]) -> None:
        self._uri = uri
        self._environment = environment
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pkcs11")
        self._session: pkcs11.Session | None = None
        self._refused = b""
        """Digest of a PIN that the token did not take: it is not tried twice, tokens lock after a few."""
        self.users = 0

    async def call(self, work: Callable[[pkcs11.Session], T]) -> T:
        """What ``work`` returned. Raises WorldError GW-K114."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._tried, work)

    async def close(self) -> None:
        try:
            async with asyncio.timeout(_LAST_CALL_S):
                await asyncio.get_running_loop().run_in_executor(self._thread, self._forget)
        except TimeoutError:
            pass  # a library that hangs is left behind
        self._thread.shutdown(wait=False, cancel_futures=True)

    def unusable(self, detail: str) -> WorldError:
        return WorldError(
            "GW-K114",
            f"PKCS#11 token {self._uri.told!r} can't be used ({detail}): the keys under it can't be opened or turned.",
            "look at token, PIN and module (pkcs11-tool --list-token-slots); no restart is needed.",
        )

    # ---------------------------------------------------------------------------------------------- on the one thread

    def _tried(self, work: Callable[[pkcs11.Session], T]) -> T:
        """Once more in a new session if the old one is gone: tokens are pulled, daemons restart."""
        fresh = self._session is None
        try:
            return work(self._opened())
        except exceptions.PKCS11Error as error:
            self._forget()
            if fresh:
                raise self.unusable(type(error).__name__) from error
        return self._tried(work)

    def _opened(self) -> pkcs11.Session:
        if self._session is None:
            pin, token = self._pin(), self._token()
            try:
                self._session = token.open(rw=True, user_pin=pin)
            except _PIN_REFUSED:
                self._refused = sha256(pin.encode()).digest()
                raise
        return self._session

    def _token(self) -> pkcs11.Token:
        try:
            module = pkcs11.lib(self._uri.module)
        except RuntimeError as error:  # what the binding raises for a library it can't load
            raise self.unusable(f"module {self._uri.module!r} can't be loaded") from error
        return module.get_token(token_label=self._uri.token or None, token_serial=self._uri.serial.encode() or None)

    def _pin(self) -> str:
        kind, _, where = self._uri.pin_source.partition(":")
        try:
            pin = Path(where).read_text("utf-8").strip() if kind == "file" else self._environment.get(where, "")
        except (OSError, UnicodeDecodeError) as error:
            raise self.unusable(f"its PIN can't be read: {type(error).__name__}") from error
        if not pin:
            raise self.unusable(f"there is no PIN in {self._uri.pin_source!r}")
        if sha256(pin.encode()).digest() == self._refused:
            raise self.unusable("it has refused this PIN, which is not tried again before it changes")
        return pin

    def _forget(self) -> None:
        if self._session is not None:
            session, self._session = self._session, None
            try:
                session.close()
            except exceptions.PKCS11Error:
                pass  # it was gone already


_lines: dict[tuple[str, ...], TokenLine] = {}
"""Those in use, by library, token and where the PIN is."""


def _key(uri: Uri) -> tuple[str, ...]:
    return uri.module, uri.token, uri.serial, uri.pin_source


def shared_line(uri: Uri, environment: Mapping[str, str]) -> TokenLine:
    """The line to a token, for one more user; to be let go of by ``let_go``."""
    line = _lines.setdefault(_key(uri), TokenLine(uri, environment))
    line.users += 1
    return line


async def let_go(uri: Uri, line: TokenLine) -> None:
    """The last user closes it."""
    line.users -= 1
    if line.users == 0:
        _lines.pop(_key(uri), None)
        await line.close()
