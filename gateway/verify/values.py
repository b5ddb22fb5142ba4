"""Values that are fresh and nobody's: addresses, mailboxes, phones, network names, secrets."""

from __future__ import annotations

import uuid
from base64 import b64encode, urlsafe_b64encode

from gateway.verify import numbers, words
from gateway.verify.dice import Dice


def address(dice: Dice) -> str:
    return f"г. Мытищи, ул. {words.street(dice)}, д. {dice.randrange(1, 99)}, кв. {dice.randrange(1, 300)}"


def german_address(dice: Dice) -> str:
    return f"{words.german_last_name(dice)}straße {dice.randrange(1, 99)}, 80331 München"


def without_place(value: str) -> str:
    """The street alone: town, house and flat are nobody's."""
    streets = [part.removeprefix("ул. ") for part in value.split(", ") if part.startswith("ул. ")]
    return streets[0] if streets else value.partition(" ")[0]


def email(dice: Dice) -> str:
    return f"{words.mailbox(dice)}@{dice.choice(('example.org', 'example.ru', 'mail.example.ru'))}"


def german_email(dice: Dice) -> str:
    return f"{words.mailbox(dice)}@example.com"


def email_idn(dice: Dice) -> str:
    return f"{words.mailbox(dice)}@почта.example.org"


def phone(dice: Dice) -> str:
    """``+7 916 123-45-67``."""
    number = numbers.digits(dice, 9)
    return f"+7 9{number[:2]} {number[2:5]}-{number[5:7]}-{number[7:]}"


def german_phone(dice: Dice) -> str:
    return f"+49 151 {dice.randrange(10_000_000, 100_000_000)}"


def birth_date(dice: Dice) -> str:
    return f"{dice.randrange(1941, 2000)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}"


def point(dice: Dice) -> str:
    """``56.123457, 38.543213``, somewhere in Russia."""
    latitude = f"{dice.randrange(55, 59)}.{numbers.digits(dice, 5)}7"
    return f"{latitude}, {dice.randrange(37, 60)}.{numbers.digits(dice, 5)}3"


def longitude(value: str) -> str:
    return value.partition(", ")[2]


def ipv4(dice: Dice) -> str:
    return f"95.{dice.randrange(101, 180)}.{dice.randrange(101, 250)}.{dice.randrange(101, 250)}"


def ipv6(dice: Dice) -> str:
    group = [f"{dice.randrange(0x1000, 0x10000):x}" for _ in range(3)]
    return f"2a02:6b8:{group[0]}:{group[1]}::{group[2]}"


def user_agent(dice: Dice) -> str:
    return f"Mozilla/5.0 (X11; Linux x86_64) Vestnik/{dice.randrange(10**9, 10**10)}.0"


def after_slash(value: str) -> str:
    return value.rpartition("/")[2]


def some_uuid(dice: Dice) -> str:
    return str(uuid.UUID(int=dice.getrandbits(128), version=4))


def user_id(dice: Dice) -> str:
    return f"u-{dice.getrandbits(48):012x}"


def cookie_id(dice: Dice) -> str:
    """What Google Analytics keeps in ``_ga``."""
    return f"GA1.2.{numbers.digits(dice, 10)}.{numbers.digits(dice, 10)}"


def foreign_passport(dice: Dice) -> str:
    return f"C{numbers.digits(dice, 2)}XY{numbers.digits(dice, 4)}"


def password(dice: Dice) -> str:
    return f"Kl{dice.getrandbits(40):010x}!{dice.randrange(1000, 10_000)}"


def bearer(dice: Dice) -> str:
    return f"{dice.getrandbits(192):048x}"


def town(dice: Dice) -> str:
    return words.street(dice).removesuffix("вская") + "горск"


def region(dice: Dice) -> str:
    return f"{words.street(dice)} область"


def first_word(value: str) -> str:
    return value.partition(" ")[0]


def last_word(value: str) -> str:
    return value.rpartition(" ")[2]


def street(dice: Dice) -> str:
    return f"ул. {words.street(dice)}"


def house(dice: Dice) -> str:
    return f"{dice.randrange(10, 300)}"


def birth_place(dice: Dice) -> str:
    return f"г. {town(dice)}"


def issuer(dice: Dice) -> str:
    return f"ОВД района {town(dice)}"


def initials(dice: Dice) -> str:
    return f"{dice.choice('АБВГДЕЖЗ')}. {dice.choice('ИКЛМНОПР')}."


def age(dice: Dice) -> str:
    return str(dice.randrange(19, 90))


def messenger(dice: Dice) -> str:
    return f"@{words.mailbox(dice).replace('.', '_')}"


def hashed(dice: Dice) -> str:
    """What advertising networks match people by."""
    return f"{dice.getrandbits(256):064x}"


def mac(dice: Dice) -> str:
    return ":".join(f"{dice.randrange(16, 256):02x}" for _ in range(6))


def national_id(dice: Dice) -> str:
    return f"Y{dice.randrange(10**6, 10**7)}K"


def made_up(dice: Dice) -> str:
    """A word that means nothing: where a field's name tells all, any word will do."""
    return f"{words.street(dice).lower()} кружелица"


def template(dice: Dice) -> str:
    """What a face recogniser would call a template."""
    return f"{dice.getrandbits(512):0128x}"


def expiry(dice: Dice) -> str:
    return f"{dice.randrange(1, 13):02d}/{dice.randrange(27, 33)}"


def wallet(dice: Dice) -> str:
    return f"0x{dice.getrandbits(160):040x}"


def basic(dice: Dice) -> str:
    return b64encode(f"{words.mailbox(dice)}:{password(dice)}".encode()).decode()


def jwt(dice: Dice) -> str:
    """Its second part tells of an e-mail address."""
    parts = ('{"alg":"RS256"}', f'{{"email":"{words.mailbox(dice)}"}}', bearer(dice))
    return ".".join(urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)


def private_key(dice: Dice) -> str:
    return f"-----BEGIN PRIVATE KEY-----\n{dice.getrandbits(240):060x}\n-----END PRIVATE KEY-----"


def second_line(value: str) -> str:
    return value.split("\n")[1]


def model(dice: Dice) -> str:
    return f'"Vestnik {dice.randrange(10**7, 10**8)}"'


def digits(value: str) -> str:
    return "".join(char for char in value if char.isdigit())


def german_town(dice: Dice) -> str:
    return words.german_last_name(dice).removesuffix("berger") + "hausen"


def telling_street(value: str) -> str:
    """``ул. X`` → ``X``; ``Xstraße 5, …`` → ``Xstraße``."""
    return value.removeprefix("ул. ").partition(" ")[0]
