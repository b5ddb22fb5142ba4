"""slovnet: a small Russian NER model over compressed word vectors (MIT), numpy alone.

The folder holds its two archives: the model (``slovnet_ner_*.tar``) and its vectors (``navec_*.tar``). The package has
neither; both lie in the wheel of natasha 1.6.0 (``natasha/data``), or where natasha publishes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from navec import Navec
from slovnet import NER

from gateway.model.free_text import NameModel, Spotted

_SCORE = 0.7
"""The model gives no probabilities; this is what it gets right on lower-case text, roughly."""


def open_model(folder: Path) -> NameModel:
    """Raises OSError where an archive is missing."""
    model = NER.load(str(_one(folder, "slovnet_ner_*.tar")), batch_size=32)
    model.navec(Navec.load(str(_one(folder, "navec_*.tar"))))
    return _Slovnet(model)


class _Slovnet:
    def __init__(self, model: NER) -> None:
        self._model = model

    def names_in(self, texts: Sequence[str]) -> Sequence[Spotted]:
        return [
            Spotted(number, span.start, span.stop, _SCORE)
            for number, found in enumerate(self._model.map(texts))
            for span in found.spans
            if span.type == "PER"
        ]


def _one(folder: Path, pattern: str) -> Path:
    files = sorted(folder.glob(pattern))
    if len(files) != 1:
        raise FileNotFoundError(f"{len(files)} files {pattern} in the model's folder, not one")
    return files[0]
