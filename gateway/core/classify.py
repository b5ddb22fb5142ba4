"""What is personal data in a message, and of which kind: field names first, then one scan over all they leave open.

A strong verdict on a name settles its leaf whole, whatever the value looks like, unless it is blank or a truth value;
where rules may let the kind pass (country, user agent, company name) the value is scanned too. A weak verdict settles
if the value looks right. Everything else, unusual keys included, goes through the detectors together; what scores
``THRESHOLD`` (0.5) or more is a finding, alternatives for one stretch included. The operator's own verdicts win.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from gateway.core.again import NAMES, again
from gateway.core.codec.jwt import claims_in, holds_any
from gateway.core.detect.conflicts import without_parts
from gateway.core.detect.detector import Hit
from gateway.core.detect.fields import context_words, field_verdicts, own_part
from gateway.core.detect.grammar import Verdict
from gateway.core.detect.headers import cookie_verdict, header_verdict, looks_random
from gateway.core.detect.kinds import KINDS
from gateway.core.detect.own import kinds_by_words, scanner_for
from gateway.core.detect.profiles import profile_at
from gateway.core.detect.scan import Page
from gateway.core.detect.values import plausible, refined
from gateway.core.detect.words import ideas_of, words_of
from gateway.core.keys import field_names
from gateway.core.named_values import Pairs, by_pairs, pairs_of
from gateway.core.once import once
from gateway.core.outlines import places_of
from gateway.core.paths import matches
from gateway.model.document import NUMBERS, WHOLE, Document, Leaf, Outline, Place, span_in
from gateway.model.finding import Finding
from gateway.model.names import Kind, Path
from gateway.model.rules import Learned, Ruleset

_Members = list[tuple[int, str]]
"""Leaves of one object: ordinal, and the name the leaf has there (array items bear their array's name)."""

_SURE = 0.95
_LIKELY = 0.6
_NUMBER = re.compile(r"\d(?:[ ().-]{0,3}\d){8}")
_PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z_$\-]{0,40}\d{0,3}")
_ADDRESSES = re.compile(r"[0-9a-fA-F.:]+(?: ?, ?[0-9a-fA-F.:]+)+")
_UNUSUAL = re.compile(r"[^\x00-\x7f]|@|%40|\d{5}|\d[ ()\-]+\d\d")
_DAY = re.compile(r"(?:19|20)\d\d-[01]\d-[0-3]\d|[0-3]\d\.[01]\d\.(?:19|20)\d\d")
_SCIENTIFIC = re.compile(r"[.eE]")
_LONGEST_NUMBER = 40
_BEFORE = 60
"""Characters of what stands before a coded stretch of a text that speak of it."""

_BROWSER = frozenset({Kind("user_agent"), Kind("client_hint")})
_TRUTH = frozenset({"true", "false"})
_OPEN_CATEGORIES = frozenset({"attribute", "technical", "organisation"})
_OPEN_KINDS = frozenset(map(Kind, ("user_id", "credential.bearer", "credential.api_key", "credential.basic")))
"""Names that anything may be called by: a token or an id that is an e-mail address is that too. Not so passwords, but
who stands before one.
"""

_IP, _BASIC, _BEARER = Kind("ip"), Kind("credential.basic"), Kind("credential.bearer")
_JWT = Kind("credential.jwt_personal")
_MESSENGER, _BIRTH_DATE = Kind("messenger"), Kind("birth_date")
_PROTECTED = frozenset({"personal", "special", "biometric", "payment"})
_PASSED_ON = frozenset({"personal", "special", "biometric"})
_NEUTRAL = frozenset({"plain", "full", "number", "national"})
_IDS = frozenset({Kind("user_id"), Kind("device_id")})
_USER_INFORMATION = Verdict(_BASIC, strong=True)
_COOKIE = Verdict(Kind("cookie_id"), strong=True)
_BY_PART: Mapping[str | int, Callable[[str], Verdict | None]] = {"headers": header_verdict, "cookies": cookie_verdict}


