"""What a person sees of the shop in Chromium, with the gateway between them, and what the shop keeps of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.verify.search import find
from tests.apps import browser, oscar
from tests.apps.browser import Browser
from tests.apps.oscar import Shop
from tests.apps.people import HANS, NEW_PASSWORD, PASSWORD, Customer, russian
from tests.apps.test_oscar import EDIT, PROFILE, links

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ANNA = russian(41, "Анна", "Брызгалавцева", "anna.bryzgalavceva")
OLEG = russian(42, "Олег", "Вестникотамуров", "oleg.vestnikotamurov")


def registers(window: Browser, shop: Shop, who: Customer) -> None:
    window.opens(f"{shop.url}/accounts/register/")
    window.writes("#id_email", who.email)
    window.writes("#id_password1", PASSWORD)
    window.writes("#id_password2", PASSWORD)
    window.chooses("#id_citizenship", who.citizenship)
    window.presses("#register_form button[type=submit]")
    window.opens(f"{shop.url}{EDIT}")
    window.writes("#id_first_name", who.first)
    window.writes("#id_last_name", who.last)
    window.presses("#profile_form button[type=submit]")


def logs_in(window: Browser, shop: Shop, email: str, password: str = PASSWORD) -> None:
    window.forgets()
    window.opens(f"{shop.url}/accounts/login/")
    window.writes("#id_login-username", email)
    window.writes("#id_login-password", password)
    window.presses("#login_form button[type=submit]")


def test_people_in_a_browser_see_the_shop_as_it_is_and_the_shop_keeps_tokens(tmp_path: Path) -> None:
    with browser.opened(tmp_path / "browser") as window, oscar.opened(tmp_path / "shop") as shop:
        registers(window, shop, ANNA)
        assert window.url == shop.url + PROFILE
        assert f"{ANNA.first} {ANNA.last}" in window.text
        assert ANNA.email in window.text
        assert window.runs("return document.characterSet") == "UTF-8"
        assert window.runs("return [...document.styleSheets].some(one => one.cssRules.length > 100)")
        window.pictures(tmp_path / "profile.png")

        window.forgets()
        registers(window, shop, OLEG)
        assert OLEG.last in window.text
        assert find([ANNA.last, ANNA.email], window.text.encode()) == []

        logs_in(window, shop, ANNA.email)
        window.opens(f"{shop.url}{EDIT}")
        assert window.value("#id_last_name") == ANNA.last
        window.writes("#id_email", ANNA.new_email)
        window.presses("#profile_form button[type=submit]")
        assert ANNA.new_email in window.text
        assert find([OLEG.last, OLEG.email], window.text.encode()) == []

        window.forgets()
        before = set(shop.letters)
        window.opens(f"{shop.url}/password-reset/")
        window.writes("#id_email", OLEG.email)
        window.presses("form[method=post] button[type=submit]")
        (letter,) = set(shop.letters) - before
        window.opens(shop.url + links(letter.read_text())[0])
        window.writes("#id_new_password1", NEW_PASSWORD)
        window.writes("#id_new_password2", NEW_PASSWORD)
        window.presses("form[method=post] button[type=submit]")
        logs_in(window, shop, OLEG.email)
        assert "/accounts/login/" in window.url
        logs_in(window, shop, OLEG.email, NEW_PASSWORD)
        assert f"{OLEG.first} {OLEG.last}" in window.text

        window.forgets()
        registers(window, shop, HANS)
        logs_in(window, shop, HANS.email)
        assert f"{HANS.first} {HANS.last}" in window.text

        kept = shop.stored()
        assert find([*ANNA.values, *OLEG.values, PASSWORD, NEW_PASSWORD], kept) == []
        assert [hit.text for hit in find([HANS.last, HANS.email], kept)] == [HANS.last, HANS.email]
        assert find([*ANNA.values, *OLEG.values, PASSWORD], shop.gate.log.read_bytes()) == []
