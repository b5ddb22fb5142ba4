"""Documents and numbers that a state gives to people and organisations."""

from __future__ import annotations

from gateway.core.detect import checksums
from gateway.core.detect.detector import Detector, by_digits, digits
from gateway.model.names import Kind

_GAP = r"[ \-=/.]{0,2}"
_NUMBER_OF = r"(?:[ ,.\-/=]{0,2}(?:номер|ном|no|n|№|#)?[ .:№=/\-]{0,3})"
_PASSPORT_NEAR = "пасп|паспрт|пспорт|серия|серии|удостоверя|документ|выдан|личност|pas+port|doc|pasp|seriya|dul"
_NOT_A_PERSON = "заказ|артикул|article|batch|seq|order|sku|invoice|штрих|barcode|ean|isbn|трек|track|накладн|timestamp"
_REGIONS = frozenset(
    """
    01 03 04 05 07 08 10 11 12 14 15 17 18 19 20 22 24 25 26 27 28 29 30 32 33 34 35 36 37 38 40 41 42 43 44 45 46
    47 49 50 52 53 54 56 57 58 60 61 63 64 65 66 67 68 69 70 71 73 74 75 76 77 78 79 80 81 82 83 84 85 86 87 88 89
    90 91 92 93 94 95 96 97 98 99
    """.split()
)


def _plausible_passport(text: str) -> bool:
    """True if series and number can be of a Russian passport: the region's code, the year of the form (97 to 35)."""
    number = digits(text)
    return number[:2] in _REGIONS and (number[2:4] >= "97" or number[2:4] <= "35") and number[4:] != "000000"


def _numbered(text: str) -> bool:
    """True if at least four of its characters are digits: no word."""
    return len(digits(text)) >= 4


def _dated_and_sexed(number: str) -> bool:
    """True if the number starts with a birth date and names a century and sex."""
    return "01" <= number[2:4] <= "12" and "01" <= number[4:6] <= "31" and number[6] in "123456"


def _kazakh_person(number: str) -> bool:
    """True if it has the form of a person's number, and the check digit is right."""
    return _dated_and_sexed(number) and checksums.kz_iin(number)


def _licence(text: str) -> bool:
    """True if it has the length of an American driver licence."""
    return _LICENCE_LEAST <= sum(char.isdigit() for char in text) <= _LICENCE_MOST


def _american(number: str) -> bool:
    return number[:3] not in {"000", "666"} and number[0] != "9" and number[3:5] != "00" and number[5:] != "0000"


_LICENCE_LEAST, _LICENCE_MOST = 5, 14

