"""What finding personal data costs: ours, a plain loop over the same patterns with ``re``, and others, in one run.

    python -m tests.load.speed [natasha=PYTHON presidio=PYTHON]

Microseconds of the processor a message, of one thread, warm: the best of several rounds of messages never seen before,
ours and the loop's in turns. PYTHON is the interpreter of an environment in which that one is installed; it is given
the message's values one by one, and its figure is the mean of a smaller number of messages. Compare ratios.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import TypeVar

from gateway import detect_text
from gateway.core.classify import classify
from gateway.core.codec import decode_request
from gateway.core.detect.catalog import DETECTORS
from gateway.model.document import Document
from gateway.model.limits import Limits
from gateway.model.message import Request
from gateway.model.rules import Ruleset
from gateway.ruleset.load import load
from tests.load.gateway import UPSTREAM, rules_file
from tests.load.people import body, person
from tests.quality.beside import theirs

T = TypeVar("T")
Message = Mapping[str, object] | str

WARM, ROUND, ROUNDS, FOR_OTHERS = 300, 50, 12, 50
"""Messages before any is timed, of a round, rounds; messages that others are given."""

CHAT = (
    "Добрый день! Меня зовут {name}, я заказывала у вас столик на прошлой неделе, и мне пришло не то, что я "
    "выбрала. Курьер приехал в среду около семи вечера, коробка была помята с одной стороны, внутри не хватало "
    "ножки и крепежа. Я написала в чат на сайте, мне ответили, что перезвонят в течение дня, но никто так и не "
    "позвонил. Номер заказа {order}, телефон {phone}, почта {email}, удобно после шести. Очень прошу решить вопрос "
    "до выходных, потому что гости приедут в субботу, а сидеть нам пока не на чем. Если замены нет, верните, "
    "пожалуйста, деньги на карту, с которой была оплата. Сборка простая, инструкция понятная, ткань приятная, цвет "
    "как на снимке, но без ножки столик не стоит, а подпирать его книгами я больше не хочу. Ещё на крышке скол, "
    "видимо, от удара; я сделала снимки и могу прислать их, куда скажете. Раньше заказывала у вас лампу и полку, "
    "всё приходило вовремя и целым, поэтому очень удивилась. Если проще забрать столик и привезти другой, я не "
    "против, только предупредите заранее, в какой день ждать: я работаю и дома бываю не всегда. Спасибо, жду "
    "ответа."
)


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of message: by number, and what is measured of it. ``budget_us``: what it may cost, if that is said."""

    name: str
    made: Callable[[int], Message]
    budget_us: int | None = None


def crm(number: int) -> Mapping[str, object]:
    """The 1 KB message of the bench."""
    made: Mapping[str, object] = json.loads(body(number, person(number)))
    return made


def chat(number: int) -> str:
    """Two kilobytes of Russian."""
    who = person(number)
    return CHAT.format(name=who.full_name.split()[1], order=100_000 + number, phone=who.phone, email=who.email)


def order(number: int) -> Mapping[str, object]:
    """A message about nobody: most of it numbers."""
    return {
        "order_id": 1_000_000_000 + number * 7919,
        "sku": f"46{number * 7919:011d}",
        "price": "1299.00",
        "status": "shipped",
        "warehouse": "MSK-4",
        "ts": 1_700_000_000_000 + number * 991,
        "version": f"1.2.{number}",
        "title": "Набор отвёрток для дома",
        "eta": f"2026-01-{number % 28 + 1:02d}",
        "comment": "leave at the door",
    }


SORTS = (
    Sort("1 KB of CRM JSON, 12 fields, 8 personal", crm, 100),
    Sort("2 KB chat message", chat, 500),
    Sort("an order, nobody in it", order),
)


def plain_patterns() -> list[re.Pattern[str]]:
    """The catalogue's patterns as ``re`` reads them; those found by reading words have none."""
    return [re.compile(_as_re(detector.pattern)) for detector in DETECTORS if detector.reader is None]


