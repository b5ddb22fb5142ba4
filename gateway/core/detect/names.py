"""Names of people in running text: which words of a stretch are somebody's name.

One signal is not enough. A known given name counts alone only if it is no ordinary word; a surname only beside a given
name, a patronymic or initials; a capitalised stranger only behind words that announce a person (зовут, ФИО, Mr). Case
helps where it is used and is not needed where nobody uses it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from gateway.core.detect.detector import around
from gateway.core.detect.given_names import GIVEN_NAMES

Stretches = Sequence[tuple[int, int]]

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’\-](?=[^\W\d_]))*")
_PATRONYMIC = re.compile(
    r".{2,}(?:[оеё]вич|[лмнк]ич|ыч)(?:а|у|ем|е|ом)?$|.{2,}(?:[оеё]вн|иничн|[тик]ичн)(?:а|ы|е|у|ой|ою)$"
    r"|.{2,}[oe]vich$|.{2,}[oe]vn[ay]$|.{2,}(?:in)?ichna$"
)
_NOMINATIVE = re.compile(r"вич(?:а|у|ем|е)?$|[оеё]вна$|ична$|vich$|vna$|ichna$|[лмнк]ич$|ыч$")
_SURNAME = re.compile(
    r".{2,}(?:[оеё]в|[иы]н)(?:а|у|ым|е|ой|ы|ых)?$|.{2,}(?:ск|цк)(?:ий|ого|ому|им|ом|ая|ой|ую)$"
    r"|.{2,}(?:енко|ко|юк|ук|чук|ян|янц|дзе|швили|иани|улин|уллин|бек|заде|оглы|их|ых|ич|ец|ман|берг|штейн|ер)(?:а|у|ом|е)?$"
    r"|.{2,}(?:ov|ev|yov|in|yn)a?$|.{2,}(?:sky|skiy|skii|skaya|tsky|enko|chuk|yan|dze|shvili|ich)$"
)
_PLAIN = frozenset(
    """
    готова готов здоров слова снова основа голова голове здорово корова новый новая новой нового условия один одна
    одну два спасибо прошу пожалуйста добрый здравствуйте очень время или был была будет завтра сегодня вчера также
    тоже есть кабинет заказ заказов номер телефон адрес почта паспорт снилс инн дата город улица договор счет вопрос
    ответ человек мужчина женщина машина причин причина магазин магазина картина половина один господин гражданин
    """.split()
)
_STOP = frozenset(
    """
    mr mrs ms miss dr prof sir madam the a an and or but is are was were has have had will would can could should
    may might must of in on at to from for with by as it he she they we you i my your his her our their this that
    these those not no yes please thanks thank regards dear hello hi street st avenue ave road rd lane inc ltd llc
    corp company university bank hotel airport island city county state north south east west monday tuesday
    wednesday thursday friday saturday sunday january february march april may june july august september october
    november december и а но или что как где когда на в во с со к ко по за из от до о об у при над под для без не ни
    же бы ли вы он она они мы я ты мой моя ваш ваша наш наша это этот эта эти
    """.split()
)
_NAME_FIRST = re.compile(r"(?P<name>[^\W\d_][^\W\d_\-]+(?:-[^\W\d_]+)?) (?P<letters>[^\W\d_]\. ?(?:[^\W\d_]\.)?)")
_INITIALS_FIRST = re.compile(
    r"(?P<letters>[^\W\d_]\. ?(?:[^\W\d_]\. ?)?)(?P<name>[^\W\d_]{2}[^\W\d_\-]+(?:-[^\W\d_]+)?)"
)
_REACH = 40
_NO_INITIALS = frozenset("us uk ps dc un eu am pm те тд тп тк др гг им ул св".split())
_PLACE = re.compile(
    r"(?:ростов|саратов|тамбов|псков|берлин|киев|краков|львов|азов|пекин|харьков|чернигов|кишинев|могилев|серпухов)"
)


class _Word(NamedTuple):
    """A word, where it stands, whether one blank joins it to the word before, and what speaks for its being a name."""

    start: int
    end: int
    text: str
    lower: str
    joined: bool

    @property
    def capital(self) -> bool:
        """Begins with a capital and does not shout."""
        return self.text[0].isupper() and (len(self.text) == 1 or not self.text.isupper())

    @property
    def given(self) -> bool:
        if "-" not in self.lower:
            return self.lower in GIVEN_NAMES
        first, *others = self.lower.split("-")
        return first in GIVEN_NAMES and all(part in GIVEN_NAMES or _SURNAME.match(part) for part in others)

    @property
    def ordinary(self) -> bool:
        """A given name that is an ordinary word too."""
        return all(GIVEN_NAMES.get(part, True) for part in self.lower.split("-"))

    @property
    def patronymic(self) -> bool:
        return _PATRONYMIC.match(self.lower) is not None and self.lower not in _PLAIN

    @property
    def surname(self) -> bool:
        return _SURNAME.match(self.lower) is not None and self.lower not in _PLAIN and self.lower not in _STOP

    @property
    def local_surname(self) -> bool:
        """A Russian surname by its ending, and no town that ends like one."""
        return self.surname and not self.text.isascii() and _PLACE.match(self.lower) is None

    @property
    def shown(self) -> bool:
        """Looks like a proper noun: a capital where capitals mean something, and no function word."""
        return self.capital and len(self.text) > 1 and self.lower not in _STOP and self.lower not in _PLAIN


def people_around(text: str, start: int, end: int) -> Stretches:
    """The names around a given name or a patronymic found at that place of a text."""
    if text[end : end + 1].isalnum():
        return ()
    first, last = around(text, start, end, _REACH)
    words = _words(text[first:last])
    place = next((place for place, word in enumerate(words) if word.start < end - first <= word.end), len(words))
    while 0 < place < len(words) and words[place].joined and words[place - 1].given:
        place -= 1
    found = _name_at(words, place) if place < len(words) else None
    return ((first + found[0], first + found[1]),) if found else ()


def announced(text: str, _start: int, end: int) -> Stretches:
    """The name right behind words that announce a person: up to three words shown as names or known as such."""
    words = _words(text[end : around(text, end, end, _REACH)[1]])[:3]
    size = 0
    while size < len(words) and (words[size].joined or size == words[0].start == 0) and _fits_announced(words[size]):
        size += 1
    return ((end, end + words[size - 1].end),) if size else ()


def hinted(text: str, start: int, end: int) -> Stretches:
    """As ``announced``, where the words only hint (от, клиент): something must look like a person's name."""
    return [
        (first, last)
        for first, last in announced(text, start, end)
        if any(
            word.given or word.patronymic or (word.capital and word.local_surname) for word in _words(text[first:last])
        )
    ]


