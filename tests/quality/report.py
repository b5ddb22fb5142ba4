"""The tables of ``make quality``, and the figures of them that may not fall."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from gateway.core.detect.fields import classify_field
from gateway.core.detect.lexicon import EXACT, RUSSIAN
from gateway.core.detect.outside import TIERS, detect_text
from gateway.core.detect.words import words_of
from tests.quality.data import english, fields, made, news, requests
from tests.quality.generate import SPELLINGS
from tests.quality.make_tagger import FOLDS, folds
from tests.quality.score import Labelled, Score, Span, scored

SETS: dict[str, Callable[[], list[Labelled]]] = {
    "factRuEval dev": news,
    "factRuEval dev, lower case": lambda: news(str.lower),
    "factRuEval dev, upper case": lambda: news(str.upper),
    "requests": requests,
    "requests, lower case": lambda: lowered(requests()),
    "presidio sample": english,
    "generated": made,
    **{f"generated, {spelling}": partial(made, spelling) for spelling in SPELLINGS},
}
_MAIN = ("factRuEval dev", "requests", "presidio sample", "generated")
_LEARNED = ("factRuEval", "requests")
"""Sets that the tagger learned from: their texts are judged by weights that were learned without them."""


def lowered(texts: Sequence[Labelled]) -> list[Labelled]:
    return [labelled._replace(text=labelled.text.lower()) for labelled in texts]


def score_of_set(name: str, tiers: Sequence[str] = TIERS) -> Score:
    """The score of a set by its name."""
    return score_of(SETS[name](), tiers, unseen=name.startswith(_LEARNED))


def score_of(texts: Sequence[Labelled], tiers: Sequence[str] = TIERS, *, unseen: bool = False) -> Score:
    """The score of our own finds in these texts. ``unseen``: by weights that were learned without the text."""
    return scored(zip(texts, spans_of([labelled.text for labelled in texts], tiers, unseen=unseen), strict=True))


def spans_of(texts: Sequence[str], tiers: Sequence[str], *, unseen: bool) -> list[list[Span]]:
    weights = folds() if unseen and "mentions" in tiers else (None,) * FOLDS
    return [detect_text(text, tiers, weights[place % FOLDS]) for place, text in enumerate(texts)]


def figures() -> dict[str, float]:
    """What the baseline keeps: F2 and the share that is touched, by set and type; names in any case; fields."""
    kept: dict[str, float] = {}
    for name in SETS:
        score = score_of_set(name)
        kept[f"{name}: all, F2"] = score.whole().f(2)
        kept[f"{name}: touched"] = score.touched
        kept[f"{name}: PERSON, recall"] = score.of("PERSON").recall
        kept[f"{name}: PERSON, precision"] = score.of("PERSON").precision
        if name in _MAIN:
            kept |= {
                f"{name}: {kind}, F2": score.of(kind).f(2) for kind, count in sorted(score.asked.items()) if count >= 20
            }
    kept |= {f"fields {name}, F2": f_two(rows) for name, rows in field_rows().items()}
    return {name: round(figure, 4) for name, figure in kept.items()}


def tables() -> Iterator[str]:
    """Everything there is to say, as lines of Markdown."""
    for name in _MAIN:
        score = score_of_set(name)
        yield f"\n**{name}**: {score.asked.total()} labels\n"
        yield "| type | labels | P | R | F1 | F2 | exact P | exact R | missed | hidden |"
        yield "|---|---|---|---|---|---|---|---|---|---|"
        for kind, count in sorted(score.asked.items(), key=lambda item: (-item[1], item[0])):
            if count:
                yield _row(score, kind)
        yield _row(score, "")
    yield "\n**Spellings and cases, names of people**\n"
    yield "| set | P | R | F1 | missed, any type | hidden |"
    yield "|---|---|---|---|---|---|"
    for name in SETS:
        yield _people(name, score_of_set(name))
    yield from _tiers()
    yield from _fields()


def field_rows() -> dict[str, list[tuple[bool, bool]]]:
    """Personal or not, told or not: of all names, the Russian ones, and those that stand in no dictionary of ours."""
    rows = [
        (type_ != "NONE", classify_field(field) is not None, lang, _verbatim(field)) for field, type_, lang in fields()
    ]
    return {
        "all": [(gold, told) for gold, told, _, _ in rows],
        "Russian": [(gold, told) for gold, told, lang, _ in rows if lang == "ru"],
        "not verbatim": [(gold, told) for gold, told, _, verbatim in rows if not verbatim],
    }


def f_two(rows: Sequence[tuple[bool, bool]]) -> float:
    right = sum(gold and told for gold, told in rows)
    weighed = 4 * sum(gold for gold, _ in rows) + sum(told for _, told in rows)
    return 5 * right / weighed if weighed else 0.0


def _verbatim(field: str) -> bool:
    """True if every word of a name stands in the lexicon exactly as it is."""
    return all(word in EXACT or word in RUSSIAN for word in words_of(field))


def _row(score: Score, kind: str) -> str:
    loose = score.of(kind) if kind else score.whole()
    exact = score.of(kind, exact=True) if kind else score.whole(exact=True)
    cells = [loose.precision, loose.recall, loose.f(1), loose.f(2), exact.precision, exact.recall]
    sight = [score.share(score.missed, kind), score.share(score.hidden, kind)]
    name = kind or "all, typed"
    numbers = [f"{cell:.3f}" for cell in cells] + [f"{100 * cell:.1f} %" for cell in sight]
    return f"| {name} | {loose.asked} | " + " | ".join(numbers) + " |"


def _people(name: str, score: Score) -> str:
    ratio = score.of("PERSON")
    sight = f"{100 * score.share(score.missed):.1f} % | {100 * score.share(score.hidden):.1f} %"
    return f"| {name} | {ratio.precision:.3f} | {ratio.recall:.3f} | {ratio.f(1):.3f} | {sight} |"


def _tiers() -> Iterator[str]:
    yield "\n**Tier by tier**, each with those before it\n"
    yield "| set | tiers | PERSON P | R | typed F1 | typed F2 | untyped recall | hidden |"
    yield "|---|---|---|---|---|---|---|---|"
    for name in _MAIN:
        for count in range(1, len(TIERS) + 1):
            score = score_of_set(name, TIERS[:count])
            whole, names = score.whole(), score.of("PERSON")
            numbers = [names.precision, names.recall, whole.f(1), whole.f(2), score.touched]
            told = " | ".join(f"{number:.3f}" for number in numbers)
            yield f"| {name} | {' + '.join(TIERS[:count])} | {told} | {100 * score.share(score.hidden):.1f} % |"


def _fields() -> Iterator[str]:
    yield "\n**Field names** (development half)\n"
    yield "| names | count | personal | precision | recall | F2 |"
    yield "|---|---|---|---|---|---|"
    for name, rows in field_rows().items():
        asked, told = sum(gold for gold, _ in rows), sum(found for _, found in rows)
        right = sum(gold and found for gold, found in rows)
        figures_ = f"{right / max(told, 1):.3f} | {right / max(asked, 1):.3f} | {f_two(rows):.3f}"
        yield f"| {name} | {len(rows)} | {asked} | {figures_} |"
