"""Headers of one connection stay on that connection."""

from __future__ import annotations

import pytest

from gateway.server.hop import connection_options, end_to_end


@pytest.mark.parametrize(
    "name",
    [
        "Connection",
        "Keep-Alive",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "HTTP2-Settings",
        "Proxy-Connection",
        "Proxy-Authorization",
        "Proxy-Authenticate",
        "Proxy-Authentication-Info",
    ],
)
def test_hop_by_hop_header_does_not_travel(name: str) -> None:
    assert end_to_end(((name, "x"), ("Accept", "a"))) == (("Accept", "a"),)


def test_header_named_in_connection_does_not_travel() -> None:
    headers = (("Connection", "close, X-Hop"), ("x-hop", "1"), ("X-Stay", "2"))
    assert end_to_end(headers) == (("X-Stay", "2"),)


def test_every_connection_header_is_read() -> None:
    headers = (("Connection", "X-One"), ("X-One", "1"), ("connection", " X-Two ,, "), ("X-Two", "2"))
    assert end_to_end(headers) == ()


@pytest.mark.parametrize("name", ["Host", "Content-Length", "Content-Type", "Content-Encoding"])
def test_caller_cannot_take_away_what_says_how_a_message_is_read(name: str) -> None:
    assert end_to_end((("Connection", name), (name, "x"))) == ((name, "x"),)


def test_order_case_and_duplicates_are_kept() -> None:
    headers = (("Set-Cookie", "b=2"), ("set-cookie", "a=1"), ("X-A", ""), ("Set-Cookie", "b=2"))
    assert end_to_end(headers) == headers


def test_connection_options_are_told_apart() -> None:
    assert connection_options((("Connection", "Close, keep-alive"),)) == {"close", "keep-alive"}