DETECTORS: tuple[Detector, ...] = (
    Detector(
        name="ru.passport",
        kind=Kind("ru.passport"),
        pattern=rf"\d{{2}}[ \-=/]?\d{{2}}{_NUMBER_OF}\d{{3}}[ \-=/]?\d{{3}}",
        score=0.1,
        confirmed=0.2,
        confirm=_plausible_passport,
        near=_PASSPORT_NEAR,
        unless=_NOT_A_PERSON,
        yes=("паспорт 4509 123456", "паспорт серия 45 09 номер 123456", "4509123456 выдан ОВД", "паспрт 45-09-123456"),
        no=("4509123456", "заказ 4509 123456", "45091234567"),
        source="Government resolution 828 of 08.07.1997 (now 2267 of 23.12.2023): series of 4, number of 6 digits",
    ),
    Detector(
        name="ru.passport.spaced",
        kind=Kind("ru.passport"),
        pattern=r"\d{2} ?\d{2} (?:№ ?)?\d{6}",
        score=0.0,
        confirmed=0.5,
        confirm=_plausible_passport,
        unless=_NOT_A_PERSON,
        yes=("4509 123456", "45 09 123456", "4509 № 123456"),
        no=("4560 123456", "4509 12345", "заказ 4509 123456"),
        source="Government resolution 828 of 08.07.1997; region codes by OKATO",
    ),
    Detector(
        name="passport",
        kind=Kind("passport"),
        pattern=r"[a-zа-я]{1,3} ?(?:№ ?)?\d{6,8}",
        score=0.1,
        near="пасп|passport|pasport",
        yes=("паспорт X1234567", "passport AB 123456", "паспорт AZE 12345678"),
        no=("X1234567", "паспорт 4509 123456"),
        source="ICAO 9303: document numbers of up to nine letters and digits",
    ),
    Detector(
        name="passport.mixed",
        kind=Kind("passport"),
        pattern=r"[a-z][a-z0-9]{8}",
        gate=r"(?:пасп|pas+port|reisepass)",
        score=0.0,
        confirmed=0.1,
        confirm=_numbered,
        near="пасп|pas+port|reisepass",
        yes=("passport no. C01X00T47", "паспорт L01X00T47"),
        no=("C01X00T47", "passport REQUIREDS", "passport A12345678Z"),
        source="ICAO 9303, part 3: nine letters and digits, as German, Dutch and Indian passports have them",
    ),
    Detector(
        name="passport.digits",
        kind=Kind("passport"),
        pattern=r"\d{9}",
        gate=r"(?:пасп|pas+port|reisepass)",
        score=0.04,
        near="паспорт(?! (?:издели|товар|прибор|объект|качеств))|passport|reisepass",
        unless=_NOT_A_PERSON,
        yes=("passport number 123456789", "паспорт 123456789"),
        no=("123456789", "паспорт изделия 123456789", "order 123456789"),
        source="ICAO Doc 9303: up to nine characters; all digits in the USA and the United Kingdom",
    ),
    Detector(
        name="ru.passport_foreign",
        kind=Kind("ru.passport_foreign"),
        pattern=r"\d{2} ?(?:(?:№|n|no\.?) ?)?\d{7}",
        score=0.1,
        near="загран|заграничн|foreign passport|international passport|travel passport|zagran",
        yes=("загранпаспорт 71 1234567", "заграничный паспорт 71№1234567", "загранпаспорт 70 N 1234567"),
        no=("71 1234567", "паспорт 4509 123456"),
        source="Federal law 114-FZ; form of the passport: series of 2, number of 7 digits",
    ),
    Detector(
        name="ru.passport_issuer_code",
        kind=Kind("ru.passport_issuer_code"),
        pattern=r"\d{3}-\d{3}",
        score=0.1,
        near="код подраздел|подраздел|к/п|выдан|issuer code|department code",
        yes=("выдан ОВД, код подразделения 770-001", "к/п 770-001"),
        no=("770-001", "call 555-123-4567"),
        source="MVD order 773 of 16.11.2020: code of the issuing department",
    ),
    Detector(
        name="ru.snils.layout",
        kind=Kind("ru.snils"),
        pattern=r"\d{3}[ \-=/.]\d{3}[ \-=/.]\d{3}[ \-=/.]{1,2}\d{2}",
        score=0.55,
        confirmed=0.95,
        confirm=by_digits(checksums.snils),
        near="снилс|snils|страхов|пенсион|сфр|пфр",
        unless=_NOT_A_PERSON,
        yes=("112-233-445 95", "112 233 445 95", "снилс 112-233-445-00"),
        no=("112-233-445", "112-233-4455 95", "112233445 95 1"),
        source="SFR (PFR) board resolution 192p of 31.07.2006",
    ),
    Detector(
        name="ru.snils",
        kind=Kind("ru.snils"),
        pattern=rf"\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{2}}",
        score=0.1,
        confirmed=0.3,
        confirm=by_digits(checksums.snils),
        near="снилс|снилз|snils|страхов[а-я]{2,3} (?:свидетельств|номер)|пенсионн|пфр|сфр",
        yes=(
            "СНИЛС 11223344595",
            "снилс: 112.233.445.95",
            "snils 11223344500",
            "номер страхового свидетельства 11223344595",
        ),
        no=("11223344595", "инн 112233445"),
        source="SFR (PFR) board resolution 192p of 31.07.2006",
    ),
    Detector(
        name="ru.inn_person",
        kind=Kind("ru.inn_person"),
        pattern=r"\d{2}[ \-=/.]?\d{2}[ \-=/.]?\d{6}[ \-=/.]?\d{2}",
        score=0.1,
        confirmed=0.3,
        confirm=by_digits(checksums.inn12),
        near="инн|налогоплат|inn|taxpayer|tax id|tin|ип",
        unless=_NOT_A_PERSON,
        yes=("ИНН 500100732259", "инн: 500100732250", "ИП Иванов, 500100732259"),
        no=("500100732259", "артикул 500100732259", "5001007322"),
        source="FNS order ED-7-14/559@ of 26.06.2025: 12 digits of a person",
    ),
    Detector(
        name="ru.inn_person.grouped",
        kind=Kind("ru.inn_person"),
        pattern=r"\d{2,4}(?:[ \-]\d{2,6}){2,4}",
        gate="(?:инн|inn|налогоплат)",
        score=0.0,
        confirmed=0.25,
        confirm=lambda text: len(digits(text)) == 12,
        near="инн|налогоплат|inn",
        unless=_NOT_A_PERSON,
        yes=("ИНН 5001 0073 2259", "инн физлица: 500-100-732-250"),
        no=("5001 0073 2259", "инн 7707 083893", "ИНН 7707083893, тел. 900 000 00 01"),
        source="FNS order ED-7-14/559@ of 26.06.2025: 12 digits of a person; own observation of the groups",
    ),
    Detector(
        name="ru.inn_org",
        kind=Kind("ru.inn_org"),
        pattern=r"\d{10}",
        score=0.1,
        confirmed=0.3,
        confirm=checksums.inn10,
        near="инн|налогоплат|inn|taxpayer|tax id|ооо|оао|зао|пао|ао |кпп|организац|компани",
        unless=_NOT_A_PERSON,
        yes=("ИНН 7707083893", 'ООО "Пример", 7707083893', "инн/кпп 7707083893"),
        no=("7707083893", "паспорт 7707083893", "order 7707083893"),
        source="FNS order ED-7-14/559@ of 26.06.2025: 10 digits of an organisation",
    ),
    Detector(
        name="ru.ogrn",
        kind=Kind("ru.ogrn"),
        pattern=r"[15]\d{12}",
        score=0.1,
        confirmed=0.35,
        confirm=checksums.ogrn,
        near="огрн|ogrn|регистрационн|ооо|егрюл",
        yes=("ОГРН 1027700132195", "егрюл 1027700132190"),
        no=("1700000000000", "1027700132195"),
        source="MinFin order 165n of 30.10.2017",
    ),
    Detector(
        name="ru.ogrnip",
        kind=Kind("ru.ogrnip"),
        pattern=r"[34]\d{14}",
        score=0.1,
        confirmed=0.35,
        confirm=checksums.ogrnip,
        near="огрнип|огрн|ogrnip|егрип|ип|предприним",
        yes=("ОГРНИП 304500116000157", "ИП, 304500116000157"),
        no=("304500116000157", "30450011600015"),
        source="MinFin order 165n of 30.10.2017",
    ),
    Detector(
        name="ru.kpp",
        kind=Kind("ru.kpp"),
        pattern=r"\d{4}[\da-z]{2}\d{3}",
        score=0.1,
        near="кпп|kpp",
        yes=("КПП 770701001", "инн/кпп 7707083893/770701001"),
        no=("770701001", "кпп нет"),
        source="FNS order ED-7-14/559@ of 26.06.2025",
    ),
    Detector(
        name="ru.oms",
        kind=Kind("ru.oms"),
        pattern=r"\d{4}[ \-]?\d{4}[ \-]?\d{4}[ \-]?\d{4}",
        score=0.1,
        confirmed=0.3,
        confirm=by_digits(checksums.oms),
        near="омс|полис|енп|oms|enp|policy|медицинск|страхов",
        yes=("полис ОМС 7700000000000000", "ЕНП 7712 3456 7890 1234"),
        no=("7712345678901234", "карта 12345"),
        source="FFOMS order 79 of 07.04.2011: unified policy number of 16 digits",
    ),
    Detector(
        name="ru.oms.grouped",
        kind=Kind("ru.oms"),
        pattern=r"\d{2,6}(?:[ \-]\d{2,10}){1,5}",
        gate="(?:омс|полис|енп|oms|enp)",
        score=0.0,
        confirmed=0.2,
        confirm=lambda text: len(digits(text)) == 16,
        near="омс|полис|енп|oms|enp",
        yes=("медицинский полис 770000 0000000000", "полис 77 0000 0000 000000"),
        no=("770000 0000000000", "полис 770000 000000"),
        source="FFOMS order 79 of 07.04.2011: 16 digits; older forms print series and number apart",
    ),
    Detector(
        name="ru.driver_licence",
        kind=Kind("ru.driver_licence"),
        pattern=r"\d{2} ?(?:\d{2}|[а-яa-z]{2}) ?(?:№ ?)?\d{6}",
        score=0.2,
        near="водит|вод\\. ?уд|вод уд|права|в/у|ву |прав |driver|driving|licen[cs]e|voditel",
        unless="паспорт",
        yes=("водительское удостоверение 77 12 123456", "в/у 77АВ123456", "driver license 9912 345678"),
        no=("77 12 1234", "77АВ123456"),
        source="MVD order 365 of 13.05.2009, annex: series of 4, number of 6",
    ),
    Detector(
        name="ru.driver_licence.named",
        kind=Kind("ru.driver_licence"),
        pattern=(
            r"(?:водительск[а-я]{1,3} (?:удостоверени[а-я]{1,2}|прав[а-я]{0,2})|в/у|ву|права)[ :,№]{1,3}"
            r"(?:серия|серии|сер)\.?[ :]{0,2}(\d{2} ?(?:\d{2}|[а-яa-z]{2})[ ,]{1,2}(?:номер|ном|№|n)\.?[ :]{0,2}\d{6})"
        ),
        gate="(?:серия|серии|сер[. ])",
        score=0.95,
        yes=("Водительское удостоверение серия 77 18 номер 123456", "в/у серия 7718 № 123456"),
        no=("паспорт серия 77 18 номер 123456", "водительское удостоверение серия"),
        source="MVD order 365 of 13.05.2009, annex: series of 4, number of 6",
    ),
    Detector(
        name="ru.birth_certificate",
        kind=Kind("ru.birth_certificate"),
        pattern=r"[ivx1у]{1,5}[ \-]{1,3}[а-я]{2}[ \-]{0,2}(?:№ ?|n ?|номер )?\d{6}",
        score=0.6,
        near="свидетельств|рожд|birth",
        yes=("свидетельство II-МЮ № 123456", "IV-АК 654321"),
        no=("II-МЮ", "XX век 123456 лет"),
        source=(
            "143-FZ, article 8; Ministry of Justice order 167 of 13.08.2018 and Government resolution 1191 of "
            "04.10.2018 on "
            "the forms; a Roman number, two letters and six digits as seen, on older forms too"
        ),
    ),
    Detector(
        name="ru.residence_permit",
        kind=Kind("ru.residence_permit"),
        pattern=r"8[2-7] ?(?:(?:№|n|no\.?) ?)?\d{7}",
        score=0.1,
        near="вид на жит|вида на жит|виду на жит|внж|рвп|временное прожив|residence permit|vnzh",
        yes=("вид на жительство 82 № 1234567", "ВНЖ 83 7654321", "ВНЖ 82 N7654321"),
        no=("82 1234567", "внж 1234567", "загранпаспорт 71 1234567"),
        source="MVD order 399 of 03.06.2020, forms of the permit; series and seven digits as seen",
    ),
    Detector(
        name="ru.military_id",
        kind=Kind("ru.military_id"),
        pattern=r"[а-я]{2} ?(?:№ ?)?\d{7}",
        score=0.1,
        near="воен|военник|military|призыв",
        yes=("военный билет АН 1234567", "военник ГД№7654321"),
        no=("АН 1234567", "военный билет"),
        source=(
            "53-FZ, article 8; instructions of the Ministry of Defence on military registration (order 500 of "
            "19.11.2007 "
            "and what followed it) name the document; two letters and seven digits as seen"
        ),
    ),
    Detector(
        name="kz.iin",
        kind=Kind("kz.iin"),
        pattern=r"\d{12}",
        score=0.0,
        confirmed=0.3,
        confirm=_kazakh_person,
        near="иин|iin|жсн|казахстан",
        yes=("ИИН 900101300007",),
        no=("900101300007", "ИИН 901301300017"),
        source="Government of Kazakhstan, resolution 406 of 22.05.2007",
    ),
    Detector(
        name="kz.iin.called",
        kind=Kind("kz.iin"),
        pattern=r"\d{12}",
        score=0.0,
        confirmed=0.04,
        confirm=_dated_and_sexed,
        near="иин|iin|жсн",
        yes=("ИИН 900101300123", "ИИН: 900101300123"),
        no=("ИИН 901301300017", "900101300123", "казахстан 900101300123"),
        source="the same; the check digit may be mistyped where the number is called by its name",
    ),
    Detector(
        name="us.ssn",
        kind=Kind("us.ssn"),
        pattern=r"\d{3}[\- ]\d{2}[\- ]\d{4}",
        score=0.0,
        confirmed=0.5,
        confirm=by_digits(_american),
        near="ssn|social security|social",
        unless=_NOT_A_PERSON,
        yes=("SSN 536-22-1234", "536-22-1234"),
        no=("000-22-1234", "536-00-1234", "order 536-22-1234"),
        source="US Social Security Administration, numbering rules since 2011",
    ),
    Detector(
        name="us.ssn.called",
        kind=Kind("us.ssn"),
        pattern=r"\d{9}",
        gate=r"(?:ssn|social security)",
        score=0.0,
        confirmed=0.04,
        confirm=_american,
        near="ssn|social security",
        unless=_NOT_A_PERSON,
        yes=("ssn 536221234", "social security number: 536221234"),
        no=("536221234", "ssn 000221234", "assn 536221234"),
        source="the same, in one row where it is called by its name",
    ),
    Detector(
        name="us.driver_licence",
        kind=Kind("us.driver_licence"),
        pattern=r"[a-z]{0,3}[ \-]?\d{2,12}(?:[ \-]\d{2,6}){0,3}[a-z]{0,2}",
        gate=r"licen[cs]e|driving permit|dl ?(?:#|№|no|num|:)",
        score=0.0,
        confirmed=0.08,
        confirm=_licence,
        near=(
            "driver licen|driver's licen|drivers licen|driving licen|driving permit|licen[cs]e n|licen[cs]e #|"
            "licen[cs]e is|licen[cs]e:|dl ?#|dl ?№|dl no|dl num|dl:"
        ),
        yes=("my driver license is AC432223", "driver's license no. D1234-56789-01234", "DL# 123456789"),
        no=("AC432223", "license: MIT", "driver license class 2"),
        source="AAMVA DL/ID card design standard: one to three letters and 5 to 14 digits, as the states differ",
    ),
)
