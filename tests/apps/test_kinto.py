"""Kinto through the gateway: what Russians keep there stays at home, and its own client sees no difference.

Kinto keeps the e-mail of an account as its name, mails nobody, and has no reset of its own: an administrator sets a
new password.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.verify.search import find
from tests.apps.kinto import Person, Shop, opened

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PASSWORD = "oak-leaf-1975"
HANS = {
    "name": "Hans Vogelsang",
    "email": "hans.vogelsang@example.com",
    "phone": "+49 151 00000042",
    "citizenship": "DE",
    "plan": "gold",
}


def russian(number: int, name: str, login: str) -> dict[str, str]:
    return {
        "name": name,
        "email": f"{login}@example.org",
        "phone": f"+7 900 000-{number:02}-17",
        "birth_date": f"1987-03-{number:02}",
        "citizenship": "RU",
        "plan": "gold",
    }


ANNA = russian(11, "Анна Брызгалавцева", "anna.bryzgalavceva")
OLEG = russian(12, "Олег Вестникотамуров", "oleg.vestnikotamurov")
VERA = russian(13, "Вера Громобоевская", "vera.gromoboevskaja")
IGOR = russian(14, "Игорь Дальнозоркин", "igor.dalnozorkin")
ZOYA = russian(15, "Зоя Ершистова", "zoya.ershistova")
LEV = russian(16, "Лев Желтопузиков", "lev.zheltopuzikov")
NEW = {name: f"{name}.novaja-pochta@example.org" for name in ("merged", "patched", "batched")}
NOWHERE_ABROAD = [
    *(one[name] for one in (ANNA, OLEG, VERA, IGOR, ZOYA, LEV) for name in ("name", "email", "phone", "birth_date")),
    *(word for one in (ANNA, OLEG, VERA, IGOR, ZOYA, LEV) for word in one["name"].split()[1:]),
    *NEW.values(),
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with opened(tmp_path_factory.mktemp("kinto")) as place:
        yield place


def arrives(shop: Shop, who: Mapping[str, str]) -> Person:
    """Somebody who registers an account and the record of the same name."""
    person = shop.person(who["email"], PASSWORD)
    assert person.registers(who["citizenship"])["data"]["id"] == who["email"]
    person.does("create_record", id=record_of(who), data=dict(who))
    return person


def record_of(who: Mapping[str, str]) -> str:
    return f"r{who['phone'][-5:]}".replace(" ", "")


def told(record: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody has put there, without what Kinto adds."""
    return {name: value for name, value in record["data"].items() if name not in {"id", "last_modified"}}


def as_kinto_has_it(shop: Shop, who: Mapping[str, str]) -> dict[str, Any]:
    return told(shop.administrator.does("get_record", id=record_of(who)))


def test_a_russian_sees_the_originals_and_kinto_has_tokens(shop: Shop) -> None:
    anna = arrives(shop, ANNA)
    assert told(anna.does("get_record", id=record_of(ANNA))) == ANNA
    assert [told({"data": one}) for one in anna.does("get_records", email=ANNA["email"])] == [ANNA]

    kept = as_kinto_has_it(shop, ANNA)
    assert {name for name in ANNA if kept[name] == ANNA[name]} == {"citizenship", "plan"}

    oleg = arrives(shop, OLEG)
    assert told(oleg.does("get_record", id=record_of(OLEG))) == OLEG
    assert told(oleg.does("get_record", id=record_of(ANNA))) == kept
    assert told(anna.does("get_record", id=record_of(OLEG))) == as_kinto_has_it(shop, OLEG)
    both = {one["name"] for one in anna.does("get_records")}
    assert ANNA["name"] in both
    assert OLEG["name"] not in both


def test_a_wrong_password_is_refused_and_a_new_one_of_the_administrator_opens(shop: Shop) -> None:
    vera = arrives(shop, VERA)
    assert shop.person(VERA["email"], "wrong").tries("get_record", id=record_of(VERA))["status"] == 401

    name = as_kinto_has_it(shop, VERA)["email"]
    assert shop.administrator.changes_password(name, "new-leaf-1976")["data"]["id"] == name
    assert vera.tries("get_record", id=record_of(VERA))["status"] == 401
    assert told(shop.person(VERA["email"], "new-leaf-1976").does("get_record", id=record_of(VERA))) == VERA


