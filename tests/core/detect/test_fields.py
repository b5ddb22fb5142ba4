from __future__ import annotations

import pytest

from gateway.core.detect.catalog import DETECTORS
from gateway.core.detect.fields import classify_field, context_words, field_verdict, field_verdicts
from gateway.core.detect.grammar import PEOPLE, STRONG, WEAK
from gateway.core.detect.kinds import KINDS
from gateway.core.detect.lexicon import EXACT
from gateway.core.keys import field_names


def kind(name: str, *parents: str) -> str | None:
    """The kind a name says, with a question mark if the verdict is weak."""
    verdict = field_verdict(parents, name)
    return None if verdict is None else verdict.kind + ("" if verdict.strong else "?")


def kinds(*names: str, under: tuple[str, ...] = ()) -> dict[str, str]:
    verdicts = field_verdicts(under, names)
    return {name: verdict.kind + ("" if verdict.strong else "?") for name, verdict in verdicts.items()}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        # What systems call their fields: SAP, ESIA, Bitrix24, 1C, the tax service, Firebase, Stripe, Salesforce.
        ("VORNA", "person.first"), ("NACHN", "person.last"), ("STRAS", "address.street"), ("ORT01", "address.city"),
        ("PSTLZ", "postcode"), ("TELF1", "phone"), ("SMTP_ADDR", "email"), ("GBDAT", "birth_date"),
        ("STCD1", "ru.inn_person"), ("BANKN", "bank.account"), ("PERNR", "user_id"),
        ("frgnPass", "ru.passport_foreign"),
        ("brthCert", "ru.birth_certificate"), ("RQ_IDENT_DOC_NUM", "ru.passport"),
        ("RQ_IDENT_DOC_SER", "ru.passport_series"), ("RQ_IDENT_DOC_ISSUED_BY", "ru.passport_issuer"),
        ("RQ_IDENT_DOC_DATE", "document.date"), ("СтраховойНомерПФР", "ru.snils"), ("ИННФЛ", "ru.inn_person"),
        ("app_instance_id", "device_id"), ("android_id", "device_id"), ("push_token", "device_id"),
        ("exp_month", "card.expiry"), ("screenName", "login"), ("emp_no", "user_id"), ("children_names", "person.name"),
        ("billing_name", "person.name"), ("рег. знак", "vehicle.plate"), ("piradi_nomeri", "national_id"),
        ("military_ticket_number", "ru.military_id"), ("социальная карта", "national_id"),
        ("сексуальная ориентация", "special.intimate_life"), ("nationalnost", "special.ethnicity"),
        ("вконтакте", "messenger"), ("bearer", "credential.bearer"), ("jwt", "credential.bearer"),
        ("db_password", "credential.password"), ("smtp_root_passwd", "credential.password"),
        ("recovery_code", "credential.otp"),
        ("PersonalAcc", "bank.account"), ("CorrespAcc", "bank.account"), ("addressee", "person.name?"),
        ("ФИОзаемщика", "person.name"), ("ИННплательщика", "ru.inn_person"), ("nomer_polisa", "ru.oms"),
        ("nomer_doma", "address.house"), ("nomer_avto", "vehicle.plate"), ("policy_holder", "person.name"),
        ("backup_codes", "credential.otp"), ("card_last4", "card.pan"), ("face_encodings", "biometric"),
        # What is more than its best-known part: the rest must not silence it.
        ("ADDRESS_POSTAL_CODE", "postcode"), ("last_login_ip", "ip"), ("phone_country", "country"),
        # Weak names: the value has to bear them out.
        ("insurance_number", "ru.snils?"), ("em", "hashed_contact?"), ("expiry_date", "card.expiry?"),
        ("shipping_name", "person.name?"),
    ],
)  # fmt: skip
def test_what_systems_call_their_fields(name: str, says: str) -> None:
    assert kind(name) == says


