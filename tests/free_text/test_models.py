"""The models that ship, over real runtimes: a small classifier in ONNX, and what is told where files are missing.

slovnet's weights are no part of this repository; ``test_a_folder_without_the_archives`` needs none.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from gateway.adapters.name_models import onnx, slovnet
from gateway.adapters.names_pool import NamesPool, PoolSizes
from gateway.adapters.sink_memory import MemorySink
from gateway.catalog import MODELS
from gateway.model.errors import WorldError
from gateway.model.free_text import NameModel, Spotted
from tests.free_text.onnx_file import look_up_model
from tests.free_text.pools import PATIENT, pool

WORDS = {"[UNK]": 0, "хрюнда": 1, "мымровна": 2, "гоша": 3, "москва": 4}
LABELS = ["O", "B-PER", "I-PER", "B-LOC"]
TABLE = [[5, 0, 0, 0], [0, 5, 0, 0], [0, 0, 5, 0], [0, 5, 0, 0], [0, 0, 0, 5]]
SURE = 0.98


def write_model(folder: Path, most_tokens: int = 512) -> Path:
    tokenizer = Tokenizer(WordLevel(WORDS, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "model.onnx").write_bytes(look_up_model(TABLE))
    config = {"id2label": dict(enumerate(LABELS)), "max_position_embeddings": most_tokens}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def stretches(model: NameModel, texts: list[str]) -> list[str]:
    found = model.names_in(texts)
    assert all(one.score > SURE for one in found)
    return [f"{one.text}: {texts[one.text][one.start : one.end]}" for one in found]


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["вот хрюнда мымровна из москва"], ["0: хрюнда мымровна"]),
        (["хрюнда гоша"], ["0: хрюнда", "0: гоша"]),
        (["ничего", "", "а это гоша"], ["2: гоша"]),
        ([], []),
        (["мымровна"], ["0: мымровна"]),
    ],
)
def test_labels_become_names(tmp_path: Path, texts: list[str], found: list[str]) -> None:
    assert stretches(onnx.open_model(write_model(tmp_path)), texts) == found


def test_a_text_longer_than_the_model_is_read_in_windows(tmp_path: Path) -> None:
    model = onnx.open_model(write_model(tmp_path, 8))
    text = "слово " * 50 + "хрюнда мымровна " + "слово " * 50 + "гоша"
    found = set(stretches(model, [text, text]))
    assert {"0: хрюнда мымровна", "0: гоша", "1: хрюнда мымровна", "1: гоша"} <= found


async def test_a_model_in_onnx_reads_in_the_pool(tmp_path: Path) -> None:
    async with pool(write_model(tmp_path), PATIENT, address=MODELS["onnx"]) as made:
        (spotted,) = await made.names_in(["сказала хрюнда вчера"]) or [Spotted(0, 0, 0, 0)]
    assert (spotted.start, spotted.end) == (8, 14)


def test_a_folder_without_the_archives_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"0 files slovnet_ner_\*\.tar"):
        slovnet.open_model(tmp_path)


@pytest.mark.parametrize("name", sorted(MODELS.keys() - {"builtin"}))
async def test_an_empty_folder_stops_the_start(tmp_path: Path, name: str) -> None:
    with pytest.raises(WorldError, match="GW-S040"):
        await NamesPool(MODELS[name], tmp_path, PoolSizes(), MemorySink()).start()
