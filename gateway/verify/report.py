"""The table that a person reads at a glance, the leaks one by one, and the same for machines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.verify.canaries import PersonName
from gateway.verify.outcome import BAD, Result, Word
from gateway.verify.plant import PLACES, Place

WHOSE: dict[PersonName, str] = {"ru": "Russian", "unknown": "unknown", "de": "German"}
_STYLES: dict[Word, str] = {
    "blind": "bold red",
    "LEAK": "bold red",
    "broken": "bold red",
    "restored": "green",
    "clean": "green",
    "refused": "yellow",
    "plain": "dim",
    "changed": "yellow",
}
_MEANINGS: dict[Word, str] = {
    "LEAK": "arrived, or lies on a disk, where it must not",
    "blind": "verify does not see its own canary: nothing is proved",
    "broken": "the gateway failed: nothing is proved",
    "restored": "did not arrive; the sender got it back in the reply",
    "clean": "did not arrive",
    "refused": "the gateway sent nothing on",
    "plain": "arrived, and may",
    "changed": "may arrive, and did not",
}


def print_report(results: Sequence[Result], left_out: Sequence[str], console: Console) -> None:
    """One table a destination, what letters and words mean, every leak, what was left out, the sum."""
    for name in dict.fromkeys(result.probe.to for result in results):
        console.print(_table(name, [result for result in results if result.probe.to == name]))
    _legend(results, console)
    _leaks(results, console)
    for line in left_out:
        console.print(f"Not covered: {escape(line)}", style="dim")
    console.print(summary(results), style="bold red" if bad(results) else "bold green")


def bad(results: Sequence[Result]) -> bool:
    return any(result.through in BAD or result.direct == "blind" for result in results)


def summary(results: Sequence[Result]) -> str:
    """``1204 canaries in 13 places · direct: 812 LEAK · through the gateway: 0 LEAK, 411 restored …``"""
    through = Counter(result.through for result in results)
    direct = Counter(result.direct for result in results)
    words = ", ".join(f"{through[word]} {word}" for word in _STYLES if through[word] or word == "LEAK")
    places = len({result.probe.place for result in results})
    blind = f", {direct['blind']} blind" if direct["blind"] else ""
    sent = f"{len(results)} canaries in {places} places"
    return f"{sent}. Direct: {direct['LEAK']} LEAK{blind}. Through the gateway: {words}."


LETTERS: dict[Place, str] = dict(zip(PLACES, "PQGHCJKSNZFTX", strict=True))


def _table(name: str, results: Sequence[Result]) -> Table:
    table = Table(
        title=f"destination {name}",
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    for column, width in (("value", 18), ("where", 13), ("direct", 6)):
        table.add_column(column, min_width=width, no_wrap=True)
    for person in WHOSE.values():
        table.add_column(f"through: {person}", min_width=10, max_width=22, overflow="fold")
    for title in dict.fromkeys(result.probe.canary.sort.title for result in results):
        ours = [result for result in results if result.probe.canary.sort.title == title]
        direct = max((result.direct for result in ours), key=list(_STYLES)[::-1].index)
        cells = [_through([r for r in ours if r.probe.canary.person == person]) for person in WHOSE]
        table.add_row(title, _letters(ours), _styled(direct), *cells)
    return table


def _letters(results: Sequence[Result]) -> str:
    met = {result.probe.place for result in results}
    return "".join(letter for place, letter in LETTERS.items() if place in met)


def _through(results: Sequence[Result]) -> str:
    """``restored, clean C``: the most frequent word, the others with the places where they hold; bad ones first."""
    counted = Counter(result.through for result in results)
    usual = counted.most_common(1)[0][0] if counted else None
    words = sorted(counted, key=lambda word: (word not in BAD, -counted[word]))
    return ", ".join(_styled(word) + _where(word, results, told=word != usual or word in BAD) for word in words)


def _where(word: Word, results: Sequence[Result], *, told: bool) -> str:
    return " " + _letters([result for result in results if result.through == word]) if told else ""


def _styled(word: Word) -> str:
    return f"[{_STYLES[word]}]{word}[/]"


def _legend(results: Sequence[Result], console: Console) -> None:
    console.print(", ".join(f"{letter} {place}" for place, letter in LETTERS.items()), style="dim")
    met = {result.through for result in results} | {result.direct for result in results}
    console.print("; ".join(f"{_styled(word)} {_MEANINGS[word]}" for word in _STYLES if word in met))


def _leaks(results: Sequence[Result], console: Console) -> None:
    for result in results:
        probe = result.probe
        planted = f"{probe.canary.sort.title} of a {WHOSE[probe.canary.person]} in {probe.place} towards {probe.to}"
        for sight in result.sights:
            console.print(f"[bold red]LEAK[/] {planted}: {escape(sight.where)} ({escape(sight.how)})", highlight=False)
        if result.through == "broken":
            console.print(f"[bold red]broken[/] {planted}: answered {result.status or 'nothing'}", highlight=False)


def as_json(results: Sequence[Result], left_out: Sequence[str]) -> str:
    """Everything, one member a probe; canaries are nobody's, so their values stand here."""
    return json.dumps(
        {
            "leak": bad(results),
            "summary": summary(results),
            "probes": [_one(result) for result in results],
            "not_covered": list(left_out),
        },
        ensure_ascii=False,
        indent=1,
    )


def _one(result: Result) -> dict[str, object]:
    canary = result.probe.canary
    return {
        "destination": result.probe.to,
        "kind": canary.sort.kind,
        "title": canary.sort.title,
        "person": canary.person,
        "place": result.probe.place,
        "value": canary.value,
        "direct": result.direct,
        "through": result.through,
        "status": result.status,
        "sights": [{"where": sight.where, "how": sight.how} for sight in result.sights],
    }
