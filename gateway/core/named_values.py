"""Fields told as pairs: one member of an object holds the field's name, another its value.

``{"name": "last_name", "value": "Ким"}``, also one level apart (``{"field": {"ref": "phone"}, "text": …}``,
``{"code": "PHONE", "values": [{"value": …}]}``), as XML (``<field name="email">…</field>``), in names of form fields
(``f[0][name]=…&f[0][value]=…``), and what JSON Patch says of a path. Which leaves may be such a pair follows from the
outline; texts are read for those alone. The value is judged as if it stood under that name, if it can be of the kind:
a button that is called ``email`` has no e-mail address as its value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gateway.core.detect.fields import field_verdict, field_verdicts
from gateway.core.detect.grammar import Verdict
from gateway.core.detect.values import plausible
from gateway.core.detect.words import is_known, words_of
from gateway.core.keys import LONGEST_NAME, field_names
from gateway.model.document import Leaf, Place
from gateway.model.names import Kind, Path

Told = Callable[[Sequence[str]], Mapping[str, Verdict]]
"""What the operator's rules say of names."""

_OF = (
    "(?:custom|form|field|attribute|attr|property|prop|param|parameter|question|column|item|element|tab|link|input|raw)"
)
_NAMING = re.compile(
    rf"(?:{_OF}[ _-]?){{0,2}}(?:name|key|k|field|property|prop|attribute|attr|code|id|slug|ref|label|title|caption|"
    r"type|column|question|param|parameter|path|имя|имя ?поля|поле|название|ключ|код|вопрос|параметр|реквизит)",
    re.IGNORECASE,
)
_SORT = "(?:string|str|text|int|integer|date|decimal|number)"
_VALUE = re.compile(
    rf"(?:{_OF}[ _-]?){{0,2}}(?:{_SORT}[ _-]?values?|values?|vals?|v|text|answers?|content|data|string|str|#text|"
    rf"значени[ея]|ответ|текст)(?:[ _-]?{_SORT})?",
    re.IGNORECASE,
)
_TYPE = re.compile(r"type|тип", re.IGNORECASE)
_BORDER = re.compile(r"[.\[\]/>:]+")
_NUMBERED = re.compile(r"([^\W\d]+?)[_-]?(\d{1,3})")
_IDENTIFIER = re.compile(r"/?[A-Za-z][\w\-]*(?:[.\[\]/:>]+\w[\w\-]*)*\]?")
_ITEM = re.compile(r"[/.\[]\d+(?=[/.\]]|$)")
_ADDRESSING = re.compile(
    r"^(?:(?:ваша?|ваше|ваши|введите|укажите|your|enter|please|пожалуйста|what is|what's) )+|[\s*:?]+$", re.IGNORECASE
)
_BUTTONS = frozenset("button submit reset checkbox image".split())
_LONGEST_VALUE = 256
_MOST_WORDS = 7
_FEW_WORDS = 3
"""Names and addresses of more have capitals, or a number; passwords of more are sentences about them."""

_SECRETS = ("credential.password", "credential.otp")
_SHORTEST_PHONE = 4
_ORDERS = frozenset({"asc", "desc"})
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
_NAMES = "person."
_NUMBERS = tuple(
    "phone birth_date age postcode geo. ru. kz. by. ua. uz. md. az. am. us. card. bank. iban organisation.account ip "
    "mac document. vehicle.".split()
)
"""Kinds (or how those begin) whose values have a digit and are short; an authority is not a number."""

_ISSUER = "ru.passport_issuer"
_LONGEST_NUMBER = 64

_XML_RPC = ("struct", "member", "name")


class Pair(NamedTuple):
    """Ordinals of the leaves that may hold a field's name, those that tell its type last, and of those that hold its
    value; the names above, outermost first.
    """

    names: tuple[int, ...]
    values: tuple[int, ...]
    parents: tuple[str, ...]


