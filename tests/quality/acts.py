"""What the gateway itself does with names in free text, by its rules alone and with the built-in model.

python -m tests.quality.acts

Each text is the value of a field ``note``, read as a body of a request is. *Missed* and *hidden* are of names only. The
last line counts false alarms: leaves of ordinary records (``tests/corpus/ordinary.py``) that are flagged.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence

from gateway.core.classify import classify
from gateway.core.codec.request import decode_request
from gateway.core.detect.builtin import people_in
from gateway.core.detect.kinds import KINDS
from gateway.core.detect.tagger import Weights
from gateway.core.free_text import completed, free_texts
from gateway.model.document import Document
from gateway.model.finding import Finding
from gateway.model.limits import Limits
from gateway.model.message import Request
from tests.corpus.ordinary import records
from tests.made import ruleset
from tests.quality.data import english
from tests.quality.make_tagger import FOLDS, folds
from tests.quality.report import SETS, lowered
from tests.quality.score import Labelled, Span, scored

_RULES = ruleset()
_LIMITS = Limits()
_RECORDS = 10_000
_SETS: dict[str, Callable[[], list[Labelled]]] = {
    **{name: texts for name, texts in SETS.items() if not name.startswith("generated, ")},
    "presidio sample, lower case": lambda: lowered(english()),
}


def table() -> Iterator[str]:
    yield "| set | who acts | P | R | F1 | missed | hidden |"
    yield "|---|---|---|---|---|---|---|"
    for name, texts in _SETS.items():
        labelled = texts()
        weights = (None,) * FOLDS if name.startswith(("presidio", "generated")) else folds()
        for who, tables in (("rules", ()), ("rules, built-in model", weights)):
            yield f"| {name} | {who} | {_figures(labelled, tables)} |"
    flagged = [_flagged(with_model=with_model) for with_model in (False, True)]
    yield f"\nFalse alarms on {_RECORDS} records: {flagged[0]} leaves by rules, {flagged[1]} with the built-in model."


def _figures(labelled: Sequence[Labelled], weights: Sequence[Weights | None]) -> str:
    found = [
        _spans(_document({"note": one.text}), weights[place % FOLDS : place % FOLDS + 1])
        for place, one in enumerate(labelled)
    ]
    score = scored(zip(labelled, found, strict=True))
    person = score.of("PERSON")
    numbers = " | ".join(f"{number:.3f}" for number in (person.precision, person.recall, person.f(1)))
    shares = [100 * score.share(counts, "PERSON") for counts in (score.missed, score.hidden)]
    return numbers + "".join(f" | {share:.1f} %" for share in shares)


def _document(body: object) -> Document:
    raw = json.dumps(body, ensure_ascii=False).encode()
    return decode_request(Request("POST", "/", (("Content-Type", "application/json"),), raw), _LIMITS)


def _spans(document: Document, weights: Sequence[Weights | None]) -> list[Span]:
    return [
        (one.span.start, one.span.end, KINDS[one.kind].judge)
        for one in _findings(document, weights)
        if document.leaves[one.leaf].path[0] == "body" and not document.leaves[one.leaf].is_key
    ]


def _findings(document: Document, weights: Sequence[Weights | None]) -> Sequence[Finding]:
    """What counts in a message; with the model, if there are weights for it (None: those that ship)."""
    found = classify(document, _RULES)
    ordinals = free_texts(document, found) if weights else []
    if not ordinals:
        return found
    return completed(document, found, ordinals, people_in([document.leaves[one].text for one in ordinals], weights[0]))


def _flagged(*, with_model: bool) -> int:
    documents = map(_document, records(_RECORDS))
    weights = (None,) if with_model else ()
    return sum(len({one.leaf for one in _findings(document, weights)}) for document in documents)


if __name__ == "__main__":
    for line in table():
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
