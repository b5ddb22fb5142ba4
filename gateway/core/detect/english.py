"""Who, where and which firm a text in Latin letters names: runs of capitals, judged by lists, endings and neighbours.

A text without capitals, or in nothing but, is given capitals first. A find has a row, how it was read. Those of
``ROWS`` are sure enough for the gateway to act on; the rest is for ``detect_text`` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gateway.core.detect.addresses import behind, crossing
from gateway.core.detect.english_around import announced, around
from gateway.core.detect.english_case import is_english, with_capitals
from gateway.core.detect.english_lists import CODES, COUNTRIES, FORMAL, NEVER, SURE_LEGAL
from gateway.core.detect.english_roles import Token, place_of, runs, tokens
from gateway.core.detect.english_weights import ENOUGH, LARGE, PLACE_PARTS, core_of, weights
from gateway.core.detect.plain import plain_latin

ROWS = frozenset({"pair", "lettered", "addressed", "told"})
"""Readings of a person that need no more."""

SURE = frozenset({"country", "form", "body", "mark"})
"""Readings that leave no room for a person inside."""

_PAIR = re.compile(r"F[FGI]?d{0,2}[SEUFGWN][SEUF]?J{0,2}|G[FGI]?d{0,2}[SEUN][SEUF]?J{0,2}|GF|[SE]F|FI[SEUWF]")
_LETTERED = re.compile(r"I{1,3}[FG]?d{0,2}[SEUWFG]J{0,2}|[FGSE]I{1,2}d{0,2}[SEUWFO]J{0,2}|[SE]I{1,2}")
_ADDRESSED = re.compile(r"I{0,2}[FGSEUWON](?:I{1,2})?(?:d{0,2}[FGSEUWO]){0,3}J{0,2}")
_BODY = re.compile(r".*[^xTd]q+|q+o.+|.*qo.+|.+&.+")
_STREETS = frozenset("S E U W G F O US UU SS UE SE SU OU OS UO GU FU".split())
_ALONE = frozenset("FGSEUW")
_LISTED = frozenset("SEUF")
_BESIDE = 0.8
_FORM_BEHIND = re.compile(
    r",? (?:" + "|".join(sorted(SURE_LEGAL, key=len, reverse=True)) + r")(?![^\W_])\.?", re.IGNORECASE
)
_FORM_AFTER = re.compile(rf"(?: [a-z&][a-z\-]{{0,14}}){{0,2}}{_FORM_BEHIND.pattern}", re.IGNORECASE)
"""The same where capitals tell nothing: up to two ordinary words may stand before it."""

_STATE_BEHIND = re.compile(r",? ([A-Z]{2,3})(?![\w.])")
_NUMBER_BEFORE = re.compile(r"(?<![\w.,\-])\d{1,5}[a-z]?,? $", re.IGNORECASE)
_NUMBER_BEHIND = re.compile(r" \d{1,4}[a-z]?\.?(?![\w\-:])", re.IGNORECASE)
_STREET_BEFORE = re.compile(
    r"(?<!\w)(?:at|on|to|address|address is|is|and|&|corner of|live[sd]? in|living in|home|near|by):? $"
)
_AND_BEFORE = re.compile(r"(?<![^\W_])[A-Z][^\W\d_]+ (?:and|&) $")
_AND_BEHIND = re.compile(r" (?:and|&) [A-Z][^\W\d_]+(?![^\W_])")
_NEXT = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"(?:^|[.!?:;\n\0>•\"“(]\s{0,3}|\?\s?)$")
_COUNTRY_REACH = 70


class Find(NamedTuple):
    """A find: where, of which type, how it was read."""

    start: int
    end: int
    type: str
    row: str


class _Text(NamedTuple):
    """A text with its capitals and without; ``shouting``: where the run stands none were used; ``guess``: try more."""

    cased: str
    lower: str
    shouting: bool
    guess: bool


def people(cased: str, lower: str) -> list[tuple[int, int, str]]:
    """The people that the gateway acts on: start, end, row."""
    found = _finds(cased, lower, guess=False)
    return [(find.start, find.end, find.row) for find in found if find.type == "PERSON" and find.row in ROWS]


def finds(cased: str, lower: str) -> list[Find]:
    """All that is named in a folded text, in reading order; in other languages than English only what is sure."""
    return _finds(cased, lower, guess=is_english(cased))


def _finds(cased: str, lower: str, *, guess: bool) -> list[Find]:
    written = cased
    cased, flat = with_capitals(cased, lower)
    found: list[Find] = []
    ahead = iter([*flat, (len(cased), len(cased))])
    start, end = next(ahead)
    english: bool | None = True if guess else None
    for match in runs(cased):
        first, last = match.span()
        run = lower[first:last]
        if run not in NEVER and (guess or not run.isalpha() or announced(lower, first)):
            if english is None:
                english = is_english(written)
            while first >= end:
                start, end = next(ahead)
            if english or first < start:
                found += _in_run(_Text(cased, lower, start <= first, guess), first, last)
    return found


def _in_run(text: _Text, start: int, end: int) -> Iterator[Find]:
    """What a run of capitals names: one firm, or countries, peoples, and what stands between them."""
    run = tokens(text.cased, start, end, shouting=text.shouting)
    while run and _opens(text, run):
        del run[0]
    firm = _firm(text.cased, run, shouting=text.shouting)
    if firm is not None:
        yield firm
        return
    segment: list[Token] = []
    reach = 0
    for place, token in enumerate(run):
        if token.start < reach:
            continue
        reach = _country(text.lower, run, place)
        people_ = token.letter == "N" and not (segment and segment[-1].letter in "FG")
        if reach or people_ or token.letter in "xo&.":
            yield from _segment(text, segment)
            segment = []
        else:
            segment.append(token)
        if reach:
            yield Find(token.start, reach, "LOCATION", "country")
        elif people_:
            yield Find(token.start, token.end, "NATIONALITY", "people")
    yield from _segment(text, segment)


def _opens(text: _Text, run: Sequence[Token]) -> bool:
    """True if the first word has its capital from the sentence that it opens, or is never part of a name."""
    first = run[0]
    if first.letter == "x" or len(run) == 1:
        return first.letter == "x"
    ordinary = first.letter in "ON" and first.plain not in PLACE_PARTS and run[1].letter not in "qQo&"
    return ordinary and _begins(text.cased, first.start)


def _begins(cased: str, start: int) -> bool:
    """True if a sentence begins there."""
    return start == 0 or _SENTENCE.search(cased, max(0, start - 6), start) is not None


def _firm(cased: str, run: Sequence[Token], *, shouting: bool) -> Find | None:
    """The run as the name of an organisation, if its words say so."""
    if not run:
        return None
    letters = "".join([token.letter for token in run])
    form = (_FORM_AFTER if shouting else _FORM_BEHIND).match(cased, run[-1].end)
    if form is not None:
        return Find(run[0].start, form.end(), "ORGANIZATION", "form")
    last = letters.rfind("Q")
    if last > 0:
        end = run[last].end
        return Find(run[0].start, end + (run[last].plain in SURE_LEGAL and cased[end] == "."), "ORGANIZATION", "form")
    if _BODY.fullmatch(letters) and "T" not in letters:
        return Find(run[0].start, run[-1].end, "ORGANIZATION", "body")
    return None


def _country(lower: str, run: Sequence[Token], place: int) -> int:
    """Where a country's name that begins at that word ends; 0 if none does."""
    token = run[place]
    rests = COUNTRIES.get(token.plain.split("-")[0].split("'")[0])
    if rests is None:
        return 0
    words = list(_NEXT.finditer(lower, token.start, min(len(lower), token.start + _COUNTRY_REACH)))
    plain = tuple([plain_latin(word[0]) for word in words[1:]])
    rest = next((rest for rest in rests if plain[: len(rest)] == rest), None)
    if rest is None:
        return 0
    reach = words[len(rest)].end()
    if rest or lower[reach : reach + 1] in {"'", "’"}:
        return reach
    before = run[place - 1].letter if place else ""
    after = run[place + 1].letter if place + 1 < len(run) else ""
    somebody = before in {"F", "G", "T", "I"} or (token.letter in "FGSW" and after in {"S", "E", "U", "W", "F", "y"})
    return 0 if somebody else reach