class Pairs(NamedTuple):
    """What an outline has of them, by the lists they are items of; ``nobodys``: names of XML-RPC, never a person's."""

    lists: tuple[tuple[Pair, ...], ...]
    nobodys: frozenset[int]

    def names(self) -> frozenset[int]:
        return self.nobodys.union(*[row.names for rows in self.lists for row in rows])


_Steps = tuple[str | int, ...]


def pairs_of(places: Sequence[Place]) -> Pairs | None:
    """The pairs that a message of this outline may hold; None if there are none."""
    ends = {place.path[-1] for place in places}
    if not any(isinstance(end, str) and _may_name(end) for end in ends):
        return None
    steps = [_steps(place.path) for place in places]
    naming: dict[_Steps, list[int]] = {}
    for ordinal, place in enumerate(places):
        if not place.is_key:
            for holder in _holders_named(steps[ordinal]):
                naming.setdefault(holder, []).append(ordinal)
    holding = _holding(places, steps, naming)
    lists: dict[_Steps, list[Pair]] = {}
    for holder, ordinals in holding.items():
        names = sorted(naming[holder], key=lambda one: _is(_TYPE, steps[one][-1]))
        values = tuple([one for one in ordinals if not places[one].is_key and one not in names])
        above = _without_items(holder)
        lists.setdefault(above, []).append(Pair(tuple(names), values, _parents(above)))
    nobodys = [one for holder in holding for one in naming[holder] if _without_numbers(steps[one])[-3:] == _XML_RPC]
    return Pairs(tuple(map(tuple, lists.values())), frozenset(nobodys)) if lists else None


def _holding(
    places: Sequence[Place], steps: Sequence[_Steps], naming: Mapping[_Steps, list[int]]
) -> dict[_Steps, list[int]]:
    """By the object whose field is named: the leaves of its value, keys included, so that an empty one counts."""
    holding: dict[_Steps, list[int]] = {}
    for ordinal, place in enumerate(places):
        holders = [one for one in _holders_of_value(steps[ordinal], place.spelling) if one in naming]
        if holders:
            holding.setdefault(holders[0], []).append(ordinal)
    return holding


def by_pairs(leaves: Sequence[Leaf], pairs: Pairs, told: Told) -> tuple[Mapping[int, Verdict], frozenset[int]]:
    """The verdicts on values, by ordinal, and the leaves that name a field, so that they are nobody's name."""
    verdicts: dict[int, Verdict] = {}
    naming = set(pairs.nobodys)
    for rows in pairs.lists:
        texts = {one: name for row in rows for one in row.names if (name := _as_name(leaves[one].text, told))}
        if not texts:
            continue
        names = tuple(dict.fromkeys(texts.values()))
        said = {**field_verdicts(rows[0].parents, names), **told(names)}
        for row in rows:
            found = [(one, said[texts[one]]) for one in row.names if one in texts and texts[one] in said]
            if found:
                naming.update(one for one, _ in found)
                verdict = next((verdict for _, verdict in found if verdict.strong), found[0][1])
                if not any(leaves[one].text.lower() in _BUTTONS for one in row.names):
                    verdicts |= dict.fromkeys(_values(leaves, row, verdict.kind), verdict)
    return verdicts, frozenset(naming)


def _values(leaves: Sequence[Leaf], row: Pair, kind: Kind) -> Iterator[int]:
    """Those values of the pair that can be of the kind; not a name once more (``text`` by ``answer``)."""
    for one in row.values:
        text = leaves[one].text
        if fits(kind, text) and not _is_a_name_again(kind, text, alone=len(row.values) == 1):
            yield one


def _is_a_name_again(kind: Kind, text: str, *, alone: bool) -> bool:
    """True for a name in place of a value: a translation, an option of a list. A password may be that."""
    if kind.startswith("credential.") or len(text) > LONGEST_NAME:
        return False
    name = _ADDRESSING.sub("", text)
    words = words_of(name)
    verdict = field_verdict((), name) if words and all(is_known(word) for word in words) else None
    return verdict is not None and verdict.strong and (verdict.kind == kind or not alone)


