"""Our finds beside those of others on the same texts in the same run; each of the others runs in its own environment.

python -m tests.quality.beside natasha=PYTHON presidio=PYTHON

PYTHON is the interpreter of an environment in which that one is installed. Presidio runs without an NER model: its
patterns alone, and its e-mail recogniser replaced by a pattern, because the original goes online for suffixes.
A row "ours, names of X too" adds the names that X finds and ours don't cover, as the gateway does with a model.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from gateway.core.detect.outside import TIERS
from tests.quality.data import english, made, news
from tests.quality.make_tagger import folds
from tests.quality.report import spans_of
from tests.quality.score import Labelled, Span, scored

SETS = {
    "factRuEval dev": news,
    "factRuEval dev, lower case": lambda: news(str.lower),
    "factRuEval dev, upper case": lambda: news(str.upper),
    "generated": made,
    "presidio sample": english,
}


def ours(name: str, texts: Sequence[str]) -> tuple[list[list[Span]], float]:
    """Our spans, and the seconds of the processor that they took."""
    unseen = name.startswith("factRuEval")
    folds()
    begun = time.process_time()
    return spans_of(texts, TIERS, unseen=unseen), time.process_time() - begun


def theirs(name: str, python: str, texts: Sequence[str]) -> tuple[list[list[Span]], float]:
    """The spans that another finds, and the seconds."""
    script = Path(__file__).parent / "rivals" / f"{name}_spans.py"
    given = "".join(json.dumps(text) + "\n" for text in texts)
    done = subprocess.run([python, str(script)], input=given, capture_output=True, text=True, check=True)
    *rows, seconds = done.stdout.splitlines()
    return [[(start, end, kind) for start, end, kind in json.loads(row)] for row in rows], float(seconds)


def table(rivals: dict[str, str]) -> Iterator[str]:
    """A row for each set and each one asked."""
    yield "| set | who | PERSON P | R | F1 | typed F1 | typed F2 | missed | hidden | ms a 1,000 characters |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for name, texts in SETS.items():
        labelled = texts()
        given = [one.text for one in labelled]
        found, seconds = ours(name, given)
        yield _row(name, "ours", labelled, (found, seconds))
        for who, python in rivals.items():
            others, spent = theirs(who, python, given)
            yield _row(name, who, labelled, (others, spent))
            if any(kind == "PERSON" for spans in others for _, _, kind in spans):
                both = [more_names(mine, more) for mine, more in zip(found, others, strict=True)]
                yield _row(name, f"ours, names of {who} too", labelled, (both, seconds + spent))


def more_names(mine: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """Our spans and the names of others that ours do not cover."""
    known = [(start, end) for start, end, kind in mine if kind == "PERSON"]
    more = [
        (start, end, kind)
        for start, end, kind in others
        if kind == "PERSON" and not any(begin <= start and end <= stop for begin, stop in known)
    ]
    return sorted([*mine, *more])


def _row(name: str, who: str, labelled: Sequence[Labelled], told: tuple[list[list[Span]], float]) -> str:
    found, seconds = told
    score = scored(zip(labelled, found, strict=True))
    person, whole = score.of("PERSON"), score.whole()
    sight = f"{100 * score.share(score.missed):.1f} % | {100 * score.share(score.hidden):.1f} %"
    speed = 1e6 * seconds / sum(len(one.text) for one in labelled)
    numbers = [person.precision, person.recall, person.f(1), whole.f(1), whole.f(2)]
    return f"| {name} | {who} | " + " | ".join(f"{number:.3f}" for number in numbers) + f" | {sight} | {speed:.2f} |"


if __name__ == "__main__":
    for line in table(dict(argument.split("=", 1) for argument in sys.argv[1:])):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
