"""A shop of server-made pages through the gateway: its customers see themselves, the shop sees tokens."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator

import pytest

from gateway.verify.search import find
from tests.apps.oscar import Shop, opened
from tests.apps.people import HANS, NEW_PASSWORD, PASSWORD, Customer, russian
from tests.apps.visitor import Page, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

ANNA = russian(21, "Анна", "Брызгалавцева", "anna.bryzgalavceva")
OLEG = russian(22, "Олег", "Вестникотамуров", "oleg.vestnikotamurov")
VERA = russian(23, "Вера", "Громобоевская", "vera.gromoboevskaja")
IGOR = russian(24, "Игорь", "Дальнозоркин", "igor.dalnozorkin")
ZOYA = russian(25, "Зоя", "Ершистова", "zoya.ershistova")
POSTCODE = "170001"
PROFILE, EDIT, ADDRESSES = "/accounts/profile/", "/accounts/profile/edit/", "/accounts/addresses/"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with opened(tmp_path_factory.mktemp("oscar")) as place:
        yield place


def registers(shop: Shop, who: Customer) -> Visitor:
    """Somebody who has just registered, named himself and told where he lives."""
    person = Visitor(shop.url)
    form = {"email": who.email, "password1": PASSWORD, "password2": PASSWORD, "citizenship": who.citizenship}
    assert person.fills("/accounts/register/", form).url == shop.url + PROFILE
    assert person.fills(EDIT, {"first_name": who.first, "last_name": who.last}).url == shop.url + PROFILE
    address = {
        "first_name": who.first,
        "last_name": who.last,
        "line1": who.street,
        "line4": who.town,
        "postcode": POSTCODE if who.citizenship == "RU" else "10115",
        "country": who.citizenship,
        "phone_number": who.phone,
        "notes": f"Звоните: {who.phone}",
    }
    assert person.fills("/accounts/addresses/add/", address).url == shop.url + ADDRESSES
    return person


def logs_in(shop: Shop, email: str, password: str) -> tuple[Visitor, Page]:
    person = Visitor(shop.url)
    form = {"login-username": email, "login-password": password}
    return person, person.fills("/accounts/login/", form, "login_submit")


def links(letter: str) -> list[str]:
    return re.findall(r"http://127\.0\.0\.1:\d+(/password-reset/confirm/[^\s\"<]+)", letter)


def test_a_russian_sees_her_own_data_and_the_shop_has_tokens(shop: Shop) -> None:
    anna = registers(shop, ANNA)
    profile, addresses = anna.reads(PROFILE).text, anna.reads(ADDRESSES).text
    assert "Адрес электронной почты" in profile
    assert [value for value in (ANNA.first, ANNA.last, ANNA.email) if value not in profile] == []
    assert [value for value in (ANNA.first, ANNA.last, ANNA.street, ANNA.town) if value not in addresses] == []
    assert anna.reads(EDIT).form_with("last_name")["last_name"] == ANNA.last
    assert {"csrftoken", "sessionid"} <= anna.cookies

    kept = shop.stored()
    assert find(ANNA.values, kept) == []
    assert b"@id.example" in kept
    assert find([*ANNA.values, PASSWORD], shop.gate.log.read_bytes()) == []


def test_two_customers_see_nothing_of_each_other(shop: Shop) -> None:
    oleg, igor = registers(shop, OLEG), registers(shop, IGOR)
    for one, other, own in ((oleg, IGOR, OLEG), (igor, OLEG, IGOR)):
        seen = "".join(one.reads(path).text for path in (PROFILE, EDIT, ADDRESSES, "/accounts/emails/"))
        assert own.email in seen
        assert find([other.last, other.email, other.phone, other.street], seen.encode()) == []
    stranger = Visitor(shop.url).reads(PROFILE)
    assert "/accounts/login/" in stranger.url
    assert find([*OLEG.values, *IGOR.values], stranger.text.encode()) == []


@pytest.mark.parametrize("multipart", [False, True], ids=["form", "multipart"])
def test_an_email_changes_and_the_letter_about_it_holds_tokens(shop: Shop, *, multipart: bool) -> None:
    who = russian(26 + multipart, "Лев", "Желтопузиков", f"lev{multipart:d}.zheltopuzikov")
    lev = registers(shop, who)
    changed = lev.fills(EDIT, {"email": who.new_email}, multipart=multipart)
    assert changed.url == shop.url + PROFILE
    assert who.new_email in lev.reads(PROFILE).text
    assert who.email not in lev.reads(PROFILE).text
    assert PROFILE in logs_in(shop, who.new_email, PASSWORD)[1].url
    assert "/accounts/login/" in logs_in(shop, who.email, PASSWORD)[1].url
    letters = b"".join(path.read_bytes() for path in shop.letters)
    assert find(who.values, letters + quopri.decodestring(letters)) == []


def test_who_logs_in_with_the_changed_email_sees_her_own_data(shop: Shop) -> None:
    who = russian(28, "Рада", "Звонковская", "rada.zvonkovskaja")
    registers(shop, who).fills(EDIT, {"email": who.new_email})
    rada, page = logs_in(shop, who.new_email, PASSWORD)
    assert PROFILE in page.url
    assert who.last in rada.reads(PROFILE).text


def test_a_postcode_is_the_same_on_every_page(shop: Shop) -> None:
    who = russian(29, "Мила", "Иволгинская", "mila.ivolginskaja")
    mila = registers(shop, who)
    assert POSTCODE in mila.reads(ADDRESSES).text


def test_a_postcode_is_shown_in_the_form_that_changes_it(shop: Shop) -> None:
    mila = registers(shop, russian(30, "Мила", "Крутояровская", "mila.krutojarovskaja"))
    (number,) = set(re.findall(rf"{ADDRESSES}(\d+)/", mila.reads(ADDRESSES).text))
    assert mila.reads(f"{ADDRESSES}{number}/").form_with("postcode")["postcode"] == POSTCODE


def test_a_forgotten_password_is_set_anew_by_the_link_of_the_letter(shop: Shop) -> None:
    registers(shop, VERA)
    forgetful, before = Visitor(shop.url), set(shop.letters)
    assert forgetful.fills("/password-reset/", {"email": VERA.email}).url.endswith("/password-reset/done/")
    (letter,) = set(shop.letters) - before
    text = letter.read_text()
    assert re.search(r"^To: \S+@id\.example$", text, re.MULTILINE)
    assert find(VERA.values, text.encode()) == []

    form = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert forgetful.fills(links(text)[0], form).url.endswith("/password-reset/complete/")
    assert "/accounts/login/" in logs_in(shop, VERA.email, PASSWORD)[1].url
    vera, page = logs_in(shop, VERA.email, NEW_PASSWORD)
    assert PROFILE in page.url
    assert VERA.last in vera.reads(PROFILE).text


def test_a_wrong_login_shows_what_was_typed_and_leaves_nothing(shop: Shop) -> None:
    registers(shop, ZOYA)
    _, page = logs_in(shop, ZOYA.email, "wrong-leaf")
    assert page.status == 200, page.text
    assert page.form_with("login-username")["login-username"] == ZOYA.email
    _, page = logs_in(shop, "nobody.neizvestnyj@example.org", "wrong-leaf")
    assert page.form_with("login-username")["login-username"] == "nobody.neizvestnyj@example.org"
    assert find([*ZOYA.values, "nobody.neizvestnyj@example.org"], shop.stored()) == []


def test_a_foreigner_who_returns_is_known_and_served_in_plain(shop: Shop) -> None:
    registers(shop, HANS)
    hans, page = logs_in(shop, HANS.email, PASSWORD)
    assert PROFILE in page.url
    assert hans.fills(EDIT, {"email": HANS.new_email}).url == shop.url + PROFILE
    assert HANS.new_email in hans.reads(PROFILE).text
    wanted = [HANS.last, HANS.email, HANS.new_email, HANS.street]
    assert [hit.text for hit in find(wanted, shop.stored())] == wanted
