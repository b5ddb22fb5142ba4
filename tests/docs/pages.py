"""Writes the parts of the documents that are drawn from the source: the floors, the list of error codes.

python -m tests.docs.pages
"""

from __future__ import annotations

from tests.core.detect import detectors_page, kind_rows, kinds_page
from tests.docs import errors, floors

DRAWN = (floors, errors, kind_rows, kinds_page, detectors_page)

if __name__ == "__main__":
    for drawn in DRAWN:
        drawn.PAGE.write_text(drawn.page())
