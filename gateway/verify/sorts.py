"""The sorts of canaries as a table: what is planted, under which name, in which company.

A value goes where a field name or a sentence tells what it is, as it would in life. A sort without a field for some
place is not planted there, and the report says so: names and addresses, for one, are not looked for in free text yet.
"""

from __future__ import annotations

from gateway.verify import numbers, values, words
from gateway.verify.canaries import Sort

_MAIL_HEADER = ("X-User-Email", "{}")
_PHONE_HEADER = ("X-User-Phone", "{}")
_REFERER = ("Referer", "https://shop.example.ru/me?email={url}")

_IDENTIFIERS = (
    Sort(
        "email", "e-mail", "personal", values.email, "email", values.german_email, header=_MAIL_HEADER,
        text="Пишите мне на {}, пожалуйста", segment="by-email", bare=True, cookie=True, key=True, sought=True,
    ),
    Sort(
        "email", "e-mail (IDN)", "personal", values.email_idn, "contact_email",
        text="Моя почта {}, отвечу вечером", key=True, sought=True,
    ),
    Sort(
        "phone", "phone", "personal", values.phone, "phone", values.german_phone, header=_PHONE_HEADER,
        text="Перезвоните по телефону {} после шести", segment="by-phone", bare=True, cookie=True, key=True,
        number=True, sought=True,
    ),
    Sort("login", "login", "personal", words.mailbox, "login", words.mailbox, cookie=True, sought=True),
    Sort(
        "user_id", "user id", "personal", values.user_id, "user_id", values.user_id,
        header=("X-User-Id", "{}"), cookie=True, sought=True,
    ),
    Sort(
        "device_id", "device id", "personal", values.some_uuid, "device_id", values.some_uuid,
        header=("X-Device-Id", "{}"), cookie=True, sought=True,
    ),
)  # fmt: skip

_ABOUT_A_PERSON = (
    Sort(
        "person.name", "full name", "personal", words.full_name, "fio",
        header=("X-Customer-Name", "{url}"), cookie=True,
    ),
    Sort("person.last", "last name", "personal", words.last_name, "last_name", words.german_last_name, cookie=True),
    Sort("person.first", "first name", "personal", words.first_name, "first_name", words.german_first_name),
    Sort("person.middle", "patronymic", "personal", words.patronymic, "otchestvo"),
    Sort("birth_date", "birth date", "personal", values.birth_date, "birth_date", values.birth_date, weak=True),
    Sort(
        "address", "address", "personal", values.address, "address", values.german_address,
        telling=values.without_place,
    ),
    Sort("geo.point", "geo point", "personal", values.point, "coordinates", telling=values.longitude),
)  # fmt: skip

_DOCUMENTS = (
    Sort(
        "ru.passport", "passport RF", "personal", numbers.passport, "passport",
        text="Мой паспорт {} выдан в Твери", cookie=True, sought=True,
    ),
    Sort("passport", "passport (DE)", "personal", values.foreign_passport, "passport_number", values.foreign_passport),
    Sort(
        "ru.snils", "SNILS", "personal", numbers.snils, "snils", header=("X-Snils", "{}"),
        text="СНИЛС {} уже есть у вас", segment="by-snils", bare=True, cookie=True, key=True, number=True, sought=True,
    ),
    Sort(
        "ru.inn_person", "INN", "personal", numbers.inn_person, "inn",
        text="Мой ИНН {} для договора", segment="by-inn", number=True, sought=True,
    ),
    Sort("ru.ogrnip", "OGRNIP", "personal", numbers.ogrnip, "ogrnip", text="Я предприниматель, ОГРНИП {}", number=True),
    Sort("ru.oms", "OMS policy", "personal", numbers.oms, "oms_policy", text="Полис ОМС {}", number=True, sought=True),
    Sort(
        "ru.driver_licence", "driver licence", "personal", numbers.driver_licence, "driver_license",
        text="Водительское удостоверение {}", sought=True,
    ),
)  # fmt: skip