def classify(document: Document, ruleset: Ruleset, learned: tuple[Learned, ...] = ()) -> tuple[Finding, ...]:
    """Every finding of the message, ordered by leaf and span. ``learned``: verdicts on fields of its route."""
    leaves = document.leaves
    outline = document.outline
    guide = _remembered_guide(outline, ruleset, learned) if outline else _guide(places_of(leaves), ruleset, learned)
    findings: list[Finding] = []
    left = list(guide.keys)
    for ordinal, verdict in _with_pairs(leaves, guide, guide.pairs, ruleset) if guide.pairs else guide.values:
        leaf = leaves[ordinal]
        text = leaf.text
        if text and text not in _TRUTH and not text.isspace():
            finding = _by_name(leaf, ordinal, verdict) if verdict or leaf.spelling == "cookie" else None
            if finding is None:
                left.append(ordinal)
            else:
                findings.append(finding)
                if _is_open(finding.kind, text, ruleset):
                    left.append(ordinal)
    if left:
        page = _page(leaves, left, {finding.leaf for finding in findings if finding.kind == _BASIC})
        hits = tuple(_by_value(leaves, left, {(finding.leaf, finding.kind) for finding in findings}, page, ruleset))
        if hits:
            findings = _beside_users(findings, leaves, {hit.leaf for hit in hits})
            findings += hits
        if not NAMES.isdisjoint([finding.kind for finding in findings]):
            findings += again(leaves, findings, left, page)
    findings += _pages(leaves, guide.links, {finding.leaf for finding in findings} if guide.links else set())
    findings += _telling_tokens(leaves, ruleset)
    return tuple(sorted(findings, key=_reading_order))


class _Guide(NamedTuple):
    """What an outline tells before any text is seen: each value with the verdict on its name, except null and truth
    values; keys to be looked at.
    """

    values: tuple[tuple[int, Verdict | None], ...]
    keys: tuple[int, ...]
    links: tuple[int, ...]
    """Hosts of URLs with a path, outside of headers, where every link is the site's own."""
    pairs: Pairs | None
    """Where one leaf may name the field that another holds, if there are such."""
    ruled: frozenset[int]
    """Leaves there of which the operator says what they are."""


def _guide(places: Sequence[Place], ruleset: Ruleset, learned: tuple[Learned, ...]) -> _Guide:
    values: list[tuple[int, Verdict | None]] = []
    keys: list[int] = []
    telling: dict[Path, Verdict] = {}
    for place, members in _objects(places).items():
        verdicts = _verdicts(place, members, ruleset)
        for ordinal, name in members:
            path, _, is_key = places[ordinal]
            own = verdicts.get(name)
            if learned and not is_key:
                own = _learnt(path, learned) or own
            verdict = own or _passed_on(path, telling, ruleset) or _by_place(places[ordinal])
            if is_key and own is not None:
                telling[path] = own
                if _is_unusual(name):
                    keys.append(ordinal)
            elif not is_key or (verdict is not None and _is_unusual(name)):
                values.append((ordinal, verdict))
            elif _is_unusual(name):
                keys.append(ordinal)
    pairs = pairs_of(places)
    values = [value for value in values if places[value[0]].spelling != "json_literal"]
    return _Guide(tuple(values), tuple(keys), tuple(_links(places)), pairs, _ruled(places, pairs, ruleset, learned))


def _ruled(
    places: Sequence[Place], pairs: Pairs | None, ruleset: Ruleset, learned: tuple[Learned, ...]
) -> frozenset[int]:
    names = pairs.names() if pairs and (learned or ruleset.fields or ruleset.own_fields) else ()
    paths = ((one, places[one].path) for one in names)
    return frozenset(one for one, path in paths if _learnt(path, learned) or _told([str(path[-1])], ruleset))


def _with_pairs(
    leaves: Sequence[Leaf], guide: _Guide, pairs: Pairs, ruleset: Ruleset
) -> Iterator[tuple[int, Verdict | None]]:
    """The values of the guide with what other leaves say of them; what a name or a rule says beyond doubt stays."""
    verdicts, naming = by_pairs(leaves, pairs, lambda names: _told(names, ruleset))
    for ordinal, verdict in guide.values:
        if ordinal in naming and ordinal not in guide.ruled:
            yield ordinal, None
        else:
            yield ordinal, verdict if verdict is not None and verdict.strong else verdicts.get(ordinal, verdict)


def _links(places: Sequence[Place]) -> Iterator[int]:
    for ordinal, (path, spelling, _) in enumerate(places[:-1]):
        if spelling == "host" and places[ordinal + 1].spelling == "segment" and path[0] != "headers":
            yield ordinal


def _pages(leaves: Sequence[Leaf], links: Sequence[int], known: set[int]) -> Iterator[Finding]:
    """Whose page a link leads to."""
    for ordinal in links:
        rest = (leaf.text for leaf in leaves[ordinal + 1 : ordinal + 3] if leaf.spelling == "segment")
        number = profile_at(leaves[ordinal].text, tuple(rest))
        if number is not None and (at := ordinal + 1 + number) not in known:
            yield Finding(at, leaves[at].path, WHOLE, _MESSENGER, _LIKELY, "messenger.page")


