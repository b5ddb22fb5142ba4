from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

class NodeArg:
    name: str

class SessionOptions:
    intra_op_num_threads: int

class InferenceSession:
    def __init__(self, path: str, sess_options: SessionOptions, providers: Sequence[str]) -> None: ...
    def get_inputs(self) -> Sequence[NodeArg]: ...
    def run(self, output_names: Sequence[str] | None, input_feed: Mapping[str, NDArray[Any]]) -> list[NDArray[Any]]: ...