_PAYMENT = (
    Sort(
        "card.pan", "card", "payment", numbers.card, "card_number", numbers.card,
        text="Оплачивал картой {} вчера", cookie=True, key=True, number=True,
    ),
    Sort("card.pan", "card (MIR)", "payment", numbers.mir, "pan", text="Карта МИР {}", key=True, number=True),
    Sort("card.cvv", "CVV", "payment", numbers.cvv, "cvv", numbers.cvv, weak=True),
    Sort(
        "bank.account", "account", "payment", numbers.account, "bank_account",
        text=f"Счёт {{}} в банке, БИК {numbers.BIK}", number=True,
    ),
    Sort("iban", "IBAN", "payment", numbers.iban, "iban", numbers.iban, text="IBAN {} bei der Sparkasse", sought=True),
)  # fmt: skip

_TECHNICAL = (
    Sort("ip", "IPv4", "technical", values.ipv4, "client_ip", values.ipv4, header=("X-Forwarded-For", "{}")),
    Sort("ip", "IPv6", "technical", values.ipv6, "remote_addr", header=("X-Real-IP", "{}")),
    Sort(
        "user_agent", "user agent", "technical", values.user_agent, "user_agent",
        header=("User-Agent", "{}"), telling=values.after_slash,
    ),
    Sort("cookie_id", "cookie id", "technical", values.cookie_id, "_ga", cookie=True),
    Sort("referer", "mail in Referer", "technical", values.email, "referrer", header=_REFERER),
)  # fmt: skip

_CREDENTIALS = (
    Sort("credential.password", "password", "credential", values.password, "password", values.password),
    Sort(
        "credential.bearer", "bearer token", "credential", values.bearer, "access_token",
        header=("Authorization", "Bearer {}"), cookie=True,
    ),
)  # fmt: skip

_ADDRESSES = (
    Sort("address.city", "town", "personal", values.town, "city", values.german_town),
    Sort("address.region", "region", "personal", values.region, "region_name", telling=values.first_word),
    Sort(
        "address.street", "street", "personal", values.street, "street",
        values.german_address, telling=values.telling_street,
    ),
    Sort("address.house", "house", "personal", values.house, "house", weak=True),
    Sort("address.flat", "flat", "personal", values.house, "flat_number", weak=True),
    Sort("postcode", "postcode", "personal", numbers.six_digits, "postcode", numbers.postcode, weak=True),
    Sort("birth_place", "birth place", "personal", values.birth_place, "birth_place", telling=values.last_word),
)  # fmt: skip

_PAPERS = (
    Sort("ru.passport_series", "passport series", "personal", numbers.passport_series, "passport_series", weak=True),
    Sort("ru.passport_number", "passport number", "personal", numbers.six_digits, "номер паспорта", weak=True),
    Sort(
        "ru.passport_issuer", "passport issuer", "personal", values.issuer, "passport_issued_by",
        telling=values.last_word,
    ),
    Sort("ru.passport_issuer_code", "issuer code", "personal", numbers.issuer_code, "код подразделения", weak=True),
    Sort("ru.passport_foreign", "travel passport", "personal", numbers.travel_passport, "загранпаспорт", sought=True),
    Sort("document.date", "date of issue", "personal", values.birth_date, "passport_issue_date", weak=True),
    Sort("ru.birth_certificate", "birth certificate", "personal", numbers.birth_certificate, "birth_certificate"),
    Sort("ru.military_id", "military ID", "personal", numbers.military_id, "military_id"),
    Sort("kz.iin", "IIN (KZ)", "personal", numbers.kz_iin, "iin", number=True),
    Sort("ru.residence_permit", "stay permit", "personal", numbers.residence_permit, "residence_permit", weak=True),
    Sort("by.personal_number", "personal number (BY)", "personal", numbers.belarusian, "personal_number", weak=True),
    Sort("ua.rntrc", "RNTRC (UA)", "personal", numbers.ten_digits, "rntrc", weak=True),
    Sort("uz.pinfl", "PINFL (UZ)", "personal", numbers.fourteen_digits, "pinfl", weak=True),
    Sort("kg.pin", "PIN (KG)", "personal", numbers.fourteen_digits, "personal_number", weak=True),
    Sort("am.psn", "PSN (AM)", "personal", numbers.ten_digits, "personal_number", weak=True),
    Sort("az.fin", "FIN (AZ)", "personal", numbers.azerbaijani, "personal_number", weak=True),
    Sort("ge.personal_number", "personal number (GE)", "personal", numbers.eleven_digits, "personal_number", weak=True),
    Sort("md.idnp", "IDNP (MD)", "personal", numbers.thirteen_digits, "idnp", weak=True),
    Sort("us.ssn", "SSN (US)", "personal", numbers.ssn, "ssn"),
    Sort(
        "us.driver_licence", "driver license (US)", "personal", numbers.american_licence, "state_driver_license",
        weak=True,
    ),
    Sort("national_id", "national id", "personal", values.national_id, "national_id", values.national_id),
    Sort("vehicle.plate", "vehicle plate", "personal", numbers.plate, "vehicle_plate"),
    Sort("vehicle.certificate", "vehicle certificate", "personal", numbers.vehicle_certificate, "стс", weak=True),
    Sort("vehicle.vin", "VIN", "personal", numbers.vin, "vin", numbers.vin),
)  # fmt: skip

