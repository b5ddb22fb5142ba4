"""Numbers that the states around Russia give to people and organisations."""

from __future__ import annotations

from gateway.core.detect import checksums
from gateway.core.detect.detector import Detector, digits
from gateway.model.names import Kind

_NOT_A_PERSON = "заказ|артикул|article|order|sku|invoice|штрих|barcode|ean|isbn|трек|track|накладн|timestamp|seq|batch"


def _dated(day: str, month: str) -> bool:
    return "01" <= day <= "31" and "01" <= month <= "12"


def _kazakh_firm(number: str) -> bool:
    """True if the fifth digit says what kind of organisation it is, and the check digit is right."""
    return number[4] in "456" and "01" <= number[2:4] <= "12" and checksums.kz_iin(number)


def _uzbek(number: str) -> bool:
    return number[0] in "123456" and _dated(number[1:3], number[3:5]) and checksums.uz_pinfl(number)


def _kyrgyz(number: str) -> bool:
    return number[0] in "12" and _dated(number[1:3], number[3:5]) and "1900" <= number[5:9] <= "2035"


def _armenian(number: str) -> bool:
    """True if it begins with a birth date whose day is raised by 10 for men, by 50 for women."""
    day = int(number[:2])
    return (11 <= day <= 41 or 51 <= day <= 81) and "01" <= number[2:4] <= "12"


def _mixed(text: str) -> bool:
    return 0 < len(digits(text)) < len(text)


