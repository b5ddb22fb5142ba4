"""What goes out in place of a value: names that the home store hands out, and stand-ins.

A name spells (record, field) in letters that the back end's column accepts; an alias is too short for that and means
something only in the store. Every shape is a file; ``shapes`` chooses among them; ``recognise`` finds names in a text.
"""

from gateway.core.naming.names import record_id, region_code
from gateway.core.naming.recognise import may_hold, sightings, sightings_in
from gateway.core.naming.shapes import (
    candidates,
    canonical,
    is_alias,
    named_apart,
    ref_of,
    shape_for,
    shape_of,
    show,
    written_like,
)
from gateway.core.naming.stand_in import fits, stand_in
from gateway.core.naming.tail import partial_tail
from gateway.core.naming.uuid import stretch as uuid_stretch

__all__ = [
    "candidates",
    "canonical",
    "fits",
    "is_alias",
    "may_hold",
    "named_apart",
    "partial_tail",
    "record_id",
    "ref_of",
    "region_code",
    "shape_for",
    "shape_of",
    "show",
    "sightings",
    "sightings_in",
    "stand_in",
    "uuid_stretch",
    "written_like",
]
