"""Any token classifier in ONNX, as transformers exports them, run by onnxruntime; see docs/how-to/model.md.

The folder holds ``model.onnx`` (in: ``input_ids`` and, if it wants it, ``attention_mask``, ``token_type_ids``, int64
[texts, tokens]; out: logits, float [texts, tokens, labels]), ``tokenizer.json`` (of the tokenizers library) and
``config.json`` with ``id2label``: ``O``, ``B-PER``, ``I-PER`` …; labels of people end in PER or PERSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from onnxruntime import InferenceSession, SessionOptions
from tokenizers import Encoding, Tokenizer

from gateway.model.free_text import NameModel, Spotted

_MOST_TOKENS = 512
_OVERLAP = 64
"""Tokens that two neighbouring windows of a long text share, so that no name is cut in both."""

_WINDOWS = 16
"""How many windows go through the model together."""

_PEOPLE = ("PER", "PERSON")


def open_model(folder: Path) -> NameModel:
    """Raises OSError and ValueError where the folder is not complete."""
    config = json.loads((folder / "config.json").read_text())
    labels = {int(number): str(label) for number, label in config["id2label"].items()}
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    most = min(_MOST_TOKENS, int(config.get("max_position_embeddings", _MOST_TOKENS)))
    tokenizer.enable_truncation(most, stride=min(_OVERLAP, most // 4))
    tokenizer.enable_padding()
    options = SessionOptions()
    options.intra_op_num_threads = 1
    session = InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
    return _Onnx(session, tokenizer, [labels[number] for number in sorted(labels)])


class _Onnx:
    def __init__(self, session: InferenceSession, tokenizer: Tokenizer, labels: Sequence[str]) -> None:
        self._session, self._tokenizer, self._labels = session, tokenizer, labels
        self._inputs = {one.name for one in session.get_inputs()}
        self._people = np.array([label.endswith(_PEOPLE) for label in labels])
        self._begins = np.array([label.startswith("B-") for label in labels])

    def names_in(self, texts: Sequence[str]) -> Sequence[Spotted]:
        windows = [(number, one) for number, text in enumerate(texts) for one in self._windows(text)]
        found = list[Spotted]()
        for at in range(0, len(windows), _WINDOWS):
            found += self._in_windows(windows[at : at + _WINDOWS])
        return found

    def _windows(self, text: str) -> list[Encoding]:
        first = self._tokenizer.encode(text)
        return [first, *first.overflowing]

    def _in_windows(self, windows: Sequence[tuple[int, Encoding]]) -> Iterator[Spotted]:
        longest = max(len(one.ids) for _, one in windows)
        for _, one in windows:
            one.pad(longest)
        columns = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
        given = {
            name: np.array([getattr(one, column) for _, one in windows], dtype=np.int64)
            for name, column in columns.items()
            if name in self._inputs
        }
        logits = np.asarray(self._session.run(None, given)[0], dtype=np.float64)
        odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
        odds /= odds.sum(axis=-1, keepdims=True)
        for (number, one), chances in zip(windows, odds, strict=True):
            yield from self._names(number, one, chances.argmax(axis=-1), chances.max(axis=-1))

    def _names(
        self, number: int, window: Encoding, best: np.ndarray[tuple[int], np.dtype[np.int64]],
        sure: np.ndarray[tuple[int], np.dtype[np.float64]],
    ) -> Iterator[Spotted]:  # fmt: skip
        """Tokens of people in a row, up to the next that begins a name of its own."""
        start = end = 0
        score = 1.0
        words = window.word_ids
        for token, (first, last) in enumerate(window.offsets):
            within = bool(self._people[best[token]]) and last > first
            goes_on = token > 0 and words[token] is not None and words[token] == words[token - 1]
            if end and not (within and (goes_on or not self._begins[best[token]])):
                yield Spotted(number, start, end, score)
                start = end = 0
            if within:
                start, score = (start, min(score, float(sure[token]))) if end else (first, float(sure[token]))
                end = last
        if end:
            yield Spotted(number, start, end, score)