def _segment(text: _Text, segment: Sequence[Token]) -> Iterator[Find]:
    """What a row of capitals without a country, a firm or words between is."""
    titles = next((place + 1 for place in range(len(segment) - 2, -1, -1) if segment[place].letter == "T"), 0)
    if titles and _ADDRESSED.fullmatch("".join([token.letter for token in segment[titles:]])):
        title = segment[titles - 1]
        formal = title.plain in FORMAL
        if formal:
            yield Find(title.start, title.end + (text.cased[title.end] == "."), "PREFIX", "title")
        yield Find(segment[titles].start, segment[-1].end, "PERSON", "addressed" if formal else "guess")
        return
    rest = list(segment)
    while rest and _trails(rest):
        rest.pop()
    while rest and (rest[0].letter in "TNJj" or (rest[0].letter == "d" and len(rest) == 1)):
        rest.pop(0)
    if rest:
        letters = "".join([token.letter for token in rest])
        found = _marked(text, rest, letters) or _named(text, rest, letters)
        if found is not None:
            yield found


def _trails(segment: Sequence[Token]) -> bool:
    """True if the last word is no part of a name: a title, an office, a degree or a people behind less than a name."""
    last = segment[-1].letter
    if last == "J":
        return len(segment) < 3
    if last == "N":
        return len(segment) < 2 or segment[-2].letter not in "FG"
    return last in "Td" or (last == "j" and segment[0].letter in "FSEU")


