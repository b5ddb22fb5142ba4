"""Which country a text of a citizenship or country field names."""

from __future__ import annotations

import re

import pytest

from gateway.core.countries import country_of
from gateway.core.country_names import COUNTRIES, ISO, NAMES
from gateway.core.country_people import PEOPLE


def lines(table: str) -> list[tuple[str, list[str]]]:
    rows = [line.partition(" ") for line in table.strip().splitlines()]
    return [(code, names.split("; ")) for code, _, names in rows]


AMBIGUOUS = {
    *("Congo", "Конго", "Korea", "Корея", "Saint Martin", "Virgin Islands", "Виргинские Острова"),
    *("Dominican", "Dominicans", "доминиканец", "доминиканка", "доминиканск-"),
    *("Korean", "Koreans", "кореец", "кореянка", "корейцы", "корейск-"),
}

# ------------------------------------------------------------------------------------------------------- the tables


def test_there_are_249_countries_and_each_has_three_codes_of_its_own() -> None:
    codes = ISO.split()
    assert (len(COUNTRIES), len(codes), len(set(codes))) == (249, 747, 747)


@pytest.mark.parametrize("code", sorted(COUNTRIES))
def test_an_alpha_2_code_names_its_country_in_any_case(code: str) -> None:
    assert [country_of(code), country_of(code.lower()), country_of(f" {code.title()}. ")] == [code] * 3


def test_alpha_3_and_numeric_codes_name_their_country() -> None:
    codes = ISO.split()
    for two, three, digits in zip(codes[::3], codes[1::3], codes[2::3], strict=True):
        assert [country_of(three), country_of(three.lower()), country_of(digits)] == [two] * 3


def test_every_country_has_an_english_and_a_russian_name() -> None:
    for code in COUNTRIES:
        names = " ".join(name for owner, known in lines(NAMES) if owner == code for name in known)
        assert re.search("[A-Za-z]", names), code
        assert re.search("[А-Яа-я]", names), code


def test_every_name_of_the_tables_names_its_country_or_is_known_to_be_ambiguous() -> None:
    spelt = [(code, name) for code, names in lines(NAMES + PEOPLE.lstrip()) for name in names]
    wrong = {name for code, name in spelt if country_of(name.replace("ск-", "ское").replace("цк-", "цкое")) != code}
    assert wrong == AMBIGUOUS


# --------------------------------------------------------------------------------------------------- codes and names


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("DEU", "DE"),
        ("643", "RU"),
        ("６４３", "RU"),
        ("004", "AF"),
        ("Germany", "DE"),
        ("GERMANY", "DE"),
        ("the Netherlands", "NL"),
        ("Republic of Korea", "KR"),
        ("Korea, Republic of", "KR"),
        ("North Korea", "KP"),
        ("Trinidad & Tobago", "TT"),
        ("Bosnia and Herzegovina", "BA"),
        ("St. Lucia", "LC"),
        ("Cote d’Ivoire", "CI"),
        ("Côte d'Ivoire", "CI"),
        ("Turkiye", "TR"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("U.S.A.", "US"),
        ("U.K.", "GB"),
        ("Германия", "DE"),
        ("ФРГ", "DE"),
        ("Китайская Народная Республика", "CN"),
        ("Объединённые  Арабские\tЭмираты", "AE"),
        ("США", "US"),
        ("Республика Узбекистан", "UZ"),
        ("Папуа — Новая Гвинея", "PG"),
        ("Кот-д’Ивуар", "CI"),
        ("Україна", "UA"),
    ],
)
def test_codes_and_names_are_read_in_both_languages(text: str, country: str) -> None:
    assert country_of(text) == country


@pytest.mark.parametrize(
    "text",
    ["«Казахстан»", '"Казахстан"', "  казахстан ", "Казахстан.", "(Казахстан)", "КАЗАХСТАН", "Kazakhstan;", "`kz`"],
)
def test_signs_blanks_and_case_around_a_name_mean_nothing(text: str) -> None:
    assert country_of(text) == "KZ"


