"""Which charset bytes are in when nobody says so: UTF-16 and UTF-32 by their marks and their letters, the one-byte
Cyrillic charsets by which of them gives plausible Russian.

Russian is told by pairs of letters that follow each other in ordinary words, and by capitals standing where capitals
stand: «Фанис» in one charset is «тЮМХЯ» in the next. What reads equally well in two charsets is in none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
ONE_BYTE = ("cp1251", "koi8-r", "cp866", "iso-8859-5")
ENOUGH = 0.4
"""What a text has to score to be plausible Russian."""

_AHEAD = 0.15
_AT_MOST = 2**16
"""Bytes that are judged: what a text is in shows early."""

_FOLLOWING = dict(
    pair.split(":")
    for pair in """
    а:бвгдежзийклмнпрстуфхцчшщюя б:аеилнорсущъыья в:аеиклмнопрстушыья г:адеилору д:авдежиклмнопрсуыья
    е:абвгдежзйклмнопрстфхцчшщюя ж:адеикну з:авдеимноруыья и:абвгдежзийклмнопрстфхцчшщюя й:днслтк к:авежилнорстуц
    л:агежиклносуыьюя м:аеилмнопсуыья н:авгдеикностуфцчыья о:абвгдежзийклмнопрстфхцчшщюя п:аеилопрусыья
    р:абвгдежиклмнопрстуфхцчшыья с:абвдеиклмнопрстучшыья т:авеиклмнорстучыья у:абвгдежзйклмнпрстфхчшщюя ф:аеиору
    х:авилмноруш ц:аеиыук ч:аеиклнту ш:аеиклнуь щ:аеинуь ъ:еюя ы:бвейклмнрстхш ь:бгезкмнсфшщюя э:длмкрт
    ю:бдзлрстхчшщ я:бвгдезйклмнпрстхчщю""".split()
)
_PAIRS = frozenset(first + second for first, seconds in _FOLLOWING.items() for second in seconds)
_ALONE = frozenset("аиоувксябж")
"""Letters that are words."""

_FOREIGN = re.compile(r"\S*[^\x00-\x7f]\S*")
_SIGN = re.compile(r"[^\w\x00-\x7f]")
_WORD = re.compile(r"[^\W\d_]+")
_RUSSIAN = re.compile(r"[А-Яа-яЁё]+")
_ORDINARY = re.compile(r"[А-Яа-яЁёІіЇїЄєҐґЎў\x00-\x7f«»—–„“”‘’№…©§°·\u00a0\u00ad]*")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_USUAL = re.compile(r"[\t\n\r\x20-\x7e\u00a0-\u04ff\u2010-\u203a\u20bd\u2116\ufeff]")
_LETTERS = re.compile(r"[A-Za-zА-Яа-яЁё0-9]")
_PLAIN = re.compile(rb"[A-Za-z0-9@._%+-]{14}|[0-9]{10}")
"""Text of one byte a letter: as UTF-16 seven rare signs in a row, and every other reader sees an address in them."""

_NARROW = re.compile(rb"[\x20-\x7e]{12}")
"""The same where no mark says UTF-16: its letters that are usual have at most two such bytes in a row."""


def marked(raw: bytes) -> str | None:
    """The UTF-16 or UTF-32 that a byte order mark announces."""
    return next((charset for mark, charset in _MARKS if raw.startswith(mark)), None)


def wide(raw: bytes) -> str | None:
    """The UTF-16 or UTF-32 in which the bytes are a text, mark or none; None if there is none, or more than one."""
    told = marked(raw)
    if told is not None:
        return told if _usual(raw, told) is not None and not _PLAIN.search(raw) else None
    if _NARROW.search(raw):
        return None
    return _best(
        (share, charset)
        for charset, size in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2))
        if len(raw) % size == 0 and (share := _usual(raw, charset)) is not None and share > 0.3
    )


def cyrillic(raw: bytes) -> str | None:
    """The one-byte charset in which the bytes are plausible Russian; None if there is none, or more than one."""
    judged = raw[:_AT_MOST]
    readings: dict[str, str] = {}
    for charset in ONE_BYTE:
        try:
            readings.setdefault(judged.decode(charset), charset)
        except UnicodeDecodeError:
            continue
    return _best((score, charset) for text, charset in readings.items() if (score := plausibility(text)) >= ENOUGH)


def plausibility(text: str) -> float:
    """From 0 to 1: how much like Russian what is not ASCII in a text reads; a text with nothing of it scores 0."""
    good, bad = 0.0, 2.0 * len(_CONTROL.findall(text))
    for stretch in _FOREIGN.findall(text):
        words = [word for word in _WORD.findall(stretch) if not word.isascii()]
        bad += 2 * len(_ORDINARY.sub("", stretch)) + 0.3 * len(_SIGN.findall(stretch))
        for word in words:
            known = _known_pairs(word)
            good += known
            bad += max(len(word) - 1, word.lower() not in _ALONE) - known + _odd_shape(word)
    return good / (good + bad) if good else 0.0


def _known_pairs(word: str) -> int:
    plain = word.lower().replace("ё", "е")
    return sum(first + second in _PAIRS for first, second in pairwise(plain))


def _odd_shape(word: str) -> float:
    if not _RUSSIAN.fullmatch(word) or not (word.isupper() or word[1:].islower() or len(word) == 1):
        return len(word)
    return 0.3 * len(word) if word.isupper() and len(word) > 1 else 0.0


def holds_controls(text: str) -> bool:
    """True for what is no text in any charset: control characters other than blanks and line ends."""
    return _CONTROL.search(text) is not None


def _usual(raw: bytes, charset: str) -> float | None:
    """The share of usual characters among all; None where the bytes are no text at all."""
    try:
        text = raw.decode(charset)
    except UnicodeDecodeError:
        return None
    if not text or "\0" in text:
        return None
    return (len(_USUAL.findall(text)) + len(_LETTERS.findall(text))) / (2 * len(text))


def _best(scored: Iterable[tuple[float, str]]) -> str | None:
    """The name that is ahead of all others."""
    ranked = sorted(scored, reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] - ranked[1][0] < _AHEAD):
        return None
    return ranked[0][1]