def fits(kind: Kind, text: str) -> bool:
    """True if the text can be a value of the kind, however wrong: a name has letters and few words, a number digits."""
    words = text.split()
    is_sentence = len(words) > _FEW_WORDS and not any(word[0].isupper() for word in words[1:])
    if len(text) > _LONGEST_VALUE or text in _ORDERS:
        return False
    if kind == "email":
        return "@" in text or plausible(Kind("hashed_contact"), text.strip())
    if kind.startswith(_NAMES):
        is_name = _LETTER.search(text) is not None and not _DIGIT.search(text) and len(words) <= _MOST_WORDS
        return is_name and not is_sentence
    if kind.startswith("address"):
        return not is_sentence or _DIGIT.search(text) is not None
    if kind.startswith(_SECRETS):
        return len(words) <= _FEW_WORDS
    if kind == _ISSUER or not kind.startswith(_NUMBERS):
        return True
    return len(text) <= _LONGEST_NUMBER and len(_DIGIT.findall(text)) >= (_SHORTEST_PHONE if kind == "phone" else 1)


def _as_name(text: str, told: Told) -> str | None:
    """The text as the name of a field; None for one that is none."""
    if len(text) > LONGEST_NAME or not field_names((text,)):
        return None
    if told((text,)):
        return text
    name = _ADDRESSING.sub("", _ITEM.sub("", text).strip())
    return name if _is_name(name) else None


def _is_name(text: str) -> bool:
    """True for words of field names. What is none may be data, and those who read names would remember it."""
    words = words_of(text[:LONGEST_NAME])
    if _IDENTIFIER.fullmatch(text):
        return any(is_known(word) for word in words)
    return bool(words) and all(is_known(word) for word in words)


def _steps(path: Path) -> _Steps:
    """The path, with ``f[0][name]`` and ``name1`` as the steps they stand for."""
    steps: list[str | int] = []
    for step in path:
        if isinstance(step, int) or (step.isidentifier() and step[-1].isalpha()):
            steps.append(step)
            continue
        for part in _BORDER.split(step):
            numbered = _NUMBERED.fullmatch(part)
            if numbered is not None:
                steps += int(numbered[2]), numbered[1]
            elif part:
                steps.append(int(part) if part.isdecimal() and len(part) <= len("10000") else part)
    return tuple(steps)


def _may_name(end: str) -> bool:
    return any(isinstance(step, str) and _NAMING.fullmatch(step) for step in _steps((end,))[-1:])


def _holders_named(steps: _Steps) -> Iterator[_Steps]:
    """The objects whose field the leaf may name: its own, and where that is called ``field``, the one above."""
    if len(steps) > 1 and _is(_NAMING, steps[-1]):
        yield steps[:-1]
        if len(steps) > 2 and _is(_NAMING, steps[-2]):
            yield steps[:-2]


def _holders_of_value(steps: _Steps, spelling: str) -> Iterator[_Steps]:
    """The objects whose field's value the leaf may be, the nearest first; of the text of an XML element, itself."""
    if spelling == "xml_text":
        yield steps
    size = len(steps)
    while size > 1 and (steps[size - 1].__class__ is int or _is(_VALUE, steps[size - 1])):
        size -= 1
        yield steps[:size]


def _is(pattern: re.Pattern[str], step: str | int) -> bool:
    return isinstance(step, str) and pattern.fullmatch(step) is not None


def _without_numbers(steps: _Steps) -> _Steps:
    return tuple([step for step in steps if isinstance(step, str)])


def _without_items(steps: _Steps) -> _Steps:
    end = len(steps)
    while isinstance(steps[end - 1], int):
        end -= 1
    return steps[:end]


def _parents(above: _Steps) -> tuple[str, ...]:
    """The names above that say whose field it is; a ``member`` of XML-RPC is nobody."""
    names = [step for step in above[1:] if isinstance(step, str)]
    return field_names(names[:-2] if names[-2:] == ["struct", "member"] else names)[-3:]