def _passed_on(path: Path, telling: Mapping[Path, Verdict], ruleset: Ruleset) -> Verdict | None:
    """The verdict on the nearest name above, if nothing between says that the value is something else.

    ``{"last_name": {"ru": …, "latin": …}}``; not ``{"phone": {"type": …}}``. Cards and credentials have members of
    many kinds, each with a name of its own.
    """
    for size in range(len(path), 1, -1):
        verdict = telling.get(path[:size])
        if verdict is not None:
            spec = ruleset.kinds.get(verdict.kind) or KINDS[verdict.kind]
            return verdict if verdict.strong and spec.category in _PASSED_ON else None
        step = path[size - 1]
        if isinstance(step, str) and not _says_no_kind(step):
            return None
    return None


def _by_place(place: Place) -> Verdict | None:
    """What no name tells: the user information of a URL."""
    return _USER_INFORMATION if place.path[-1] == "userinfo" and place.spelling == "segment" else None


def _says_no_kind(name: str) -> bool:
    ideas, understood = ideas_of(name)
    return ideas <= _NEUTRAL if understood else not ideas


@once
def _remembered_guide(outline: Outline, ruleset: Ruleset, learned: tuple[Learned, ...]) -> _Guide:
    return _guide(outline.places, ruleset, learned)


def _learnt(path: Path, learned: tuple[Learned, ...]) -> Verdict | None:
    return next((Verdict(one.kind, strong=True) for one in learned if one.kind and matches(one.path, path)), None)


def _telling_tokens(leaves: Sequence[Leaf], ruleset: Ruleset) -> Iterator[Finding]:
    """JWTs anywhere whose claims hold what is protected; it can't be taken out without breaking the signature."""
    if not holds_any([leaf.text for leaf in leaves]):
        return
    for ordinal, leaf in enumerate(leaves):
        for start, end, claims in claims_in(leaf.text):
            if claims is None or any(_is_protected(found.kind, ruleset) for found in classify(claims, ruleset)):
                yield Finding(ordinal, leaf.path, span_in(leaf.text, start, end), _JWT, _SURE, "jwt")


def _is_protected(kind: Kind, ruleset: Ruleset) -> bool:
    """True for what names or touches a person; the subject's id and the ids of devices are what tokens are for."""
    spec = ruleset.kinds.get(kind) or KINDS[kind]
    return kind == _JWT or (spec.category in _PROTECTED and kind not in _IDS)


def _objects(places: Sequence[Place]) -> dict[Path, _Members]:
    """The leaves by the object they belong to; path segments and bare bodies belong to none."""
    objects: dict[Path, _Members] = {}
    for ordinal, (path, _, _) in enumerate(places):
        end = len(path) - 1
        while end and path[end].__class__ is int:
            end -= 1
        objects.setdefault(path[:end], []).append((ordinal, str(path[end]) if end else ""))
    return objects


def _verdicts(place: Path, members: _Members, ruleset: Ruleset) -> Mapping[str, Verdict]:
    """The verdicts on the names of one object, the operator's own first."""
    names = field_names(dict.fromkeys([name for _, name in members]))
    by_part = _BY_PART.get(place[0]) if len(place) == 1 else None
    if by_part is None:
        verdicts = field_verdicts(_parents(place), names)
    else:
        verdicts = {name: verdict for name in names if (verdict := by_part(name))}
    told = _told([name for _, name in members], ruleset)
    return {**verdicts, **told} if told else verdicts


def _told(names: Sequence[str], ruleset: Ruleset) -> Mapping[str, Verdict]:
    """What the rules themselves say of names: as they are written under ``fields``, by their words under ``kinds``."""
    own, by_words = ruleset.fields, kinds_by_words(ruleset) if ruleset.own_fields else {}
    if not own and not by_words:
        return {}
    kinds = {name: own.get(name) or by_words.get(words_of(own_part(name))) for name in names if name}
    return {name: Verdict(kind, strong=True) for name, kind in kinds.items() if kind}


def _parents(place: Path) -> tuple[str, ...]:
    return field_names([part for part in place[1:] if isinstance(part, str)][-3:])


def _by_name(leaf: Leaf, ordinal: int, verdict: Verdict | None) -> Finding | None:
    """The finding over the whole leaf that its name makes of it; of a cookie without one, its random characters."""
    text = leaf.text
    if verdict is None:
        if not looks_random(text):
            return None
        verdict = _COOKIE
    if verdict.strong:
        kind, score, detector = refined(verdict.kind, text), _SURE, "field:strong"
    elif plausible(verdict.kind, text):
        kind, score, detector = refined(verdict.kind, text), _LIKELY, "field:weak"
    else:
        return None
    if kind == _BEARER and leaf.spelling == "base64":
        kind = _BASIC
    if kind == _IP and _ADDRESSES.fullmatch(text):
        return None
    return Finding(ordinal, leaf.path, WHOLE, kind, score, detector)


