"""A region's keys, wrapped by a root key that is kept elsewhere, and its people's data keys in a store of their own."""

from gateway.adapters.keys_wrapped.key_set import LINES, KeySet, KeyVersion, LineName
from gateway.adapters.keys_wrapped.provider import Pace, WrappedKeys
from gateway.adapters.keys_wrapped.ring import KeyRing
from gateway.adapters.keys_wrapped.tending import Tending
from gateway.adapters.keys_wrapped.turning import IndexTurning
from gateway.adapters.keys_wrapped.wrapping import Wrapping

__all__ = [
    "LINES",
    "IndexTurning",
    "KeyRing",
    "KeySet",
    "KeyVersion",
    "LineName",
    "Pace",
    "Tending",
    "WrappedKeys",
    "Wrapping",
]
