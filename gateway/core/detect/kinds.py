"""The built-in catalogue: every kind of personal data the gateway knows, as a table.

``judge`` is the type outside scorers know a kind by; a kind without one (country, language …) is nobody's personal data
by itself. Titles are what reports and ``docs/reference/kinds.md`` print. Operators add kinds of their own in the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from gateway.model.kinds import KindSpec, Normal, Shape
from gateway.model.names import Category, Kind

_Row = tuple[str, Shape, Normal, str, str, str]
"""Name, shape, normal form, judge, English title, Russian title."""

_PERSONAL: tuple[_Row, ...] = (
    ("person.name", "letters", "name", "PERSON", "full name", "фамилия, имя, отчество"),
    ("person.first", "letters", "name", "PERSON", "first name", "имя"),
    ("person.last", "letters", "name", "PERSON", "last name", "фамилия"),
    ("person.middle", "letters", "name", "PERSON", "patronymic or middle name", "отчество"),
    ("person.initials", "letters", "name", "PERSON", "initials", "инициалы"),
    ("email", "email", "email", "EMAIL", "e-mail address", "адрес электронной почты"),
    ("phone", "phone", "phone", "PHONE", "phone number", "номер телефона"),
    ("login", "opaque", "exact", "USERNAME", "login", "логин"),
    ("messenger", "opaque", "exact", "USERNAME", "messenger or social account", "аккаунт в мессенджере"),
    ("user_id", "opaque", "exact", "USERNAME", "user id", "идентификатор пользователя"),
    ("device_id", "opaque", "exact", "DEVICE_ID", "device id", "идентификатор устройства"),
    ("hashed_contact", "opaque", "exact", "HASHED_CONTACT", "hash of an e-mail or phone", "хеш почты или телефона"),
    ("mac", "opaque", "alnum", "MAC", "hardware address", "MAC-адрес"),
    ("birth_date", "stand_in", "exact", "BIRTH_DATE", "birth date", "дата рождения"),
    ("birth_place", "opaque", "exact", "ADDRESS", "birth place", "место рождения"),
    ("age", "stand_in", "exact", "AGE", "age", "возраст"),
    ("address", "opaque", "exact", "ADDRESS", "address", "адрес"),
    ("address.city", "letters", "name", "LOCATION", "city or settlement", "город, населённый пункт"),
    ("address.region", "letters", "name", "LOCATION", "region or district", "регион, район"),
    ("address.street", "opaque", "exact", "ADDRESS", "street", "улица"),
    ("address.house", "stand_in", "exact", "ADDRESS", "house", "дом, корпус, строение"),
    ("address.flat", "stand_in", "exact", "ADDRESS", "flat", "квартира"),
    ("postcode", "stand_in", "alnum", "ADDRESS", "postcode", "почтовый индекс"),
    ("geo.point", "stand_in", "exact", "GEO", "geographic coordinates", "географические координаты"),
    ("ru.passport", "digits", "digits", "PASSPORT", "Russian passport", "паспорт РФ"),
    ("ru.passport_series", "stand_in", "digits", "PASSPORT", "passport series", "серия паспорта"),
    ("ru.passport_number", "stand_in", "digits", "PASSPORT", "passport number alone", "номер паспорта без серии"),
    ("ru.passport_issuer", "opaque", "exact", "PASSPORT", "passport issuer", "кем выдан паспорт"),
    ("ru.passport_issuer_code", "stand_in", "digits", "PASSPORT", "passport issuer code", "код подразделения"),
    ("ru.passport_foreign", "digits", "digits", "PASSPORT", "Russian travel passport", "загранпаспорт РФ"),
    ("passport", "opaque", "alnum", "PASSPORT", "passport of any country", "паспорт иного государства"),
    ("document.date", "stand_in", "exact", "", "date of issue of a document", "дата выдачи документа"),
    ("ru.snils", "digits", "digits", "SNILS", "insurance number SNILS", "СНИЛС"),
    ("ru.inn_person", "digits", "digits", "INN", "taxpayer number of a person", "ИНН физического лица"),
    ("ru.ogrnip", "digits", "digits", "OGRN", "registration of a sole trader", "ОГРНИП"),
    ("ru.oms", "digits", "digits", "OMS", "health insurance policy", "полис ОМС"),
    ("ru.driver_licence", "digits", "alnum", "DRIVER_LICENSE", "driver licence", "водительское удостоверение"),
    ("ru.birth_certificate", "opaque", "alnum", "BIRTH_CERTIFICATE", "birth certificate", "свидетельство о рождении"),
    ("ru.residence_permit", "opaque", "alnum", "RESIDENCE_PERMIT", "residence permit", "вид на жительство"),
    ("ru.military_id", "opaque", "alnum", "MILITARY_ID", "military ID", "военный билет"),
    ("kz.iin", "digits", "digits", "IIN", "Kazakh personal number", "ИИН Казахстана"),
    ("by.personal_number", "opaque", "alnum", "NATIONAL_ID", "Belarusian personal number", "личный номер Беларуси"),
    ("ua.rntrc", "digits", "digits", "INN", "Ukrainian taxpayer number of a person", "РНОКПП Украины"),
    ("uz.pinfl", "digits", "digits", "NATIONAL_ID", "Uzbek personal number", "ПИНФЛ Узбекистана"),
    ("kg.pin", "digits", "digits", "NATIONAL_ID", "Kyrgyz personal number", "ПИН Кыргызстана"),
    ("am.psn", "digits", "digits", "NATIONAL_ID", "Armenian public services number", "НЗОУ Армении"),
    ("az.fin", "opaque", "alnum", "NATIONAL_ID", "Azerbaijani personal code", "ФИН-код Азербайджана"),
    ("ge.personal_number", "digits", "digits", "NATIONAL_ID", "Georgian personal number", "личный номер Грузии"),
    ("md.idnp", "digits", "digits", "NATIONAL_ID", "Moldovan personal number", "IDNP Молдовы"),
    ("us.ssn", "digits", "digits", "US_SSN", "US social security number", "SSN США"),
    (
        "national_id",
        "opaque",
        "alnum",
        "NATIONAL_ID",
        "personal number of another state",
        "личный номер иного государства",
    ),
    ("vehicle.plate", "opaque", "alnum", "VEHICLE_PLATE", "vehicle plate", "государственный номер автомобиля"),
    ("vehicle.vin", "opaque", "alnum", "VIN", "vehicle identification number", "VIN"),
)

_ATTRIBUTE: tuple[_Row, ...] = (
    ("country", "stand_in", "name", "", "country", "страна"),
    ("citizenship", "stand_in", "name", "NATIONALITY", "citizenship", "гражданство"),
    ("language", "stand_in", "exact", "", "language", "язык"),
    ("currency", "stand_in", "exact", "", "currency", "валюта"),
    ("sex", "stand_in", "exact", "", "sex", "пол"),
)

_SPECIAL: tuple[_Row, ...] = (
    ("special.health", "opaque", "exact", "DISEASE", "state of health", "состояние здоровья"),
    ("special.religion", "opaque", "exact", "RELIGION", "religion", "религиозные убеждения"),
    ("special.politics", "opaque", "exact", "IDEOLOGY", "political views", "политические взгляды"),
    ("special.ethnicity", "opaque", "exact", "NATIONALITY", "race or ethnic origin", "раса, национальность"),
    ("special.criminal_record", "opaque", "exact", "CRIMINAL_RECORD", "criminal record", "судимость"),
    ("special.intimate_life", "opaque", "exact", "INTIMATE_LIFE", "intimate life", "интимная жизнь"),
)

_BIOMETRIC: tuple[_Row, ...] = (
    ("biometric", "opaque", "exact", "BIOMETRIC", "biometric template or image", "биометрический образец"),
)

_PAYMENT: tuple[_Row, ...] = (
    ("card.pan", "digits", "digits", "CARD", "card number", "номер банковской карты"),
    ("card.cvv", "stand_in", "digits", "CARD", "card security code", "код безопасности карты"),
    ("card.expiry", "stand_in", "exact", "CARD", "card expiry", "срок действия карты"),
    ("bank.account", "digits", "digits", "BANK_ACCOUNT", "bank account", "банковский счёт"),
    ("iban", "opaque", "alnum", "IBAN", "IBAN", "IBAN"),
    ("crypto.wallet", "opaque", "exact", "CRYPTO", "crypto wallet", "криптокошелёк"),
)

_CREDENTIAL: tuple[_Row, ...] = (
    ("credential.password", "opaque", "exact", "SECRET", "password", "пароль"),
    ("credential.bearer", "opaque", "exact", "SECRET", "access token", "токен доступа"),
    ("credential.basic", "opaque", "exact", "SECRET", "basic credentials", "логин и пароль HTTP"),
    ("credential.jwt_personal", "opaque", "exact", "SECRET", "JWT that tells of a person", "JWT с личными данными"),
    ("credential.api_key", "opaque", "exact", "SECRET", "API key", "ключ API"),
    ("credential.private_key", "opaque", "exact", "SECRET", "private key", "закрытый ключ"),
    ("credential.otp", "stand_in", "exact", "SECRET", "one-time code", "одноразовый код"),
)

_TECHNICAL: tuple[_Row, ...] = (
    ("ip", "opaque", "exact", "IP", "IP address", "IP-адрес"),
    ("user_agent", "opaque", "exact", "", "user agent", "браузер и система"),
    ("client_hint", "opaque", "exact", "", "client hint", "сведения об устройстве"),
    ("cookie_id", "opaque", "exact", "DEVICE_ID", "cookie or session id", "идентификатор cookie, сеанса"),
    ("referer", "opaque", "exact", "", "referring page", "адрес предыдущей страницы"),
)

_ORGANISATION: tuple[_Row, ...] = (
    ("organisation.name", "opaque", "name", "ORGANIZATION", "organisation", "название организации"),
    ("organisation.address", "opaque", "exact", "ADDRESS", "address of an organisation", "адрес организации"),
    ("ru.inn_org", "digits", "digits", "INN", "taxpayer number of an organisation", "ИНН организации"),
    ("ru.ogrn", "digits", "digits", "OGRN", "registration of an organisation", "ОГРН"),
    ("ru.kpp", "digits", "digits", "KPP", "tax registration reason code", "КПП"),
    ("kz.bin", "digits", "digits", "INN", "Kazakh business number", "БИН Казахстана"),
    ("by.unp", "digits", "digits", "INN", "Belarusian taxpayer number", "УНП Беларуси"),
    ("ua.edrpou", "digits", "digits", "INN", "Ukrainian registration of an organisation", "ЕДРПОУ Украины"),
    ("md.idno", "digits", "digits", "INN", "Moldovan registration of an organisation", "IDNO Молдовы"),
    ("bank.bik", "digits", "digits", "BIK", "bank code BIK", "БИК"),
)

_EQUAL = frozenset(
    """email phone login user_id device_id ru.passport ru.passport_foreign passport ru.snils ru.inn_person ru.oms
    ru.driver_licence ru.birth_certificate ru.military_id ru.residence_permit kz.iin by.personal_number ua.rntrc
    uz.pinfl kg.pin am.psn az.fin ge.personal_number md.idnp us.ssn national_id iban""".split()
)
"""What back ends search and join by."""

_CHECKSUM_OF = {
    "ru.snils": "snils",
    "ru.inn_person": "inn12",
    "ru.ogrnip": "ogrnip",
    "ru.oms": "oms",
    "kz.iin": "kz_iin",
    "kz.bin": "kz_iin",
    "by.unp": "by_unp",
    "ua.rntrc": "ua_rntrc",
    "ua.edrpou": "ua_edrpou",
    "uz.pinfl": "uz_pinfl",
    "md.idnp": "md_idnp",
    "md.idno": "md_idnp",
    "card.pan": "luhn",
    "iban": "iban",
    "ru.inn_org": "inn10",
    "ru.ogrn": "ogrn",
}


def _specs(category: Category, rows: Iterable[_Row]) -> Iterable[tuple[Kind, KindSpec]]:
    for name, shape, normal, judge, title_en, title_ru in rows:
        kind = Kind(name)
        yield (
            kind,
            KindSpec(kind, category, shape, normal, name in _EQUAL, _CHECKSUM_OF.get(name), judge, title_en, title_ru),
        )


KINDS: Mapping[Kind, KindSpec] = MappingProxyType(
    {
        **dict(_specs("personal", _PERSONAL)),
        **dict(_specs("attribute", _ATTRIBUTE)),
        **dict(_specs("special", _SPECIAL)),
        **dict(_specs("biometric", _BIOMETRIC)),
        **dict(_specs("payment", _PAYMENT)),
        **dict(_specs("credential", _CREDENTIAL)),
        **dict(_specs("technical", _TECHNICAL)),
        **dict(_specs("organisation", _ORGANISATION)),
    }
)