def _as_re(pattern: str) -> str:
    """Classes of letters and numbers are those of words, and an underscore with them: near enough for what it costs."""
    pattern = re.sub(r"\\x\{([0-9a-f]+)\}", lambda found: re.escape(chr(int(found[1], 16))), pattern)
    return re.sub(r"\\p(?:[A-Z]|\{\w+\})", r"\\w", pattern)


def values_of(message: Message) -> list[str]:
    return [message] if isinstance(message, str) else [str(value) for value in message.values()]


def decoded(message: Message) -> Document:
    """The message as the gateway decodes it; a text as the one field of an object."""
    raw = json.dumps({"message": message} if isinstance(message, str) else message, ensure_ascii=False).encode()
    headers = (("Host", "gw.example"), ("Content-Type", "application/json"), ("Content-Length", str(len(raw))))
    return decode_request(Request("POST", "/api/people", headers, raw, "127.0.0.1"), Limits())


def ways(ruleset: Ruleset) -> dict[str, Callable[[Sequence[Message]], Callable[[], None]]]:
    """Each way of looking at messages: given them, what is to be timed."""
    patterns = plain_patterns()

    def ours(messages: Sequence[Message]) -> Callable[[], None]:
        documents = [decoded(message) for message in messages]
        return lambda: _each(partial(classify, ruleset=ruleset), documents)

    def as_text(messages: Sequence[Message]) -> Callable[[], None]:
        texts = [" ".join(values_of(message)) for message in messages]
        return lambda: _each(partial(detect_text, lang="ru"), texts)

    def loop(messages: Sequence[Message]) -> Callable[[], None]:
        texts = [[value.lower() for value in values_of(message)] for message in messages]
        return lambda: _each(lambda row: [pattern.findall(value) for pattern in patterns for value in row], texts)

    return {"ours": ours, "detect_text": as_text, "re loop": loop}


def _each(look: Callable[[T], object], rows: Sequence[T]) -> None:
    for row in rows:
        look(row)


def measured(
    ruleset: Ruleset, sort: Sort, *, warm: int = WARM, size: int = ROUND, rounds: int = ROUNDS
) -> dict[str, float]:
    """Microseconds a message, for each way; the ways take turns, so that what the machine does meanwhile meets all."""
    numbers = count(1)
    best = dict.fromkeys(ways(ruleset), float("inf"))
    by_name = ways(ruleset)
    for name, way in by_name.items():
        way([sort.made(next(numbers)) for _ in range(warm if name != "re loop" else 1)])()
    for _ in range(rounds):
        for name, way in by_name.items():
            look = way([sort.made(next(numbers)) for _ in range(size)])
            begun = time.thread_time()
            look()
            best[name] = min(best[name], (time.thread_time() - begun) / size * 1e6)
    return best


def others(sort: Sort, rivals: Mapping[str, str]) -> dict[str, float]:
    """Microseconds a message that each of the others takes for its values."""
    texts = [value for number in range(FOR_OTHERS) for value in values_of(sort.made(number + 1))]
    return {name: theirs(name, python, texts)[1] / FOR_OTHERS * 1e6 for name, python in rivals.items()}


def table(ruleset: Ruleset, rivals: Mapping[str, str]) -> Iterator[str]:
    """A row for each sort of message; the ratios are to ``classify``."""
    yield "| message | ours us | budget us | detect_text us | re loop us | x ours |" + "".join(
        f" {name} us | x ours |" for name in rivals
    )
    yield "| --- | --- | --- | --- | --- | --- |" + " --- | --- |" * len(rivals)
    for sort in SORTS:
        spent = measured(ruleset, sort)
        ours = spent["ours"]
        cells = [f"{ours:,.0f}", str(sort.budget_us or "-"), f"{spent['detect_text']:,.0f}"]
        for cost in (spent["re loop"], *others(sort, rivals).values()):
            cells += [f"{cost:,.0f}", f"{cost / ours:,.1f}"]
        yield f"| {sort.name} | " + " | ".join(cells) + " |"


def rules(folder: Path) -> Ruleset:
    return load([rules_file(folder, UPSTREAM)])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        for line in table(rules(Path(name)), dict(argument.split("=", 1) for argument in sys.argv[1:])):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