DETECTORS: tuple[Detector, ...] = (
    Detector(
        name="kz.bin",
        kind=Kind("kz.bin"),
        pattern=r"\d{12}",
        score=0.0,
        confirmed=0.3,
        confirm=_kazakh_firm,
        near="бин|bin|бсн|тоо",
        unless=_NOT_A_PERSON,
        yes=("БИН 990340005977", "ТОО Пример, 990340005977"),
        no=("990340005977", "БИН 990340005978", "заказ БИН"),
        source="Government of Kazakhstan, resolution 406 of 22.05.2007: business identification number",
    ),
    Detector(
        name="by.personal_number",
        kind=Kind("by.personal_number"),
        pattern=r"[1-6]\d{6}[abchkemавснкем]\d{3}(?:pb|ba|bi|рв|ва|ві)\d",
        score=0.6,
        confirmed=0.9,
        confirm=checksums.by_personal,
        near="идентификац|личный номер|personal|паспорт",
        yes=("личный номер 4010190A001PB6", "3010190A001PB9"),
        no=("0010190A001PB2", "4010190Z001PB2", "4010190A001XX2"),
        source="Decree of the President of Belarus 294 of 03.06.2008; the layout of machine-readable passports",
    ),
    Detector(
        name="by.unp",
        kind=Kind("by.unp"),
        pattern=r"\d{9}",
        score=0.1,
        confirmed=0.3,
        confirm=checksums.by_unp,
        near="унп|unp|упн",
        yes=("УНП 100582333", "УНП: 100582334"),
        no=("100582333", "УНП 10058233"),
        source="Ministry of Taxes of Belarus, resolution 96 of 31.12.2010",
    ),
    Detector(
        name="by.passport",
        kind=Kind("passport"),
        pattern=r"(?:ab|bm|hb|kh|mp|mc|kb|pp|sp|dp|ав|вм|нв|кн|мр|мс|кв|рр) ?(?:№ ?)?\d{7}",
        score=0.2,
        near="пасп|passport|беларус|выдан|belarus",
        yes=("паспорт MP1234567", "паспорт КН 1234567"),
        no=("MP1234567", "модель КН 1234567"),
        source="Decree of the President of Belarus 294 of 03.06.2008: two letters of the series, seven digits",
    ),
    Detector(
        name="ua.rntrc",
        kind=Kind("ua.rntrc"),
        pattern=r"\d{10}",
        score=0.0,
        confirmed=0.3,
        confirm=checksums.ua_rntrc,
        near="рнокпп|рнукпн|ипн|іпн|rnokpp|rntrc|украин|идентификационный код",
        unless=_NOT_A_PERSON,
        yes=("РНОКПП 3184710691", "ИПН 3184710691"),
        no=("3184710691", "РНОКПП 3184710692", "заказ РНОКПП"),
        source=(
            "Ministry of Finance of Ukraine, order 822 of 29.09.2017 on registering taxpayers; check digit as "
            "public validators"
        ),
    ),
    Detector(
        name="ua.edrpou",
        kind=Kind("ua.edrpou"),
        pattern=r"\d{8}",
        score=0.0,
        confirmed=0.3,
        confirm=checksums.ua_edrpou,
        near="едрпоу|єдрпоу|эдрпоу|edrpou|тов ",
        yes=("ЕДРПОУ 14360570", "код ЄДРПОУ 14360570"),
        no=("14360570", "ЕДРПОУ 14360571"),
        source=(
            "Cabinet of Ministers of Ukraine, resolution 118 of 22.01.1996 set up the register; check digit as "
            "public validators"
        ),
    ),
    Detector(
        name="ua.passport",
        kind=Kind("passport"),
        pattern=r"[а-яі]{2} ?(?:№ ?)?\d{6}",
        score=0.1,
        near="паспорт украин|паспорт громад|украинский паспорт|паспорт гражданина украины",
        yes=("паспорт гражданина Украины МЕ 123456", "паспорт Украины АА№654321"),
        no=("МЕ 123456", "статья ст 123456"),
        source=(
            "regulation on the passport of a citizen of Ukraine (1992); series of two letters, number of six digits "
            "as seen"
        ),
    ),
    Detector(
        name="uz.pinfl",
        kind=Kind("uz.pinfl"),
        pattern=r"\d{14}",
        score=0.0,
        confirmed=0.4,
        confirm=_uzbek,
        near="пинфл|жшшир|jshshir|pinfl|узбек|личный номер",
        unless=_NOT_A_PERSON,
        yes=("ПИНФЛ 31503851234566", "JSHSHIR: 31503851234566"),
        no=("31503851234566", "ПИНФЛ 31503851234567", "ПИНФЛ 31553851234563"),
        source="ICAO 9303, part 3; Cabinet of Ministers of Uzbekistan, resolution 365 of 17.12.2015",
    ),
    Detector(
        name="kg.pin",
        kind=Kind("kg.pin"),
        pattern=r"\d{14}",
        score=0.0,
        confirmed=0.3,
        confirm=_kyrgyz,
        near="пин |пин:|пин-|инн|персональный|кырг|кирг|pin",
        unless=_NOT_A_PERSON,
        yes=("ПИН 20101199000123", "персональный номер 10101199000123, Кыргызстан"),
        no=("20101199000123", "ПИН 29901199000123"),
        source="Government of the Kyrgyz Republic, resolution 619 of 28.09.2017: sex, birth date DDMMYYYY, five digits",
    ),
    Detector(
        name="am.psn",
        kind=Kind("am.psn"),
        pattern=r"\d{10}",
        score=0.0,
        confirmed=0.3,
        confirm=_armenian,
        near="нзоу|соцкарт|социальн[а-я]+ карт|social card|public service|армен|armenia|հծհ|psn",
        unless=_NOT_A_PERSON,
        yes=("соцкарта 2105850123", "НЗОУ 6105850123", "social card, Armenia: 2105850123"),
        no=("2105850123", "соцкарта 9105850123"),
        source="Law of Armenia HO-288-N of 30.11.2011 on the number of public services",
    ),
    Detector(
        name="az.fin",
        kind=Kind("az.fin"),
        pattern=r"[0-9a-hj-np-z]{7}",
        gate=r"(?:фин|fin)[ \-]?(?:код|code|kod)|fin:",
        score=0.0,
        confirmed=0.2,
        confirm=_mixed,
        near="фин[- ]код|fin[- ]код|fin code|fin kod|финкод|fin:",
        yes=("FIN код 5ABCD12", "фин-код: 1Q2W3E4"),
        no=("5ABCD12", "FIN код ABCDEFG", "финал 5ABCD12"),
        source="Cabinet of Ministers of Azerbaijan, resolution 92 of 19.05.2005: seven letters and digits, no I and O",
    ),
    Detector(
        name="ge.personal_number",
        kind=Kind("ge.personal_number"),
        pattern=r"\d{11}",
        score=0.1,
        near="грузи|georgia|პირადი|личный номер гражданина грузии",
        unless=_NOT_A_PERSON,
        yes=("личный номер гражданина Грузии 01001012345", "Georgia ID 01001012345"),
        no=("01001012345", "трек Грузия 01001012345"),
        source="Law of Georgia on registering citizens and issuing identity cards: eleven digits, no check digit",
    ),
    Detector(
        name="md.idnp",
        kind=Kind("md.idnp"),
        pattern=r"\d{13}",
        score=0.0,
        confirmed=0.35,
        confirm=lambda number: number[0] in "20" and checksums.md_idnp(number),
        near="idnp|иднп|молдо|молдав|фискальный код|cod personal",
        unless=_NOT_A_PERSON,
        yes=("IDNP 2004001234567", "Молдова, IDNP: 2004001234567"),
        no=("2004001234567", "IDNP 2004001234568"),
        source=(
            "Law 273-XIII of Moldova; thirteen digits that begin with 0 or 2, weights 7, 3, 1, as public validators "
            "have them"
        ),
    ),
    Detector(
        name="md.idno",
        kind=Kind("md.idno"),
        pattern=r"\d{13}",
        score=0.0,
        confirmed=0.35,
        confirm=lambda number: number[0] == "1" and checksums.md_idnp(number),
        near="idno|иднo|срл|srl|cod fiscal|фискальный код",
        unless=_NOT_A_PERSON,
        yes=("IDNO 1003600001232", "SRL Exemplu, cod fiscal 1003600001232"),
        no=("1003600001232", "IDNO 1003600001235"),
        source=(
            "number of a Moldovan firm: thirteen digits, weights 7, 3, 1, as public validators (python-stdnum, "
            "md.idno) have them"
        ),
    ),
)