_SPECIAL = (
    Sort("special.health", "diagnosis", "special", values.made_up, "diagnosis", telling=values.first_word),
    Sort("special.religion", "religion", "special", values.made_up, "religion", telling=values.first_word),
    Sort("special.politics", "politics", "special", values.made_up, "politics", telling=values.first_word),
    Sort("special.ethnicity", "ethnicity", "special", values.made_up, "ethnicity", telling=values.first_word),
    Sort("special.criminal_record", "conviction", "special", values.made_up, "судимость", telling=values.first_word),
    Sort(
        "special.intimate_life", "intimate life", "special", values.made_up, "sexual_orientation",
        telling=values.first_word,
    ),
    Sort("biometric", "face template", "biometric", values.template, "biometrics"),
)  # fmt: skip

_OTHERS = (
    Sort("person.initials", "initials", "personal", values.initials, "initials", weak=True),
    Sort("age", "age", "personal", values.age, "age", weak=True),
    Sort("hashed_contact", "hash of a mail", "personal", values.hashed, "email_sha256", weak=True),
    Sort("messenger", "messenger", "personal", values.messenger, "telegram", values.messenger, cookie=True),
    Sort("mac", "MAC address", "personal", values.mac, "mac_address", values.mac),
    Sort("card.expiry", "card expiry", "payment", values.expiry, "card_expiry", weak=True),
    Sort("crypto.wallet", "crypto wallet", "payment", values.wallet, "wallet_address", values.wallet),
    Sort(
        "client_hint", "client hint", "technical", values.model, "",
        header=("Sec-CH-UA-Model", "{}"), telling=values.digits,
    ),
    Sort("credential.basic", "HTTP Basic", "credential", values.basic, "", header=("Authorization", "Basic {}")),
    Sort("credential.jwt_personal", "JWT", "credential", values.jwt, "", header=("Authorization", "Bearer {}")),
    Sort("credential.api_key", "API key", "credential", values.bearer, "api_key", header=("X-Api-Key", "{}")),
    Sort("credential.otp", "one-time code", "credential", numbers.six_digits, "otp_code", weak=True),
    Sort(
        "credential.private_key", "private key", "credential", values.private_key, "private_key",
        telling=values.second_line,
    ),
)  # fmt: skip

SORTS: tuple[Sort, ...] = (
    *_IDENTIFIERS,
    *_ABOUT_A_PERSON,
    *_DOCUMENTS,
    *_PAPERS,
    *_ADDRESSES,
    *_PAYMENT,
    *_SPECIAL,
    *_TECHNICAL,
    *_CREDENTIALS,
    *_OTHERS,
)
