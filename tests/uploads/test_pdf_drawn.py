"""What draws a page of a PDF: nothing that stands in an odd place is overlooked, and what libraries write is read."""

from __future__ import annotations

import io
from typing import cast

import pytest
from pypdf import PdfWriter
from pypdf.generic import StreamObject

from gateway.adapters.extractor.formats import UnreadableError, texts_of
from tests.uploads.test_extractor import a_pdf


def drawn(content: str) -> bytes:
    """A page that is drawn so; its font is ``F1``."""
    writer = PdfWriter(io.BytesIO(a_pdf("nothing")))
    stream = cast("StreamObject", writer.pages[0]["/Contents"])
    stream.set_data(f"BT /F1 12 Tf 10 100 Td (fine) Tj {content}".encode())
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        "(Anna) Tj ET",
        "(Anna) ' ET",
        '1 2 (Anna) " ET',
        "[(An) -20 (na)] TJ ET",
        "<416e6e61> Tj ET",
        "ET (Anna) Tj",
        "/Span << /ActualText (Anna) >> BDC (x) Tj EMC ET",
        "ET % Anna",
        "(Anna (not (Maria))) Tj -.5 +3 4. Td ET",
        "/Anna@example.org gs ET",
        "/Anna#d0#b0 gs ET",
    ],
)
def test_what_draws_is_read(content: str) -> None:
    assert any("Anna" in text for text in texts_of(drawn(content)))


@pytest.mark.parametrize(
    "content",
    [
        "/L 3(Anna) Tj ET",
        "1.2.3 (Anna) Tj ET",
        "--(Anna) Tj ET",
        '(Anna) " ET',
        '(Anna) 2 (x) " ET',
        '/Anna 2 (x) " ET',
        "(Anna) (x) ' ET",
        "[(x) [(Anna)]] TJ ET",
        "[(x) /Anna] TJ ET",
        "[(Anna)] Tj ET",
        "(Anna) TJ ET",
        "/Anna Tj ET",
        "Tj ET",
        "<< /A (Anna) >> Tj ET",
        "<< (Anna) /A >> BX ET",
        "ET (Anna)",
        "ET <416e6e61>",
        "ET /Anna",
        "<< /Anna@example.org gs ET",
        "ET >> ET",
        "ET [(Anna)",
        "ET << /A (Anna",
        "(Anna)% x",
        "Anna ET",
        "{(Anna) Tj} ET",
        "(Anna ET",
    ],
)
def test_what_a_reader_might_leave_out_makes_it_unreadable(content: str) -> None:
    with pytest.raises(UnreadableError):
        texts_of(drawn(content))