@pytest.mark.parametrize(
    "text", ["64", "4", "0643", "643.0", "999", "000", "XX", "ZZZ", "EU", "UKN", "СНГ", "ЕС", "СССР"]
)
def test_what_is_no_country_of_the_standard_names_none(text: str) -> None:
    assert country_of(text) is None


# ------------------------------------------------------------------------------------------------ people and citizens


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("немец", "DE"),
        ("немка", "DE"),
        ("немцы", "DE"),
        ("германское", "DE"),
        ("немецкое гражданство", "DE"),
        ("гражданство: немецкое", "DE"),
        ("украинка", "UA"),
        ("Казахстанец", "KZ"),
        ("белоруска", "BY"),
        ("турецкий", "TR"),
        ("словацкая", "SK"),
        ("German", "DE"),
        ("Germans", "DE"),
        ("a citizen of Germany", "DE"),
        ("Citizens of the United States", "US"),
        ("US citizen", "US"),
        ("French nationality", "FR"),
        ("Nationality: French", "FR"),
        ("South African", "ZA"),
        ("гр. Германии", "DE"),
        ("гр-н Германии", "DE"),
        ("гр-ка Израиля", "IL"),
        ("страна Израиль", "IL"),
        ("подданная Великобритании", "GB"),
    ],
)
def test_words_for_people_and_citizenship_name_the_country(text: str, country: str) -> None:
    assert country_of(text) == country


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("гражданин Германии", "DE"),
        ("гражданка Китая", "CN"),
        ("гражданин Ирана", "IR"),
        ("гражданин Кубы", "CU"),
        ("гражданин Америки", None),
        ("гражданка Южной Кореи", "KR"),
        ("гражданин Новой Зеландии", "NZ"),
        ("гражданин Соединённых Штатов Америки", "US"),
        ("гражданин Объединенных Арабских Эмиратов", "AE"),
        ("гражданин Соединенного Королевства", "GB"),
        ("гражданин Восточного Тимора", "TL"),
        ("гражданка Республики Беларусь", "BY"),
        ("гражданка Беларуси", "BY"),
        ("гражданин Израиля", "IL"),
        ("гражданин Египта", "EG"),
        ("гражданин Нидерландов", "NL"),
        ("гражданин Филиппин", "PH"),
        ("гражданин Соломоновых Островов", "SB"),
        ("гражданка Боснии и Герцеговины", "BA"),
        ("гражданин Коста-Рики", "CR"),
        ("гражданин Чили", "CL"),
        ("гражданка США", "US"),
        ("гражданин мира", None),
    ],
)
def test_a_russian_genitive_names_the_country(text: str, country: str | None) -> None:
    assert country_of(text) == country


# ------------------------------------------------------------------------------------------------------------ Russia


@pytest.mark.parametrize(
    "text",
    [
        *("RU", "RUS", "Russia", "Russian Federation", "Russian", "RF", "R.F.", "Rossiya", "Rossija"),
        *("Россия", "РОССИЯ", "РФ", "рф", "Р.Ф.", "Российская Федерация", "Российской Федерации", "России"),
        *("россиянин", "россиянка", "русский", "российское", "гражданка РФ", "гр. РФ", "гр.РФ", "гражданин России"),
        *("паспорт РФ", "г. Москва, Россия", "Russian-speaking"),
    ],
)
def test_russia_is_known_under_all_its_names(text: str) -> None:
    assert country_of(text) == "RU"


@pytest.mark.parametrize(
    "text",
    [
        *("Росия", "Росийская федерация", "Росийская федирация", "Россия1", "Расия, Россиия", "Рассия", "Росси"),
        *("Rusia", "Rusian Federation", "Russiia", "россиянн", "гражданин Росии", "руский", "Prussia"),
    ],
)
def test_a_misspelt_russia_is_russia(text: str) -> None:
    assert country_of(text) == "RU"


@pytest.mark.parametrize("text", ["Poccия", "PФ", "Pоссия", "гражданин PФ"])
def test_latin_letters_that_look_cyrillic_leave_russia_russia(text: str) -> None:
    assert country_of(text) == "RU"


