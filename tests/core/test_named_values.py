"""Fields told as pairs: the name in one leaf, the value in another. «Хнг» is a surname that no dictionary has."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gateway.core.classify import classify
from gateway.core.codec.request import decode_request
from gateway.core.detect.words import ideas_of
from gateway.core.named_values import fits
from gateway.model.document import Document
from gateway.model.limits import Limits
from gateway.model.message import Request
from gateway.model.names import Kind
from gateway.model.rules import Learned, Ruleset
from tests.made import ruleset

RULES = ruleset()
XML_RPC = (
    "<methodCall><methodName>crm.add</methodName><params><param><value><struct>{}</struct></value></param></params>"
    "</methodCall>"
)


def document(body: object, kind: str) -> Document:
    raw = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return decode_request(Request("POST", "/", (("Content-Type", kind),), raw.encode()), Limits())


def found(
    body: object, kind: str = "application/json", rules: Ruleset = RULES, learned: tuple[Learned, ...] = ()
) -> list[str]:
    """``text: kind`` of every finding."""
    read = document(body, kind)
    return [f"{read.leaves[one.leaf].text}: {one.kind}" for one in classify(read, rules, learned)]


@pytest.mark.parametrize(
    "body",
    [
        {"id": "last_name", "value": "Хнг"},
        [{"name": "last_name", "value": "Хнг"}],
        {"properties": [{"property": "lastname", "value": "Хнг"}]},
        {"custom_fields_values": [{"field_code": "LAST_NAME", "values": [{"value": "Хнг", "enum_code": "WORK"}]}]},
        {"custom_fields_values": [{"field_id": 7, "field_name": "Фамилия", "values": [{"value": "Хнг"}]}]},
        {"answers": [{"field": {"ref": "last_name", "type": "short_text"}, "type": "text", "text": "Хнг"}]},
        {"question": {"title": "Фамилия"}, "answer": "Хнг"},
        {"label": "Фамилия", "value": "Хнг"},
        {"label": "Введите ваша фамилия *", "value": "Хнг"},
        {"поле": "Фамилия", "значение": "Хнг"},
        {"key": "last_name", "value": {"string_value": "Хнг"}},
        {"attribute_code": "lastname", "value": "Хнг"},
        {"linkId": "last_name", "text": "Фамилия", "answer": [{"valueString": "Хнг"}]},
        [{"op": "replace", "path": "/users/0/last_name", "value": "Хнг"}],
        {"name": "UF_CRM_LASTNAME", "value": "Хнг"},
        {"type": "email", "name": "last_name", "value": "Хнг"},
        [{"name": "price", "value": "5"}, {"name": "last_name", "value": "Хнг"}],
    ],
)
def test_a_value_is_what_the_name_beside_it_says(body: object) -> None:
    assert found(body) == ["Хнг: person.last"]


@pytest.mark.parametrize(
    "body",
    [
        "fields%5B0%5D%5Bname%5D=last_name&fields%5B0%5D%5Bvalue%5D=%D0%A5%D0%BD%D0%B3",
        "f.0.name=last_name&f.0.value=%D0%A5%D0%BD%D0%B3",
        "name1=last_name&value1=%D0%A5%D0%BD%D0%B3&name2=qty&value2=5",
    ],
)
def test_names_of_form_fields_are_paths(body: str) -> None:
    assert found(body, "application/x-www-form-urlencoded") == ["Хнг: person.last"]


@pytest.mark.parametrize(
    "body",
    [
        '<fields><field name="last_name">Хнг</field><field name="qty">5</field></fields>',
        '<a><Attribute Name="lastname"><AttributeValue>Хнг</AttributeValue></Attribute></a>',
        '<form><input name="last_name" value="Хнг"/></form>',
    ],
)
def test_attributes_of_xml_name_fields(body: str) -> None:
    assert found(body, "application/xml") == ["Хнг: person.last"]


def test_the_rows_of_a_table_are_pairs() -> None:
    assert found("name,value\nlast_name,Хнг\nqty,5\n", "text/csv") == ["Хнг: person.last"]


def test_xml_rpc_names_its_members() -> None:
    members = "".join(
        f"<member><name>{name}</name><value>{value}</value></member>"
        for name, value in {"last_name": "<string>Хнг</string>", "email": "", "code": "Чай", "x9": "1"}.items()
    )
    assert found(XML_RPC.format(members), "text/xml") == ["Хнг: person.last"]


def test_a_name_of_xml_rpc_is_a_persons_by_its_neighbours_only() -> None:
    member = "<member><name>name</name><value>Чай</value></member>"
    assert found(XML_RPC.format(f"{member}<member><name>qty</name><value>5</value></member>"), "text/xml") == []


def test_a_member_of_xml_rpc_that_is_alone_is_none_of_a_group() -> None:
    body = XML_RPC.format("<member><name>last_name</name><value><string>Хнг</string></value></member>")
    assert found(body, "text/xml") == ["Хнг: person.last"]


def test_members_of_a_group_have_names_of_their_own() -> None:
    body = {"members": [{"name": "Хнг", "value": 5}, {"name": "email", "value": ""}]}
    assert found(body) == ["Хнг: person.name"]


def test_neighbours_of_a_list_settle_a_weak_name() -> None:
    assert found([{"name": "name", "value": "Хнг"}, {"name": "email", "value": "a@b.ru"}]) == [
        "Хнг: person.name",
        "a@b.ru: email",
    ]
    assert found([{"name": "name", "value": "Хнг"}, {"name": "price", "value": "5"}]) == []


def test_the_list_is_named_as_well() -> None:
    assert found({"passport": [{"name": "number", "value": "12"}]}) == ["12: ru.passport"]


def test_a_weak_name_asks_for_a_value_that_looks_like_it() -> None:
    assert found({"type": "mobile", "value": "+7 900 000-00-01"}) == ["+7 900 000-00-01: phone"]
    assert found({"type": "mobile", "value": "app"}) == []


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Email", "type": "button", "value": "Send"},
        {"name": "Email", "value": "Send"},
        {"name": "first_name", "type": "submit", "value": "Далее"},
        {"id": "order", "value": 5},
        {"name": "price", "value": "10"},
        {"name": "phone", "value": "да"},
        {"title": "Смена пароля", "text": "Добрый день"},
        {"title": "Изменение фамилии", "text": "Добрый день"},
        {"name": "last_name", "description": "shown in the list"},
        {"name": "last_name", "value": None},
        {"name": "last_name", "value": True},
        {"name": "Синий чай", "value": "Хнг"},
        {"name": "---", "value": "Хнг"},
        {"name": "lastname 1234 5678", "value": "Хнг"},
        {"name": "lastname" * 10, "value": "Хнг"},
        {"name": "last_name", "text": "a very long text about what stands in a field of this name and why it does so"},
        ["name", "value"],
        {"title": "Адрес", "text": "Мы переехали на новый склад"},
        {"title": "Пароль", "text": "Пароль должен быть длиннее восьми знаков"},
        {"translations": [{"key": "last_name", "value": "Фамилия"}, {"key": "city", "value": "Город"}]},
        {"options": [{"label": "Адрес", "value": "address"}]},
        {"sort": {"field": "last_name", "value": "asc"}},
        {"errors": [{"field": "last_name", "text": "Не может быть пустым"}]},
        {"metrics": [{"name": "phones", "value": 3}]},
    ],
)
def test_what_is_nobodys_stays_nobodys(body: object) -> None:
    assert found(body) == []


def test_a_password_may_be_the_word_for_it() -> None:
    assert found({"name": "password", "value": "password"}) == ["password: credential.password"]


def test_a_surname_may_be_a_word_of_names() -> None:
    assert found({"name": "last_name", "values": ["Last", "Card"]}) == ["Last: person.last", "Card: person.last"]
    assert found({"name": "last_name", "text": "Ваш паспорт", "values": ["Last"]}) == ["Last: person.last"]
    assert found({"linkId": "last_name", "text": "Паспорт", "answer": "Хнг"}) == ["Хнг: person.last"]


def test_a_long_value_is_none_of_the_names() -> None:
    assert found({"label": "Комната", "value": "Хнг " * 30}, rules=ruleset(fields={"Комната": Kind("user_id")})) == [
        "Хнг " * 30 + ": user_id"
    ]


def test_what_a_name_says_beyond_doubt_stays() -> None:
    assert found({"phone": {"type": "last_name", "value": "Хнг"}}) == ["Хнг: phone"]


def test_a_rule_says_what_the_name_is() -> None:
    rules = ruleset(fields={"room_no": Kind("user_id")})
    assert found({"name": "room_no", "value": "Хнг"}, rules=rules) == ["Хнг: user_id"]


def test_a_rule_on_the_leaf_that_names_wins() -> None:
    rules = ruleset(fields={"label": Kind("person.name")})
    assert found({"label": "Фамилия", "value": "Хнг"}, rules=rules) == ["Фамилия: person.name", "Хнг: person.last"]


def test_a_rule_on_the_value_wins() -> None:
    rules = ruleset(fields={"value": Kind("user_id")})
    assert found({"label": "Фамилия", "value": "Хнг"}, rules=rules) == ["Хнг: user_id"]


def test_learned_verdicts_win() -> None:
    learned = tuple(Learned(("body", name), Kind("user_id")) for name in ("label", "value"))
    assert found({"label": "Фамилия", "value": "Хнг"}, learned=learned) == ["Фамилия: user_id", "Хнг: user_id"]
    none = replace(learned[1], kind=None)
    assert found({"label": "Фамилия", "value": "Хнг"}, learned=(none,)) == ["Хнг: person.last"]


def test_a_text_that_is_no_name_is_not_remembered() -> None:
    found({"name": "warm up", "value": "Хнг"})
    before = ideas_of.cache_info().currsize
    assert found([{"name": f"Щубрика {letter}ых", "text": "warm"} for letter in "абвгд"]) == []
    assert ideas_of.cache_info().currsize <= before + len("name text".split())


@pytest.mark.parametrize(
    ("kind", "text", "can_be"),
    [
        ("email", "a@b", True),
        ("email", "d41d8cd98f00b204e9800998ecf8427e", True),
        ("email", "Send", False),
        ("person.last", "Хнг", True),
        ("person.last", "Хнг 5", False),
        ("person.last", "-", False),
        ("person.last", "не может быть пустым", False),
        ("person.last", "да Силва душ Сантуш", True),
        ("phone", "12", False),
        ("phone", "12345", True),
        ("address", "Россия Московская область Химки", True),
        ("address.city", "город за старой мельницей", False),
        ("address", "дом за старой мельницей", False),
        ("address", "дом за старой мельницей, 5", True),
        ("credential.password", "длиннее 8 знаков нужен", False),
        ("credential.password", "hunter 2", True),
        ("person.name", "один два три четыре пять шесть семь восемь", False),
        ("ru.passport", "12", True),
        ("ru.passport", "нет", False),
        ("ru.passport", "5 " * 40, False),
        ("ru.passport_issuer", "ОВД Хамовники", True),
        ("address", "Мира", True),
        ("address", "Мира " * 60, False),
    ],
)
def test_what_can_be_a_value_of_a_kind(kind: str, text: str, can_be: bool) -> None:
    assert fits(Kind(kind), text) is can_be
