"""Whether a file, or a whole body, is a text that the codecs read and rewrite where it stands."""

from __future__ import annotations

from gateway.core.codec.body import read_text
from gateway.core.codec.budget import budget_of
from gateway.core.codec.media import Media, decoded
from gateway.core.codec.multipart import as_text, undone
from gateway.core.codec.nest import look_inside
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits


def reads_in_place(media: Media, transfer: str, raw: bytes, limits: Limits) -> bool:
    """True if a codec reads it whole. ``transfer``: the transfer coding that it is in, "" for none."""
    try:
        plain = undone(transfer, raw.decode("latin-1")) if transfer else raw
        text, _ = decoded(plain, media.charset)
        read_text(Media(as_text(media.type)), text, budget_of(limits, look_inside), ("body",))
    except PayloadError:
        return False
    return True
