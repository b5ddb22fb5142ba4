"""E-mail addresses, phone numbers, logins and messenger accounts."""

from __future__ import annotations

from gateway.core.detect.detector import OPEN, Detector
from gateway.core.detect.phones import normal_phone
from gateway.core.detect.profiles import is_profile
from gateway.model.names import Kind

_EMAIL, _PHONE, _LOGIN = Kind("email"), Kind("phone"), Kind("login")
_GAP = r"[ \t\r\n\-().=/]{0,3}"
_SPELLED = r"(?:\(at\)|\[at\]|\{at\}| собака | at ) ?[\pL\pN\-]+ ?(?:\.| точка | dot )"
_SPOKEN = (
    "тел|моб|сот|звон|перезвон|номер|факс|phone|call|mobile|cell|whatsapp|вотсап|ватсап|tel|fax|contact|контакт|telefon"
)
_ORDER = "заказ|лот |lot|артикул|article|order|sku|invoice|batch|seq|gtin|счет-фактур|трек|track|штрих|barcode|ean|isbn"
_FILES = frozenset({"png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "ts", "ico", "bmp", "map", "scss", "woff"})
_HOSTS_AND_FILES = _FILES | frozenset("com ru org net io su dev local php html json xml txt py example".split())
_LONGEST_LOCAL = 64


def _deliverable(text: str) -> bool:
    """True unless the domain cannot be one, or the thing is a file such as ``logo@2x.png``."""
    local, _, domain = text.rpartition("@")
    labels = domain.lower().split(".")
    return (
        len(local) <= _LONGEST_LOCAL
        and ".." not in local
        and labels[-1] not in _FILES
        and not any(label.startswith("-") or label.endswith("-") for label in labels)
    )


def _no_word(text: str) -> bool:
    """True for letters with a digit, dot or underscore between them: no word of a sentence, no host, no file."""
    inside = text[1:-1] + text[-1:].strip("._")
    mixed = any(char.isalpha() for char in text) and any(char.isdigit() or char in "._" for char in inside)
    return mixed and text.rpartition(".")[2].lower() not in _HOSTS_AND_FILES


def _is_phone(text: str) -> bool:
    return normal_phone(text) is not None


def _is_mobile(text: str) -> bool:
    return text[1] == "9"


def _is_american(text: str) -> bool:
    return normal_phone("+1" + text) is not None


def _is_russian(text: str) -> bool:
    return normal_phone("+7" + text) is not None


DETECTORS: tuple[Detector, ...] = (
    Detector(
        name="email",
        kind=_EMAIL,
        pattern=r"[\pL\pN_+][\pL\pN._%+\-]*@(?:[\pL\pN\-]+\.)+\pL[\pL\pN\-]*[\pL\pN]",
        gate=r"[\pL\pN]@[\pL\pN]",
        score=0.0,
        confirmed=0.95,
        confirm=_deliverable,
        loose=True,
        yes=(
            "write to anna@example.org.",
            "почта: анна@пример.рф",
            "<a.b+c@mail.example.ru>",
            "x@xn--e1afmkfd.xn--p1ai",
        ),
        no=("see logo@2x.png", "anna@localhost", "@example.org", "a@-bad.org"),
        source="RFC 5321, RFC 6531 (international addresses), without quoted local parts",
    ),
    Detector(
        name="email.spelled",
        kind=_EMAIL,
        pattern=rf"[\pL\pN_+][\pL\pN._+\-]* ?{_SPELLED} ?[a-zа-я]{{2,10}}",
        gate=_SPELLED,
        score=0.3,
        near="почт|mail|email|e-mail|пиш|напиш|write|contact|адрес|имейл|мыл",
        yes=("моя почта anna собака example точка org", "e-mail: anna (at) example.org"),
        no=("meet me at example point", "собака лает"),
        source="own observation of chat texts",
    ),
    Detector(
        name="phone.plus",
        kind=_PHONE,
        pattern=r"\+ ?[1-9](?:[ \-().=/]{0,3}\d){6,14}",
        score=0.0,
        confirmed=0.9,
        confirm=_is_phone,
        yes=("+7 (900) 000-00-01", "call +44 20 7946 0958", "+77010000001", "+7=900=000=00=01"),
        no=("+1234567", "+7 100 000 00 01", "a+79000000001b"),
        source="ITU-T E.164",
    ),
    Detector(
        name="phone.plus_lines",
        kind=_PHONE,
        pattern=rf"\+ ?7(?:{_GAP}\d){{10}}",
        score=0.0,
        confirmed=0.9,
        confirm=_is_phone,
        yes=("+7 900\n000\n00 01", "+7\t900\t000\t00\t01"),
        no=("+7 100\n000 00 01", "+7 900\n000"),
        source="ITU-T E.164: a number broken over lines, of a fixed length lest the next line's digits be taken in",
    ),
    Detector(
        name="phone.ru",
        kind=_PHONE,
        pattern=rf"[78][ \t\r\n\-(.=/]{{1,3}}\d{{3,5}}{_GAP}\d{{1,3}}{_GAP}\d{{2}}{_GAP}\d{{2}}",
        score=0.0,
        confirmed=0.8,
        confirm=_is_phone,
        yes=("8 (900) 000-00-01", "8-495-000-00-01", "7 900 000 00 01", "8/900/000/00/01", "8\t900\n000\t00\r\n01"),
        no=("8 000 000 00 01", "18 900 000 00 01", "8 900 000"),
        source="Russian numbering plan, Mintsifry order 75 of 31.01.2022",
    ),
    Detector(
        name="phone.ru_bare",
        kind=_PHONE,
        pattern=r"[78][3-9]\d{9}",
        score=0.2,
        confirmed=0.6,
        confirm=_is_mobile,
        near=_SPOKEN,
        unless=_ORDER,
        yes=("89000000001", "звоните 84950000001", "79000000001"),
        no=("84950000001", "заказ 89000000001", "890000000012"),
        source="Russian numbering plan, Mintsifry order 75 of 31.01.2022",
    ),
    Detector(
        name="phone.ru_local",
        kind=_PHONE,
        pattern=r"(?:\(\d{3,5}\)|9\d{2})[ \-=/.]{1,2}\d{1,3}[ \-=/.]?\d{2}[ \-=/.]?\d{2}",
        score=0.0,
        confirmed=0.6,
        confirm=_is_russian,
        near=_SPOKEN,
        yes=("(495) 000-00-01", "900 000-00-01", "тел. (4852) 00-00-01"),
        no=("(12) 34-56", "(495) 12", "1900 000 00 01"),
        source="Russian numbering plan, Mintsifry order 75 of 31.01.2022",
    ),
    Detector(
        name="phone.american",
        kind=_PHONE,
        pattern=r"(?:1[ .\-])?(?:\(\d{3}\) ?|\d{3}[ .\-])(?:[2-9]\d{2})[ .\-]\d{4}(?: ?x\d{1,5})?",
        score=0.35,
        confirmed=0.6,
        confirm=_is_american,
        near=_SPOKEN,
        unless=_ORDER,
        yes=("(202) 555-0143", "202-555-0143", "phone 1-202-555-0143"),
        no=("102-555-0143", "202-155-0143", "order 202-555-0143"),
        source="North American Numbering Plan",
    ),
    Detector(
        name="phone.exit_code",
        kind=_PHONE,
        pattern=r"(?:00|8[ \-]?10[ \-]?)[1-9](?:[ \-()]{0,2}\d){9,13}",
        score=0.0,
        confirmed=0.45,
        confirm=_is_phone,
        near=_SPOKEN,
        yes=("tel 0044 20 7946 0958", "звоните 8-10-49-30-1234567"),
        no=("0000000000", "0044 20 7946 0958"),
        source="ITU-T E.164, international prefixes 00 and 8-10",
    ),
    Detector(
        name="phone.named",
        kind=_PHONE,
        pattern=(
            rf"{OPEN}(?:тел|телефон[а-я]{{0,3}}|моб|мобильн[а-я]{{2,3}}|сотов[а-я]{{2,3}}|позвон[а-я]{{1,4}}|звон[а-я]{{1,4}}|факс|whatsapp|"
            r"phone|mobile|cell|call|fax|tel)(?: (?:номер|number|is|по|мне|me|at|on|us)){0,2}[ .:№#\-]{1,4}"
            r"(\(?\d(?:[ \-().=/]{0,2}\d){4,13})"
        ),
        score=0.6,
        yes=("тел. 2-34-56-78", "phone: 0150 12 34 56", "мой мобильный 900 0000001", "call me at 555-0143"),
        no=("телефон новый", "phone 12", "в 2020 году телефон"),
        source="own observation: a number right behind the word for phone",
    ),
    Detector(
        name="phone.ru_short",
        kind=_PHONE,
        pattern=r"9\d{9}",
        gate=r"(?:мой номер|номер для|номер телефона|мобильный|сотовый|my number|my mobile|наберите|звони)",
        score=0.0,
        confirmed=0.3,
        confirm=lambda text: _is_phone("8" + text),
        near="мой номер|номер для связи|номер телефона|мобильный|сотовый|my number|my mobile|наберите|звони|позвони",
        unless=_ORDER,
        yes=("мой номер 9000000001", "звоните 9000000001"),
        no=("9000000001", "заказ, мой номер 9000000001"),
        source="Russian numbering plan: a mobile number without its country code",
    ),
    Detector(
        name="phone.sbp",
        kind=_PHONE,
        pattern=r"[78]?9\d{9}",
        score=0.0,
        confirmed=0.3,
        confirm=lambda text: _is_phone(text if len(text) > 10 else "8" + text),
        near="сбп|система быстрых|системе быстрых|быстры[йх] платеж|sbp|перевод на|переведи|переведите|скинь|скиньте",
        unless=_ORDER,
        yes=("перевод по СБП на 9000000001", "скиньте на 79000000001 сбер"),
        no=("9000000001", "СБП заказ 9000000001"),
        source="Bank of Russia, the Faster Payments System: the phone number is the address of a transfer",
    ),
    Detector(
        name="messenger.handle",
        kind=Kind("messenger"),
        pattern=r"@[a-z][a-z0-9_.]{3,30}[a-z0-9]",
        gate=r"(?:^|[^\pL\pN_.])@[a-z]",
        score=0.1,
        near="телег|тг|telegram|tg|инст|inst|вк |vk|ник|nick|канал|twitter|твиттер|тикток|tiktok|пиши|пишите|мой|my",
        yes=("мой тг вот: @anna_example", "пиши в инсту @anna.example"),
        no=("импорт @angular", "@anna_example", "x@example.org"),
        source="Telegram, Instagram: names of 5 to 32 characters behind an at sign",
    ),
    Detector(
        name="messenger.id",
        kind=Kind("messenger"),
        gate=r"[ _\-](?:id|айди|ид)[ :=\-]",
        pattern=r"(?:telegram|tg|телеграм|тг|vk|вк|ok|viber|discord)[ _\-]?(?:id|айди|ид) ?[:=\-]? ?(?:id)?(\d{5,20})",
        score=0.8,
        yes=("telegram id: 100200300", "вк айди 5550001", "vk_id=100000"),
        no=("telegram id", "id 100200300"),
        source="numeric identifiers of the services",
    ),
    Detector(
        name="login.named",
        kind=_LOGIN,
        pattern=(
            rf"{OPEN}(?:логин|login|username|user name|никнейм|nickname|ник) ?[:=\-] ?@?"
            r"([a-z0-9][a-z0-9._\-]{2,40})"
        ),
        score=0.7,
        yes=("логин: anna_2000", "username=anna"),
        no=("логин и пароль", "login failed"),
        source="own observation: a word right behind login",
    ),
    Detector(
        name="login.told",
        kind=_LOGIN,
        pattern=(
            rf"{OPEN}(?:логин|login|username|никнейм|nickname|мой ник|my nick) (?:is |это )?"
            r"([a-z0-9][a-z0-9._\-]{2,40}[a-z0-9])"
        ),
        score=0.0,
        confirmed=0.65,
        confirm=_no_word,
        yes=("логин anna_2000 пароль", "мой ник dragon777", "login i.ivanov"),
        no=("login failed", "логин test-stand", "ник 12345", "login sso.example.org", "login index.php"),
        source="own observation: a word with a digit, dot or underscore in it right behind login",
    ),
    Detector(
        name="messenger.bare",
        kind=Kind("messenger"),
        pattern=(
            rf"{OPEN}(?:телеграмм?|телега|тг|telegram|tg|инстаграмм?|инста|instagram|insta|скайп|skype) ?(?:[:=\-] ?)?"
            r"(?:is )?([a-z][a-z0-9_]{4,31})"
        ),
        score=0.0,
        confirmed=0.7,
        confirm=_no_word,
        yes=("мой телеграм anna_petrova", "tg: ivan2000"),
        no=("telegram desktop", "tg is down", "Telegram v2.0", "telegram api.telegram.org"),
        source="Telegram: 5 to 32 letters, digits and underscores; without an at sign only what is no word",
    ),
    Detector(
        name="messenger.named",
        kind=Kind("messenger"),
        pattern=(
            rf"{OPEN}(?:телеграмм?|телега|тг|telegram|tg|вк|vk|инстаграмм?|instagram|insta|скайп|skype|discord)"
            r" ?[:=\-]? ?(@[a-z0-9_.]{4,32})"
        ),
        score=0.8,
        yes=("пишите в телеграм @anna_example", "tg: @anna2000"),
        no=("подпишитесь на телеграм", "vk id"),
        source="Telegram: 5 to 32 letters, digits and underscores",
    ),
    Detector(
        name="messenger.link",
        kind=Kind("messenger"),
        pattern=(
            r"(?:t\.me|telegram\.me|vk\.com|ok\.ru/profile|odnoklassniki\.ru/profile|instagram\.com|facebook\.com|wa\.me|linkedin\.com/in)/"
            r"(@?[a-z0-9_.\-]{3,64}[a-z0-9])"
        ),
        score=0.0,
        confirmed=0.8,
        confirm=is_profile,
        yes=("https://t.me/anna_example", "vk.com/id100000", "wa.me/79000000001", "ok.ru/profile/5550001"),
        no=("https://t.me/", "vk.com", "vk.com/feed", "https://vk.com/wall-100_200"),
        source="public address schemes of the services",
    ),
)
