"""Streams: bytes of a reply that go out while they come in, cut where a token may be restored in them. No I/O."""

from gateway.core.stream.cutter import Cutter, cutter_of, is_endless
from gateway.core.stream.piece import Piece, message_piece, restored
from gateway.core.stream.repack import Packer, packer_of
from gateway.core.stream.unpack import Unpacker, unpacker_of

__all__ = [
    "Cutter",
    "Packer",
    "Piece",
    "Unpacker",
    "cutter_of",
    "is_endless",
    "message_piece",
    "packer_of",
    "restored",
    "unpacker_of",
]
