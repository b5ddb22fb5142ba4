"""What stands in a PDF's objects beside what the library reads of them: found, or the file is unreadable."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfWriter
from pypdf.generic import NameObject, NumberObject

from gateway.adapters.extractor.formats import UnreadableError, texts_of
from tests.uploads.test_extractor import a_pdf


def noted(more: str) -> bytes:
    """A PDF with this in the dictionary that describes it; its table of places is right."""
    whole = a_pdf("nothing")
    place = b"/Producer (pypdf)"
    body, table, end = whole.replace(place, place + more.encode()).partition(b"xref\n")
    moved, behind = len(more.encode()), whole.index(place)
    table += re.sub(rb"\d{10}(?= 00000 n)", lambda at: b"%010d" % (int(at[0]) + moved * (int(at[0]) > behind)), end)
    return body + re.sub(rb"(?<=startxref\n)\d+", b"%d" % len(body), table)


def packed(more: str) -> bytes:
    """A PDF that keeps its objects in a stream, with this behind them there."""
    drawn = b"BT /F1 12 Tf (fine) Tj ET"
    inside = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Note(kept)>>",
    }
    head, data = b"", b""
    for number, one in inside.items():
        head += b"%d %d " % (number, len(data))
        data += one + b" "
    pack = b"<</Type/ObjStm/N 4/First %d/Length %d>>stream\n%s\nendstream"
    whole, places = b"%PDF-1.5\n", {}
    for number, one in (
        (4, b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn)),
        (6, pack % (len(head), len(head + data + more.encode()), head + data + more.encode())),
    ):
        places[number] = len(whole)
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    rows = [(0, 0, 255), *((2, 6, index) for index in range(3)), (1, places[4], 0), (2, 6, 3), (1, places[6], 0)]
    rows.append((1, len(whole), 0))
    table = b"".join(
        kind.to_bytes(1, "big") + at.to_bytes(2, "big") + last.to_bytes(1, "big") for kind, at, last in rows
    )
    dictionary = b"<</Type/XRef/Size 8/W[1 2 1]/Root 1 0 R/Length %d>>" % len(table)
    start = len(whole)
    return whole + b"7 0 obj\n%sstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % (dictionary, table, start)


@pytest.mark.parametrize(
    "more",
    [
        " /A (Anna)",
        " /A <416e6e61>",
        " /A <41 6e 6e 61>",
        " /A [ (x) <416e6e61> ]",
        " /A <</B<416e6e61>>>",
        r" /A (\101nna)",
        " /A /b%%Anna\n",
        "\n%%Anna\n",
        " /A /Anna@example.org",
        " /Anna@example.org 1",
        " /A /Anna#40example.org",
    ],
)
def test_what_stands_in_an_object_is_found(more: str) -> None:
    assert any("Anna" in text for text in texts_of(noted(more)))


@pytest.mark.parametrize(
    "more",
    [
        " /A Anna",
        " /A Anna /B (x)",
        " Anna /A",
        " <416e6e61> /B",
        " (Anna) /B",
        " /A << (Anna) >>",
        " /A (a) (Anna)",
        " /A (a) <416e6e61>",
        " /A (x) /A (Anna)",
        " /A <00> /A <416e6e61>",
        " /A 1.2.Anna",
        " /A [ <416e6e61",
        " /A true Anna",
        " /A 1 0 R <416e6e61>",
    ],
)
def test_what_the_library_leaves_out_of_an_object_makes_the_file_unreadable(more: str) -> None:
    with pytest.raises(UnreadableError):
        texts_of(noted(more))


def test_an_object_that_counts_as_none_makes_the_file_unreadable() -> None:
    with pytest.raises(UnreadableError):
        texts_of(noted(" /A (Anna)").replace(b"1 0 obj", b"0 0 obj"))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (NumberObject(79161234567), "79161234567"),
        (NameObject("/anna@example.org"), "anna@example.org"),
        (NameObject("/Анна"), "Анна"),
        (NumberObject(612), None),
        (NameObject("/Helvetica"), None),
    ],
)
def test_names_and_numbers_that_may_say_something_are_texts(value: NameObject | NumberObject, said: str | None) -> None:
    writer = PdfWriter(io.BytesIO(a_pdf("nothing")))
    writer._root_object[NameObject("/Note")] = value
    made = io.BytesIO()
    writer.write(made)
    texts = {"nothing", "pypdf", *([said] if said else [])}
    assert set(texts_of(made.getvalue())) == texts


@pytest.mark.parametrize("place", [b"endobj\n", b"%%EOF"])
@pytest.mark.parametrize("said", [b"<416e6e61>", b"<d090d0bdd0bdd0b0>", b"<feff0041006e006e0061>"])
def test_hexadecimal_between_objects_is_read(place: bytes, said: bytes) -> None:
    before, found, behind = a_pdf("nothing").rpartition(place)
    texts = texts_of(before + found + b"\n" + said + b"\n" + behind)
    assert {"Anna", "Анна"} & set(texts)


def test_objects_that_are_kept_in_a_stream_are_read() -> None:
    assert {"fine", "kept"} <= set(texts_of(packed("")))
    assert any("Anna" in text for text in texts_of(packed("% Anna")))


@pytest.mark.parametrize("more", ["(Anna)", "<416e6e61>", "Anna", "<</A(Anna)>>"])
def test_what_stands_beside_objects_in_their_stream_makes_the_file_unreadable(more: str) -> None:
    with pytest.raises(UnreadableError):
        texts_of(packed(more))