@pytest.mark.parametrize(
    "text", ["Германя", "Гермения", "Germani", "Казахстн", "Узбекистон", "Ukrain", "CША", "немeц", "украйнец", "Расея"]
)
def test_a_misspelling_never_makes_anybody_foreign(text: str) -> None:
    assert country_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("Германия, Россия", "РФ/Израиль", "RU, NO", "Россия и Израиль", "Россия Германия", "Russia+USA", "RU;DE"),
        *("двойное (РФ + США)", "США (второе - Россия)", "643, 276", "Росия, Германия", "ru-DE", "Р.Ф., Израиль"),
        *("Узбекистан (ВНЖ РФ)", "former USSR, now Russia", "не указано (РФ)", "российско-немецкое"),
    ],
)
def test_russia_among_several_countries_is_russia(text: str) -> None:
    assert country_of(text) == "RU"


@pytest.mark.parametrize(
    "text",
    ["не РФ", "не гражданин РФ", "Нерезидент РФ", "вне России", "not Russian", "non-RU", "former Russian citizen"],
)
def test_a_denied_russia_names_no_country(text: str) -> None:
    assert country_of(text) is None


@pytest.mark.parametrize("text", ["mail.ru", "ivan@mail.ru", "https://example.ru", "миссия", "сессия"])
def test_a_word_that_only_resembles_russia_names_no_country(text: str) -> None:
    assert country_of(text) is None


# ----------------------------------------------------------------------------------------------------------- no name


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "-", "--", "?", "...", "()", "_", "и", "не", "нет", "не указано", "Не указана", "неизвестно", "N/A"),
        *("N.A.", "none", "null", "nan", "unknown", "other", "другое", "иное", "dual", "двойное", "без гражданства"),
        *("лицо без гражданства", "stateless", "no citizenship", "citizenship: no", "my nationality", "citizen"),
        *(
            "иностранец",
            "foreigner",
            "татарин",
            "Москва",
            "Berlin",
            "Germany, Berlin",
            "not Germany",
            "non-US",
            "ex-US",
        ),
    ],
)
def test_a_refusal_or_an_unknown_word_names_no_country(text: str) -> None:
    assert country_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Germany, France",
            "Германия/Франция",
            "DE, FR",
            "DE-FR",
            "Израиль и США",
            "Germany or Austria",
            "DE FR",
            "276 DEU",
        ),
        *("США - Канада", "двойное (США, Израиль)", "Germany (dual)", "Korea", "Корея", "кореец", "Congo", "Dominican"),
    ],
)
def test_several_names_unparted_or_of_several_countries_are_none(text: str) -> None:
    assert country_of(text) is None


@pytest.mark.parametrize("text", ["Germany (DE)", "DE / Германия", "Германия - Germany", "Germany, Germany"])
def test_one_country_named_twice_is_that_country(text: str) -> None:
    assert country_of(text) == "DE"


def test_a_text_longer_than_any_name_names_no_country() -> None:
    assert country_of("Россия" + " " * 194) == "RU"
    assert country_of("Россия" + " " * 195) is None


# ------------------------------------------------------------------------------------------------------------ locales


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("ru-RU", "RU"),
        ("ru_RU.UTF-8", "RU"),
        ("en-RU", "RU"),
        ("ru-KZ", "RU"),
        ("en-US", "US"),
        ("en_us", "US"),
        ("EN-US", "US"),
        ("de-AT", "AT"),
        ("DE-AT", None),
        ("de-at", None),
        ("de-de", "DE"),
        ("no-NO", "NO"),
        ("no-US", None),
        ("pt-BR", "BR"),
        ("PT-BR", None),
        ("uk-UA", "UA"),
        ("zh-Hans-CN", "CN"),
        ("en-XX", None),
        ("xx-US", None),
    ],
)
def test_a_locale_names_its_region_unless_it_may_be_two_countries(text: str, country: str | None) -> None:
    assert country_of(text) == country
