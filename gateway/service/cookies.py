"""The cookies that a reply sets and those that it takes away."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http.cookies import CookieError, Morsel, SimpleCookie

from gateway.model.message import Reply


def set_cookies(reply: Reply) -> dict[str, str]:
    """Name and value of every cookie that the reply sets and does not take away."""
    return {name: morsel.coded_value for name, morsel in _morsels(reply)}


def removed_cookies(reply: Reply, now_s: int) -> set[str]:
    """Names of cookies that the reply takes away: empty, of no age, or expired."""
    return {name for name, morsel in _morsels(reply) if not morsel.value or _is_over(morsel, now_s)}


def _is_over(morsel: Morsel[str], now_s: int) -> bool:
    """Whatever a back end writes there: its answer has to reach the client."""
    if morsel["max-age"]:
        return not morsel["max-age"].isdigit() or not morsel["max-age"].strip("0")
    try:
        return bool(morsel["expires"]) and parsedate_to_datetime(morsel["expires"]).timestamp() <= now_s
    except (ValueError, OverflowError):
        return False


def _morsels(reply: Reply) -> Iterator[tuple[str, Morsel[str]]]:
    """Every cookie that the reply speaks of; one that cannot be read is left out."""
    for name, value in reply.headers:
        if name.lower() == "set-cookie":
            jar = SimpleCookie()
            try:
                jar.load(value)
            except CookieError:
                continue
            yield from jar.items()
