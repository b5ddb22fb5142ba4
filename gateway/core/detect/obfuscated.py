"""What is written apart or around the corner: «a n n a @ m a i l . r u», «анна собака mail точка ru», «1 1 2 2 3 3 …».

The gates are what ordinary texts don't have, so that nothing but such texts pays for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gateway.core.detect import checksums
from gateway.core.detect.detector import Detector, digits
from gateway.core.detect.names import looks_like_name
from gateway.model.names import Kind

_MAIL = re.compile(r"[\w.+\-]{1,64}@(?:[\w\-]{1,63}\.){1,4}[^\W\d_]{2,10}")
_AT = re.compile(r" ?(?:[(\[{] ?(?:at|собака) ?[)\]}]|(?<![^\W_])(?:собака|собачка|at)(?![^\W_])|@) ?")
_DOT = re.compile(r" ?(?:[(\[{] ?(?:dot|точка) ?[)\]}]|(?<![^\W_])(?:точка|dot)(?![^\W_])|\.) ?")
_WORD = r"[\pL\pN_\-+]{1,40}"
_AT_RE2 = r"(?: ?[(\[{] ?(?:at|собака) ?[)\]}] ?| (?:собака|собачка|at) | @ | @|@ )"
_DOT_RE2 = r"(?: ?[(\[{] ?(?:dot|точка) ?[)\]}] ?| (?:точка|dot) | ?\. ?)"
_APART = r"[\pL\pN](?:[ ][\pL\pN.@\-+_]){5,80}"
_DIGITS_APART = r"[0-9](?: {1,2}[0-9]){8,18}"
_GATE = r"[0-9] {1,2}[0-9] {1,2}[0-9] {1,2}[0-9] {1,2}[0-9] "
_LETTERS_APART = r"\pL(?: {1,3}\pL){4,40}"
_OWN = "own observation: values typed so that a filter does not see them"


def _is_mail_in_words(text: str) -> bool:
    """True if the text is an e-mail address once its words are signs, and was not one before."""
    plain = _DOT.sub(".", _AT.sub("@", text))
    return plain != text and _MAIL.fullmatch(plain) is not None


def _is_mail_apart(text: str) -> bool:
    return _MAIL.fullmatch(text.replace(" ", "")) is not None


def _is_name_apart(text: str) -> bool:
    """True if the letters make a name; where words are parted by more than one blank, each begins with a capital."""
    words = [word.replace(" ", "") for word in re.split(r" {2,}", text)]
    return looks_like_name(" ".join(word.title() for word in words))


def _as_many(size: int, check: Callable[[str], bool] | None = None) -> Callable[[str], bool]:
    """The check of a number of so many digits."""

    def confirm(text: str) -> bool:
        number = digits(text)
        return len(number) == size and (check is None or check(number))

    return confirm


DETECTORS: tuple[Detector, ...] = (
    Detector(
        name="email.in_words",
        kind=Kind("email"),
        pattern=rf"{_WORD}(?:{_DOT_RE2}{_WORD}){{0,3}}{_AT_RE2}{_WORD}(?:{_DOT_RE2}{_WORD}){{0,2}}{_DOT_RE2}\pL{{2,10}}",
        gate=r"собак|собачк|[(\[{] ?at ?[)\]}]| @|@ | dot ",
        score=0.0,
        confirmed=0.8,
        confirm=_is_mail_in_words,
        yes=("anna (at) example (dot) org", "почта anna собака example точка ru", "anna @ example . org"),
        no=("моя собака ест точка", "see you at noon.", "meet @ cafe"),
        source=_OWN,
    ),
    Detector(
        name="email.apart",
        kind=Kind("email"),
        pattern=_APART,
        gate=" @ ",
        score=0.0,
        confirmed=0.8,
        confirm=_is_mail_apart,
        yes=("a n n a @ e x a m p l e . o r g",),
        no=("a b @ c d e f", "x @ y z"),
        source=_OWN,
    ),
    Detector(
        name="person.apart",
        kind=Kind("person.name"),
        pattern=_LETTERS_APART,
        gate=" [^ ] [^ ] [^ ] ",
        score=0.0,
        confirmed=0.75,
        confirm=_is_name_apart,
        yes=("И в а н о в  П ё т р", "С е р г е й"),
        no=("а б в г д е", "в с е м п р и в е т", "a b c d e"),
        source=_OWN,
    ),
    Detector(
        name="ru.snils.apart",
        kind=Kind("ru.snils"),
        pattern=_DIGITS_APART,
        gate=_GATE,
        score=0.0,
        confirmed=0.45,
        confirm=_as_many(11),
        near="снилс|snils|страхов|пенсион",
        yes=("снилс 1 1 2 2 3 3 4 4 5 9 5",),
        no=("1 1 2 2 3 3 4 4 5 9 5", "1 2 3 4 5 6 7 8 9 10"),
        source=_OWN,
    ),
    Detector(
        name="ru.passport.apart",
        kind=Kind("ru.passport"),
        pattern=_DIGITS_APART,
        gate=_GATE,
        score=0.0,
        confirmed=0.3,
        confirm=_as_many(10),
        near="паспорт|пасп|passport|pasport|серия",
        yes=("паспорт 4 5 1 0  1 2 3 4 5 6",),
        no=("4 5 1 0 1 2 3 4 5 6", "размеры 1 2 3 4 5 6 7 8 9 0"),
        source=_OWN,
    ),
    Detector(
        name="ru.inn_person.apart",
        kind=Kind("ru.inn_person"),
        pattern=_DIGITS_APART,
        gate=_GATE,
        score=0.0,
        confirmed=0.45,
        confirm=_as_many(12, checksums.inn12),
        near="инн|inn|налогоплат",
        yes=("инн 5 0 0 1 0 0 7 3 2 2 5 9",),
        no=("5 0 0 1 0 0 7 3 2 2 5 9",),
        source=_OWN,
    ),
    Detector(
        name="card.pan.apart",
        kind=Kind("card.pan"),
        pattern=_DIGITS_APART,
        gate=_GATE,
        score=0.0,
        confirmed=0.7,
        confirm=_as_many(16, checksums.luhn),
        yes=("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",),
        no=("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 2",),
        source=_OWN,
    ),
)
