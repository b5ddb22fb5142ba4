from collections.abc import Iterator, Sequence

from navec import Navec

class Span:
    start: int
    stop: int
    type: str

class Markup:
    text: str
    spans: list[Span]

class NER:
    @classmethod
    def load(cls, path: str, batch_size: int = ...) -> NER: ...
    def navec(self, navec: Navec) -> NER: ...
    def map(self, items: Sequence[str]) -> Iterator[Markup]: ...