def _is_unusual(key: str) -> bool:
    """True for a key that is no plain word and not made of words of field names, or has the digits of a number."""
    named = _PLAIN_KEY.fullmatch(key) or (field_names((key,)) and ideas_of(key)[1])
    return not named or _NUMBER.search(key) is not None


def _is_open(kind: Kind, text: str, ruleset: Ruleset) -> bool:
    """True if rules may let the kind pass, or send a stand-in of it: then the value is looked into as well.

    Not so the usual name of a browser: every request has one, and it is mostly version numbers; nor a birth date that
    is one and nothing else, unless the operator has patterns of his own.
    """
    if kind in _BROWSER:
        return _UNUSUAL.search(text) is not None
    if kind == _BIRTH_DATE and not ruleset.finders and _DAY.fullmatch(text):
        return False
    spec = ruleset.kinds.get(kind) or KINDS.get(kind)
    return spec is not None and (spec.shape == "stand_in" or spec.category in _OPEN_CATEGORIES or kind in _OPEN_KINDS)


def _page(leaves: Sequence[Leaf], left: Sequence[int], basic: set[int]) -> Page:
    """The leaves that are left, as the detectors read them; ``basic``: those that are credentials of two parts."""
    texts = [_user(leaves[ordinal]) if ordinal in basic else _plain(leaves[ordinal]) for ordinal in left]
    return Page(texts, lambda number: _context(leaves, left[number]))


def _by_value(
    leaves: Sequence[Leaf], left: Sequence[int], known: set[tuple[int, Kind]], page: Page, ruleset: Ruleset
) -> Iterator[Finding]:
    """What the detectors find in the leaves that are left, except what their names have told already."""
    for hit in without_parts(scanner_for(ruleset).hits(page)):
        ordinal, kind = left[hit.text], hit.detector.kind
        spec = KINDS.get(kind) or ruleset.kinds[kind]
        if (ordinal, kind) not in known and (spec.equal or (ordinal, _BASIC) not in known):
            yield _finding(leaves[ordinal], ordinal, hit)


def _finding(leaf: Leaf, ordinal: int, hit: Hit) -> Finding:
    """The hit as a finding; inside a number it is the whole number."""
    span = WHOLE if leaf.spelling in NUMBERS else span_in(leaf.text, hit.start, hit.end)
    return Finding(ordinal, leaf.path, span, hit.detector.kind, hit.score, hit.detector.name)


def _beside_users(findings: list[Finding], leaves: Sequence[Leaf], told: set[int]) -> list[Finding]:
    """The findings; of a Basic credential whose user is a finding of its own, what stands behind the user."""
    for at, finding in enumerate(findings):
        if finding.kind == _BASIC and finding.leaf in told:
            user, text = _user(leaves[finding.leaf]), leaves[finding.leaf].text
            span = span_in(text, len(user), len(text)) if len(user) < len(text) else WHOLE
            findings[at] = Finding(finding.leaf, finding.path, span, finding.kind, finding.score, finding.detector)
    return findings


def _user(leaf: Leaf) -> str:
    """Who authenticates by Basic: where rules let the credential pass, he is still looked into, never the password.

    Only kinds with one token for one value count there: by another token nobody could log in twice.
    """
    return leaf.text.partition(":")[0]


def _plain(leaf: Leaf) -> str:
    """What the detectors read: the text, a whole number without its exponent and fraction (7.9e10)."""
    text = leaf.text
    if leaf.spelling not in NUMBERS or len(text) > _LONGEST_NUMBER or not _SCIENTIFIC.search(text):
        return text
    number = Decimal(text)
    return f"{number:.0f}" if number.adjusted() < _LONGEST_NUMBER and number == number.to_integral_value() else text


def _context(leaves: Sequence[Leaf], ordinal: int) -> str:
    """The words that name a leaf's place, and those before it in the same text; of a path segment, the segments before
    it.
    """
    path = leaves[ordinal].path
    if ordinal and leaves[ordinal - 1].spelling == "plain" and leaves[ordinal - 1].path == path:
        said = leaves[ordinal - 1].text[-_BEFORE:].lower().replace("ё", "е")
        return f"{_names_of(leaves, ordinal)} {said}"
    return _names_of(leaves, ordinal)


def _names_of(leaves: Sequence[Leaf], ordinal: int) -> str:
    path = leaves[ordinal].path
    names = _parents(path)
    if names:
        return context_words(names[:-1], names[-1])
    if path[0] != "path":
        return ""
    before = [leaf.text for leaf in leaves[max(0, ordinal - 2) : ordinal] if leaf.path[0] == "path"]
    return " ".join(before).lower().replace("-", " ").replace("_", " ")


def _reading_order(finding: Finding) -> tuple[int, int, int]:
    return finding.leaf, finding.span.start, finding.span.end