@pytest.mark.parametrize(
    "name",
    [
        "NumberOfEmployees", "number_of_children", "parent_id", "PARENT_UUID", "cell_value", "cell_reference",
        "tenant_id", "password_policy", "password_strength", "unsubscribed_from_emails",
        "faith_points", "orientation", "screen_orientation", "phone_orientation", "password_db_host_url", "document_id",
    ],
)  # fmt: skip
def test_what_only_sounds_personal_is_nobody(name: str) -> None:
    assert kind(name) is None


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("email", "email"), ("userEmail", "email"), ("e-mail", "email"), ("адрес электронной почты", "email"),
        ("эл. почта", "email"), ("pochta", "email"), ("email_hash", "email"), ("e-mail контактного лица", "email"),
        ("phone", "phone"), ("tel_mob", "phone"), ("номер телефона", "phone"), ("kontaktnyy_telefon", "phone"),
        ("телефоны", "phone"), ("mobile_phone_number", "phone"), ("contactNumber", "phone"),
        ("firstName", "person.first"), ("имя", "person.first"), ("imya", "person.first"),
        ("surname", "person.last"), ("familiya", "person.last"), ("Фамилия", "person.last"),
        ("otchestvo", "person.middle"), ("middle_name", "person.middle"), ("patronymic", "person.middle"),
        ("fio", "person.name"), ("ФИО", "person.name"), ("ф.и.о. директора", "person.name"),
        ("full_name", "person.name"), ("client_name", "person.name"), ("name_of_customer", "person.name"),
        ("cardHolderName", "person.name"), ("контактное лицо", "person.name"),
        ("username", "login"), ("имя пользователя", "login"), ("user_name", "login"), ("логин", "login"),
        ("telegram", "messenger"), ("vk_id", "messenger"), ("user_id", "user_id"), ("customerId", "user_id"),
        ("distinct_id", "user_id"), ("anonymousId", "user_id"), ("device_id", "device_id"), ("idfa", "device_id"),
        ("imei", "device_id"), ("mac_address", "mac"), ("birth_date", "birth_date"), ("дата рождения", "birth_date"),
        ("data_rozhdeniya", "birth_date"), ("dob", "birth_date"), ("место рождения", "birth_place"), ("age", "age"),
        ("address", "address"), ("адрес проживания", "address"), ("adres", "address"), ("address_line_1", "address"),
        ("юридический адрес", "organisation.address"), ("city", "address.city"), ("gorod", "address.city"),
        ("ulitsa", "address.street"), ("house_number", "address.house"), ("zipcode", "postcode"),
        ("почтовый индекс", "postcode"), ("latitude", "geo.point"), ("широта", "geo.point"),
        ("passport", "ru.passport"), ("pasport_nomer", "ru.passport"), ("паспорт_серия", "ru.passport_series"),
        ("seriya_pasporta", "ru.passport_series"), ("кем выдан паспорт", "ru.passport_issuer"),
        ("код подразделения", "ru.passport_issuer_code"), ("загранпаспорт", "ru.passport_foreign"),
        ("snils", "ru.snils"), ("инн", "ru.inn_person"), ("ogrn", "ru.ogrn"), ("КПП", "ru.kpp"), ("бик", "bank.bik"),
        ("полис ОМС", "ru.oms"), ("водительское удостоверение", "ru.driver_licence"),
        ("driverLicense", "ru.driver_licence"),
        ("ssn", "us.ssn"), ("iin", "kz.iin"), ("national_id", "national_id"), ("vin", "vehicle.vin"),
        ("license_plate", "vehicle.plate"), ("гос номер", "vehicle.plate"), ("citizenship", "citizenship"),
        ("country", "country"), ("пол", "sex"), ("lang", "language"), ("currency_code", "currency"),
        ("вероисповедание", "special.religion"), ("диагноз", "special.health"), ("национальность", "special.ethnicity"),
        ("card_number", "card.pan"), ("pan", "card.pan"), ("cvv2", "card.cvv"), ("card_expiry", "card.expiry"),
        ("расчетный счет", "bank.account"), ("account_number", "bank.account"), ("iban", "iban"),
        ("password", "credential.password"), ("пароль", "credential.password"), ("access_token", "credential.bearer"),
        ("login-password", "credential.password"), ("loginPwd", "credential.password"),
        ("api_key", "credential.api_key"), ("otp", "credential.otp"), ("код подтверждения", "credential.otp"),
        ("ip", "ip"), ("remote_addr", "ip"), ("user_agent", "user_agent"), ("session_id", "cookie_id"),
        ("referrer", "referer"), ("company", "organisation.name"), ("наименование организации", "organisation.name"),
        ("user.email", "email"), ("user[address][city]", "address.city"), ("user.name", "person.name"),
        ("name", "person.name?"), ("mobile", "phone?"), ("token", "credential.bearer?"), ("dr", "birth_date?"),
        ("lat", "geo.point?"), ("state", "address.region?"),
    ],
)  # fmt: skip
def test_a_name_says_what_its_value_is(name: str, says: str) -> None:
    assert kind(name) == says


@pytest.mark.parametrize(
    "name",
    [
        "file_name", "hostname", "event_name", "product_name", "iata", "mime", "phone_type", "has_email",
        "login_submit",
        "email_verified", "name_length", "message", "title", "status", "order_id", "city_id", "passport_status",
        "max_tokens", "description",
        "тип телефона", "количество адресов", "наименование товара", "created_at", "updated_by", "url", "path", "id",
        "number", "code", "date", "foo", "", "email_template", "address_book", "card_type", "x" * 70,
        "адрес сайта", "birth_rate", "age_limit",
    ],
)  # fmt: skip
def test_a_name_may_say_nothing(name: str) -> None:
    assert kind(name) in {None, "address"} if name == "address_book" else kind(name) is None


