"""Is this text in those bytes, however it is spelt there?

Two halves that meet in the middle: a text has many *forms* (charset, case, base64 at each offset, hex, digits alone),
and bytes have many *views* (unescaped, URL-decoded, decompressed, base64-decoded, one inside another). A text is
found when one of its forms stands in one of the views. Nothing here knows the gateway's own codecs: an oracle must
not share their blind spots.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.verify.forms import SHORTEST, forms
from gateway.verify.views import views

_GRAM = SHORTEST


@dataclass(frozen=True, slots=True)
class Hit:
    """One text met: ``form`` is how it was spelt, ``view`` what had to be undone to see it, ``at`` the byte in that
    view.
    """

    text: str
    form: str
    view: str
    at: int


def find(texts: Iterable[str], data: bytes) -> list[Hit]:
    """The first sight of each text in the data; O(data) for any number of texts."""
    wanted = {text: forms(text) for text in texts}
    buckets: dict[bytes, list[tuple[bytes, str, str]]] = {}
    for text, spelt in wanted.items():
        for needle, form in spelt.items():
            buckets.setdefault(needle[:_GRAM], []).append((needle, form, text))
    hits: dict[str, Hit] = {}
    for view, seen in views(data).items():
        for gram in buckets.keys() & _grams(seen):
            for needle, form, text in buckets[gram]:
                if text not in hits and (at := seen.find(needle)) >= 0:
                    hits[text] = Hit(text, form, view, at)
    return [hits[text] for text in wanted if text in hits]


def _grams(data: bytes) -> set[bytes]:
    return {data[at : at + _GRAM] for at in range(len(data) - _GRAM + 1)}
