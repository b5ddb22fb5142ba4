"""What the ending of a word tells: what is left without it, and whether it is a surname's or a patronymic's.

Not grammar, an agreement: ``bare`` cuts the same when a dictionary is built and when it is asked, so it only has to be
the same for all forms of a word and rarely for two words. All look-ups are of a few last letters: no time goes into
long words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

_POSSESSIVE = "ов ев ин ын".split()
_POSSESSIVE_ENDINGS = ("", *"а у е ы ым ой ою ых ыми".split())
_ADJECTIVE = "ск цк".split()
_ADJECTIVE_ENDINGS = "ий ого ому им ом ая ой ою ую ие их ими".split()
_OTHERS = (
    "ый ого его ому ему ая яя ую юю ые ыми ими ами ями ам ям ах ях ой ей ий ым им ом ем ы и у ю а я о е ь й ью".split()
)
_LEFT = 2
_LONGEST = 7


def _cuts() -> Iterable[tuple[str, int]]:
    for ending in _OTHERS:
        yield ending, len(ending)
    for stems, endings in ((_POSSESSIVE, _POSSESSIVE_ENDINGS), (_ADJECTIVE, _ADJECTIVE_ENDINGS)):
        for stem in stems:
            yield from ((stem + ending, len(ending)) for ending in endings)


_CUTS: Mapping[str, int] = MappingProxyType(dict(_cuts()))


def bare(word: str) -> str:
    """The word, lower case and with ё as е, without its ending: кузнецова and кузнецовым are both кузнецов.

    The vowel that comes and goes before ц and к (кравец, кравца) goes too.
    """
    cut = next((_CUTS[word[-size:]] for size in (5, 4, 3, 2, 1) if word[-size:] in _CUTS), 0)
    stem = word[: len(word) - cut] if len(word) - cut >= _LEFT else word
    return stem[:-2] + stem[-1] if stem[-1:] in {"ц", "к"} and stem[-2:-1] in {"е", "ь"} else stem


def _tells() -> Iterable[tuple[str, str]]:
    for stem in _POSSESSIVE:
        yield from ((stem + ending, "surname") for ending in ("", *"а у е ы ым ой ых".split()))
    for stem in "енко чук швили дзе еян нян янц улин заде".split():
        yield from ((stem + ending, "surname") for ending in ("", "а", "у", "е", "ом"))
    for stem in _ADJECTIVE:
        yield from ((stem + ending, "adjective") for ending in "ий ого ому им ом ая ой ую".split())
    for stem in "ov ev yn".split():
        yield from ((stem + ending, "surname") for ending in ("", *"a e u oy ym".split()))
    for letter in "bcdfghjklmnprstvwxz":
        yield from ((f"{letter}in{ending}", "surname") for ending in ("", *"a e u oy ym".split()))
    yield from ((stem, "surname") for stem in "enko chuk dze shvili".split())
    for stem in "sk tsk".split():
        yield from ((stem + ending, "adjective") for ending in "y iy ii aya ogo omu oy".split())
    for stem in "ович евич лич мич нич кич ьич ыч еич аич ovich evich".split():
        yield from ((stem + ending, "patronymic") for ending in ("", *"а у ем е ом a u e em".split()))
    for stem in "овн евн иничн тичн ичн кичн ovn evn ichn".split():
        yield from ((stem + ending, "patronymic") for ending in "а ы е у ой ою a y e u".split())


_TELLS: Mapping[str, str] = MappingProxyType(dict(_tells()))
_TELLING = frozenset(ending[-2:] for ending in _TELLS)


def told(word: str) -> str:
    """``surname``, ``adjective`` (a surname such as Полонский) or ``patronymic`` by the ending; nothing else is told.

    At least two letters stand before the ending.
    """
    if word[-2:] not in _TELLING:
        return ""
    for size in range(min(_LONGEST, len(word) - _LEFT), 1, -1):
        found = _TELLS.get(word[-size:])
        if found is not None:
            return found
    return ""
