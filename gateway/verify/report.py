"""The table that a person reads at a glance, the leaks one by one, and the same for machines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.verify.canaries import PersonName
from gateway.verify.outcome import BAD, Result, Word
from gateway.verify.plant import PLACES, Place

WHOSE = {"ru": "Russian", "unknown": "unknown", "de": "German"}
_STYLES: dict[Word, str] = {
    "LEAK": "bold red",
    "blind": "bold red",
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
    """One table a destination, what the words mean, every leak, what was left out, the sum."""
    for name in dict.fromkeys(result.probe.to for result in results):
        console.print(_table(name, [result for result in results if result.probe.to == name]))
    _legend(results, console)
    _leaks(results, console)
    for line in left_out:
        console.print(f"  not covered: {escape(line)}", style="dim", soft_wrap=False)
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


def _table(name: str, results: Sequence[Result]) -> Table:
    table = Table(title=f"destination {name}", title_justify="left", title_style="bold", expand=True)
    for column, ratio in (("value", 3), ("whose", 3), ("where", 7), ("direct", 2), ("through the gateway", 3)):
        table.add_column(column, ratio=ratio, overflow="fold")
    for title in dict.fromkeys(result.probe.canary.sort.title for result in results):
        shown = title
        for whose, where, direct, through in _rows([r for r in results if r.probe.canary.sort.title == title]):
            table.add_row(shown, whose, where, _styled(direct), _styled(through))
            shown = ""
    return table


def _styled(word: Word) -> str:
    return f"[{_STYLES[word]}]{word}[/]"


def _rows(results: Sequence[Result]) -> Iterator[tuple[str, str, Word, Word]]:
    """Results of one sort put together: people with the same outcome in the same places share a row, bad rows first."""
    places: dict[tuple[PersonName, Word, Word], list[Place]] = {}
    for result in results:
        places.setdefault((result.probe.canary.person, result.direct, result.through), []).append(result.probe.place)
    people: dict[tuple[Word, Word, tuple[Place, ...]], list[PersonName]] = {}
    for (person, direct, through), where in places.items():
        people.setdefault((direct, through, tuple(where)), []).append(person)
    everywhere = {result.probe.place for result in results}
    for (direct, through, there), who in sorted(people.items(), key=lambda row: row[0][1] not in BAD):
        whose = "anybody" if len(who) == len(WHOSE) else ", ".join(WHOSE[person] for person in who)
        yield whose, _where(there, everywhere), direct, through


def _where(there: Sequence[Place], everywhere: set[Place]) -> str:
    if set(there) == everywhere and len(there) > 1:
        return f"all {len(there)} places"
    return ", ".join(place for place in PLACES if place in there)


def _legend(results: Sequence[Result], console: Console) -> None:
    met = {result.through for result in results} | {result.direct for result in results}
    console.print(" · ".join(f"{_styled(word)} {_MEANINGS[word]}" for word in _STYLES if word in met))


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
