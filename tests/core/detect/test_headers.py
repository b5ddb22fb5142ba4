from __future__ import annotations

import pytest

from gateway.core.detect.headers import cookie_verdict, header_verdict, looks_random


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("x-forwarded-for", "ip"), ("forwarded", "ip"), ("x-real-ip", "ip"), ("cf-connecting-ip", "ip"), ("via", "ip"),
        ("user-agent", "user_agent"), ("sec-ch-ua", "client_hint"), ("sec-ch-ua-platform-version", "client_hint"),
        ("device-memory", "client_hint"), ("referer", "referer"), ("accept-language", "language"),
        ("authorization", "credential.bearer"), ("x-api-key", "credential.api_key"), ("x-user-id", "user_id"),
        ("x-customer-email", "email"), ("x-device-id", "device_id"), ("x-session-id", "cookie_id"),
    ],
)  # fmt: skip
def test_a_header_says_what_it_holds(name: str, kind: str) -> None:
    verdict = header_verdict(name)
    assert verdict is not None
    assert (verdict.kind, verdict.strong) == (kind, True)


@pytest.mark.parametrize("name", ["host", "etag", "x-request-id", "sec-fetch-mode", "x-forwarded-proto", "dnt"])
def test_other_headers_say_nothing(name: str) -> None:
    assert header_verdict(name) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sid", "cookie_id"), ("PHPSESSID", "cookie_id"), ("connect.sid", "cookie_id"), ("_ga", "cookie_id"),
        ("_ga_ABC123", "cookie_id"), ("_ym_uid", "cookie_id"), ("csrftoken", "credential.bearer"),
        ("remember_me", "cookie_id"), ("__utma", "cookie_id"), ("visitor", "user_id"),
        ("amp_abc", "cookie_id"), ("user_email", "email"), ("phone", "phone"),
    ],
)  # fmt: skip
def test_a_cookie_says_what_it_holds(name: str, kind: str) -> None:
    verdict = cookie_verdict(name)
    assert verdict is not None
    assert (verdict.kind, verdict.strong) == (kind, True)


@pytest.mark.parametrize("name", ["theme", "sidebar"])
def test_other_cookies_say_nothing(name: str) -> None:
    assert cookie_verdict(name) is None


def test_a_cookie_may_be_told_by_its_value() -> None:
    verdict = cookie_verdict("name")
    assert verdict is not None
    assert not verdict.strong


@pytest.mark.parametrize("text", ["0123456789abcdef", "GA1.2.123456789.1700000000", "YWJjZGVmZ2hpams9PQ0"])
def test_a_value_that_is_no_word_looks_random(text: str) -> None:
    assert looks_random(text)


@pytest.mark.parametrize("text", ["dark", "abcdefghijklmnopq", "01234567890123456", "short1", "two words 0123456"])
def test_words_and_numbers_do_not_look_random(text: str) -> None:
    assert not looks_random(text)