def initialled(text: str, start: int, end: int) -> Stretches:
    """Surname and initials in either order, if the letters are capitals or the surname shows itself."""
    letters = [char for char in text[start:end] if char.isalpha()]
    if len(letters) == 1 and letters[0].islower():
        return ()
    first, last = around(text, start, end, _REACH)
    found = [
        (not _words(match["name"])[0].surname, match.span())
        for pattern in (_INITIALS_FIRST, _NAME_FIRST)
        for match in pattern.finditer(text, first, last)
        if match.start() < end and start < match.end() and _is_initialled(match["name"], match["letters"])
    ]
    return (min(found)[1],) if found else ()


def _is_initialled(name: str, letters: str) -> bool:
    """True if both use capitals, or neither does and the surname shows itself."""
    word = _words(name)[0]
    initials = [char for char in letters if char.isalpha()]
    if "".join(initials).lower() in _NO_INITIALS or word.lower in _STOP or word.lower in _PLAIN:
        return False
    if all(char.isupper() for char in initials):
        return word.capital or word.surname
    return word.surname and name.islower() and len(initials) > 1


def looks_like_name(text: str) -> bool:
    """True for a value that is a person's name and nothing else: for fields whose name leaves it open."""
    words = _words(text)
    if not words or len(words) > 5 or any(char.isdigit() for char in text):
        return False
    named = sum(word.given or word.patronymic for word in words)
    if len(words) == 1:
        return words[0].given and (words[0].capital or words[0].text.isupper())
    if "." in text and initialled(text, 0, len(text)):
        return True
    return bool(named) or (
        len(words) <= 3 and all(word.shown for word in words) and any(word.local_surname for word in words)
    )


def several_words(text: str) -> bool:
    """True if a found name has more than one word or is a patronymic: more than one signal."""
    words = _words(text)
    return len(words) > 1 or words[0].patronymic


def _words(text: str) -> list[_Word]:
    words: list[_Word] = []
    last = -1
    for match in _WORD.finditer(text):
        joined = match.start() == last + 1 and text[last] == " " if words else False
        text_of = match.group()
        words.append(_Word(match.start(), match.end(), text_of, text_of.lower().replace("ё", "е"), joined))
        last = match.end()
    return words


def _name_at(words: Sequence[_Word], place: int) -> tuple[int, int] | None:
    """The name around a given name or patronymic at ``place``, if the words around make it one."""
    first = last = place
    word = words[place]
    if word.given:
        while last + 1 < len(words) and last - place < len("IP") and _goes_on(words[last], words[last + 1]):
            last += 1
    elif not (word.patronymic and _tells_by_itself(word, words[max(place - 1, 0)])):
        return None
    elif place and word.joined and words[place - 1].shown and word.capital:
        first -= 1
    first, last = _with_surname(words, first, last)
    return (words[first].start, words[last].end) if _convincing(words[first : last + 1]) else None


def _tells_by_itself(word: _Word, before: _Word) -> bool:
    """True for a patronymic that no adjective looks like: фанисович in any case, Фанисовна with a capital."""
    if word.lower[-1] in "чh":
        return True
    return word.capital and ((before is not word and before.surname) or _NOMINATIVE.search(word.lower) is not None)


def _goes_on(word: _Word, following: _Word) -> bool:
    """True for a second given name, written alike, or a patronymic behind a given name."""
    if not (following.joined and word.given):
        return False
    return following.patronymic or (following.given and following.capital == word.capital)


def _with_surname(words: Sequence[_Word], first: int, last: int) -> tuple[int, int]:
    """The stretch with a surname beside it: before (Иванов Пётр), if it shows itself, else behind (Пётр Иванов)."""
    full = any(word.patronymic for word in words[first : last + 1])
    before = words[first - 1] if first and words[first].joined else None
    if before and before.surname and not before.given and (before.capital or (full and not words[first].capital)):
        return first - 1, last
    behind = words[last + 1] if last + 1 < len(words) and words[last + 1].joined else None
    if behind and (
        (behind.shown and words[last].capital) or (behind.surname and not behind.capital and not words[last].capital)
    ):
        return first, last + 1
    return first, last


def _convincing(words: Sequence[_Word]) -> bool:
    if len(words) == 1:
        word = words[0]
        return word.patronymic or not (word.ordinary or len(word.text) < 4)
    if any(word.patronymic for word in words):
        return True
    return any((word.given and not word.ordinary) or (word.surname and not word.given) for word in words)


def _fits_announced(word: _Word) -> bool:
    if word.lower in _STOP or word.lower in _PLAIN:
        return False
    return word.capital or word.given or word.patronymic or (word.text.isupper() and word.surname)
