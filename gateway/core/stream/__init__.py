"""Streams: bytes of a reply that go out while they come in, cut where a token may be restored in them. No I/O."""

from gateway.core.stream.cutter import Cutter, cutter_of, is_endless, is_events, says_nothing
from gateway.core.stream.piece import Piece, Terms, message_piece, restored, where_restored
from gateway.core.stream.repack import Packer
from gateway.core.stream.unpack import Unpacker

__all__ = [
    "Cutter",
    "Packer",
    "Piece",
    "Terms",
    "Unpacker",
    "cutter_of",
    "is_endless",
    "is_events",
    "message_piece",
    "restored",
    "says_nothing",
    "where_restored",
]