def _marked(text: _Text, segment: Sequence[Token], letters: str) -> Find | None:
    """A street, a place, an office, if a word or the numbers around say that it is one."""
    cased, start, end = text.cased, segment[0].start, segment[-1].end
    house = _NUMBER_BEFORE.search(cased, max(0, start - 8), start)
    number = _NUMBER_BEHIND.match(cased, end)
    several = len(letters) > 1
    if (several and (letters[-1] == "y" or letters[0] == "Y")) or (house and number):
        return Find(
            house.start() if house else start, behind(cased, number.end() if number else end), "ADDRESS", "mark"
        )
    if number and letters in _STREETS and _STREET_BEFORE.search(text.lower, max(0, start - 30), start):
        return Find(crossing(cased, start), behind(cased, number.end()), "ADDRESS", "mark")
    if several and letters[-1] == "z":
        return Find(start, end, "LOCATION", "mark")
    if several and letters[-1] == "j" and not set(letters) & set("FSEU"):
        return Find(start, end, "TITLE", "office")
    return None


def _named(text: _Text, segment: Sequence[Token], letters: str) -> Find | None:
    """A person by the pattern of its words; else the best guess."""
    start, end = segment[0].start, segment[-1].end
    if _LETTERED.fullmatch(letters):
        return Find(start, end, "PERSON", "lettered")
    if not text.guess and not _PAIR.fullmatch(letters) and not announced(text.lower, start):
        return None
    near = around(text.cased, text.lower, start, end)
    whole = place_of(" ".join([token.plain.replace("-", " ") for token in segment]))
    state = _STATE_BEHIND.match(text.cased, end)
    if state is not None and state[1] in CODES:
        whole, near = LARGE, near._replace(place=near.place + 1.5)
    begins = _begins(text.cased, start)
    if _PAIR.fullmatch(letters):
        somewhere = (
            near.place
            and not near.person
            and (whole or segment[0].plain in PLACE_PARTS or place_of(segment[0].plain) == LARGE)
        )
        if not somewhere:
            sure = letters[0] != "G" or near.person or not begins
            return Find(start, end, "PERSON", "pair" if sure else "guess")
    person, place, firm = weights(letters, segment, whole=whole, begins=begins)
    person += near.person + (_BESIDE if core_of(letters) in _LISTED and _listed(text.cased, start, end) else 0.0)
    if text.shouting and not set(letters) & set("FS"):
        person -= 0.6
    place += near.place
    firm += near.organisation
    best = max(person, place, firm)
    if best < ENOUGH:
        return None
    if best > person:
        return Find(start, end, "LOCATION" if best == place else "ORGANIZATION", "guess")
    told = (
        near.sure and set(letters) <= _ALONE | {"d", "I", "N"} and len(letters) < 4 and not place_of(segment[0].plain)
    )
    return Find(start, end, "PERSON", "told" if told else "guess")


def _listed(cased: str, start: int, end: int) -> bool:
    """True if another word with a capital stands beside, behind or before an *and*."""
    return _AND_BEFORE.search(cased, max(0, start - 30), start) is not None or _AND_BEHIND.match(cased, end) is not None