def test_a_russian_changes_her_password_herself(shop: Shop) -> None:
    zoya = arrives(shop, ZOYA)
    assert zoya.changes_password(ZOYA["email"], "new-leaf-1976")["data"]["id"] == ZOYA["email"]
    assert told(shop.person(ZOYA["email"], "new-leaf-1976").does("get_record", id=record_of(ZOYA))) == ZOYA


def test_an_email_changes_by_either_kind_of_patch_and_is_searched_by(shop: Shop) -> None:
    igor, record = arrives(shop, IGOR), record_of(IGOR)
    merged = igor.does("patch_record", id=record, patch="merge", changes={"email": NEW["merged"]})
    assert told(merged) == {**IGOR, "email": NEW["merged"]}
    assert [one["email"] for one in igor.does("get_records", email=NEW["merged"])] == [NEW["merged"]]
    assert igor.does("get_records", email=IGOR["email"]) == []

    operations = [
        {"op": "test", "path": "/data/email", "value": NEW["merged"]},
        {"op": "replace", "path": "/data/email", "value": NEW["patched"]},
    ]
    assert told(igor.does("patch_record", id=record, patch="json", changes=operations))["email"] == NEW["patched"]
    assert told(igor.does("get_record", id=record)) == {**IGOR, "email": NEW["patched"]}
    assert as_kinto_has_it(shop, IGOR)["email"].endswith("@id.example")


def test_who_changes_an_older_version_is_told(shop: Shop) -> None:
    lev, record = arrives(shop, LEV), record_of(LEV)
    older = lev.does("get_record", id=record)["data"]["last_modified"]
    newer = lev.does("patch_record", id=record, patch="merge", changes={"plan": "silver"}, if_match=older)
    assert lev.tries("patch_record", id=record, patch="merge", changes={"plan": "tin"}, if_match=older)["status"] == 412
    assert newer["data"]["last_modified"] > older
    assert lev.does("get_record", id=record)["data"]["plan"] == "silver"

    results = lev.together(
        ("create_record", {"id": "second", "data": {**LEV, "email": NEW["batched"]}}),
        ("patch_record", {"id": record, "data": {"plan": "gold"}}),
    )
    assert [one["data"]["email"] for one in results] == [NEW["batched"], LEV["email"]]
    assert shop.administrator.does("get_record", id="second")["data"]["email"].endswith("@id.example")


def test_a_foreigner_and_who_returns_is_served_in_plain(shop: Shop) -> None:
    hans = arrives(shop, HANS)
    assert as_kinto_has_it(shop, HANS) == HANS
    again = shop.person(HANS["email"], PASSWORD)
    assert told(again.does("get_record", id=record_of(HANS))) == HANS
    changed = again.does("patch_record", id=record_of(HANS), patch="merge", changes={"phone": "+49 151 00000043"})
    assert told(changed) == as_kinto_has_it(shop, HANS) == {**HANS, "phone": "+49 151 00000043"}
    assert hans.does("get_records", email=HANS["email"]) == again.does("get_records", email=HANS["email"])


async def test_what_kinto_keeps_holds_no_russian(tmp_path: Path) -> None:
    with opened(tmp_path) as shop:
        for who in (ANNA, OLEG, HANS):
            person, record = arrives(shop, who), record_of(who)
            person.does("patch_record", id=record, patch="merge", changes={"about": f"Звоните: {who['phone']}"})
        igor = arrives(shop, IGOR)
        igor.does("patch_record", id=record_of(IGOR), patch="merge", changes={"email": NEW["merged"]})
        igor.together(("patch_record", {"id": record_of(IGOR), "data": {"email": NEW["batched"]}}))
        kept = await shop.stored()
    assert [hit.text for hit in find([HANS["name"], HANS["email"]], kept)] == [HANS["name"], HANS["email"]]
    assert find(NOWHERE_ABROAD, kept) == []
    assert find([*NOWHERE_ABROAD, PASSWORD], shop.gate.log.read_bytes()) == []