@pytest.mark.parametrize(
    ("parent", "name", "says"),
    [
        ("passport", "number", "ru.passport"),
        ("passport", "series", "ru.passport_series"),
        ("passport", "issued_by", "ru.passport_issuer"),
        ("passport", "date", "document.date"),
        ("user", "name", "person.name"),
        ("users", "name", "person.name"),
        ("customer", "id", "user_id"),
        ("name", "first", "person.first"),
        ("phone", "number", "phone"),
        ("phones", "value", "phone"),
        ("email", "work", "email"),
        ("card", "number", "card.pan"),
        ("card", "expiry", "card.expiry"),
        ("card", "holder", "person.name"),
        ("birth", "date", "birth_date"),
        ("geo", "lat", "geo.point"),
        ("address", "line1", "address"),
        ("company", "name", "organisation.name"),
        ("company", "address", "organisation.address"),
        ("company", "phone", "phone"),
        ("company", "email", "email"),
        ("organization", "fio", "person.name"),
    ],
)
def test_a_parent_helps(parent: str, name: str, says: str) -> None:
    assert kind(name, parent) == says


@pytest.mark.parametrize(
    ("parent", "name"),
    [
        ("product", "name"),
        ("event", "name"),
        ("phone", "name"),
        ("email", "type"),
        ("phone", "foo"),
        ("phone_types", "name"),
    ],
)
def test_a_parent_may_say_that_it_is_nothing(parent: str, name: str) -> None:
    assert kind(name, parent) in {None, "person.name?"} if parent == "phone" else kind(name, parent) is None


def test_a_mere_box_is_looked_through() -> None:
    assert kind("name", "user", "data", "attributes") == "person.name"


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (("name", "email"), {"name": "person.name", "email": "email"}),
        (("name", "price", "sku"), {"name": "person.name?"}),
        (("name", "inn", "kpp"), {"name": "organisation.name", "inn": "ru.inn_person", "kpp": "ru.kpp"}),
        (("name", "inn"), {"name": "organisation.name", "inn": "ru.inn_person"}),
        (("name", "inn", "snils"), {"name": "person.name", "inn": "ru.inn_person", "snils": "ru.snils"}),
        (("lat", "lon"), {"lat": "geo.point", "lon": "geo.point"}),
        (("lat",), {}),
        (("first", "last"), {"first": "person.first", "last": "person.last"}),
        (("first",), {"first": "person.first?"}),
        (("city", "state", "building", "index"), {"city": "address.city", "state": "address.region",
                                                  "building": "address.house", "index": "postcode"}),
        (("state", "index", "building"), {}),
        (("series", "number"), {"series": "ru.passport_series", "number": "ru.passport"}),
        (("series",), {"series": "ru.passport_series"}),
        (("number",), {}),
        (("passport", "issue_date", "issued_by"), {"passport": "ru.passport", "issue_date": "document.date",
                                                   "issued_by": "ru.passport_issuer"}),
        (("issue_date",), {}),
        (("number", "cvv", "expiry"), {"number": "card.pan", "cvv": "card.cvv", "expiry": "card.expiry"}),
        (("expiry",), {"expiry": "card.expiry?"}),
        (("holder", "cvv"), {"holder": "person.name", "cvv": "card.cvv"}),
        (("author",), {"author": "person.name?"}),
        (("photo", "email"), {"photo": "biometric", "email": "email"}),
        (("photo", "price"), {}),
    ],
)  # fmt: skip
def test_neighbours_help(names: tuple[str, ...], says: dict[str, str]) -> None:
    assert kinds(*names) == says


def test_a_large_object_is_judged_name_by_name() -> None:
    names = tuple(f"f{number}" for number in range(70))
    assert kinds("email", "name", *names) == {"email": "email", "name": "person.name?"}


def test_keys_that_are_data_are_no_names() -> None:
    assert field_names(["email", "anna@example.org", "id89000000001", "x" * 65]) == ("email",)


def test_keys_that_are_names_are_kept() -> None:
    assert field_names(["email", "phone2"]) == ("email", "phone2")


def test_context_words_are_those_of_the_place() -> None:
    assert context_words(("data", "passportInfo"), "docNumber") == "passport info doc number"


@pytest.mark.parametrize(
    ("name", "judged"),
    [("email", "EMAIL"), ("город", "ADDRESS"), ("mobile", "PHONE"), ("company", None), ("country", None), ("foo", None),
     ("name", None), ("пароль", "SECRET")],
)  # fmt: skip
def test_outside_judges_get_their_own_words(name: str, judged: str | None) -> None:
    assert classify_field(name) == judged


def test_the_grammar_speaks_of_known_kinds_only() -> None:
    assert (STRONG.kinds | PEOPLE.kinds | WEAK.kinds) <= KINDS.keys()


def test_the_grammar_uses_ideas_of_the_lexicon_only() -> None:
    ideas = {idea for found in EXACT.values() for idea in found}
    used = STRONG.ideas | PEOPLE.ideas | WEAK.ideas
    assert used - ideas == set()


def test_every_kind_can_be_found_somehow() -> None:
    found = {detector.kind for detector in DETECTORS} | STRONG.kinds | PEOPLE.kinds
    by_value_or_header = {"passport", "ru.passport_number", "ru.inn_org", "client_hint", "credential.basic"}
    by_what_is_inside = {"credential.jwt_personal"}
    assert KINDS.keys() - found - by_value_or_header - by_what_is_inside == set()
