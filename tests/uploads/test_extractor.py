"""Texts of PDFs, office documents and archives; whatever can't be read whole, or is a bomb, is told so."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import cast

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from gateway.adapters.extractor import ProcessExtractor
from gateway.adapters.extractor.formats import UnreadableError, texts_of
from gateway.adapters.sink_memory import MemorySink
from tests.uploads.test_files import a_document


def a_pdf(text: str = "", *, picture: bool = False, author: str = "") -> bytes:
    """A page with one line of text in a standard font, as a library writes it."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    font = DictionaryObject({
        NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
        NameObject("/BaseFont"): NameObject("/Helvetica"),
    })  # fmt: skip
    resources = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})})
    if picture:
        image = DecodedStreamObject()
        image.set_data(b"\0")
        image.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Image")})
        resources[NameObject("/XObject")] = DictionaryObject({NameObject("/Im1"): writer._add_object(image)})
    page[NameObject("/Resources")] = resources
    if text:
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 10 100 Td ({text}) Tj ET".encode())
        page[NameObject("/Contents")] = writer._add_object(stream)
    if author:
        writer.add_metadata({"/Author": author})
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def a_zip(**entries: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in entries.items():
            archive.writestr(name.replace("__", "."), raw)
    return made.getvalue()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (a_pdf("Anna Petrova"), "Anna Petrova"),
        (a_pdf("nothing", author="Анна Иванова"), "Анна Иванова"),
        (a_document("Договор", "Анна"), "Анна"),
        (a_zip(notes__txt="Анна".encode()), "Анна"),
        (a_zip(notes__csv="Анна;1".encode("cp1251")), "Анна;1"),
        (a_zip(notes__txt="Анна".encode("utf-16")), "Анна"),
        (a_zip(**{"Анна Иванова__txt": b"x"}), "Анна Иванова.txt"),
        (a_zip(inner__zip=a_zip(deep__pdf=a_pdf("Anna Petrova"))), "Anna Petrova"),
        (
            a_zip(sheet__xml='<?xml version="1.0"?><c name="Яна"><!--Юра--><v>79161234567</v><v>1</v></c>'.encode()),
            "Яна",
        ),
        (a_zip(sheet__xml=b"<c><v>79161234567</v><v>1</v></c>"), "79161234567"),
        (a_zip(sheet__xml="<c><!--Юра--></c>".encode()), "Юра"),
        (a_zip(sheet__xml="<c><?note Юра?></c>".encode()), "Юра"),
    ],
)
def test_every_text_is_found(body: bytes, text: str) -> None:
    assert text in [one.strip() for one in texts_of(body)]


def _encrypted() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(10, 10)
    writer.encrypt("secret", algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _attached() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(10, 10)
    writer.add_attachment("a.txt", b"Anna")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _twins() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.txt", "1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.txt", "2")
    return made.getvalue()


def _many() -> bytes:
    return a_zip(**{f"{n}__txt": b"" for n in range(2_001)})


def _nested(depth: int) -> bytes:
    body = a_zip(a__txt=b"x")
    for _ in range(depth):
        body = a_zip(a__zip=body)
    return body


UNREADABLE: dict[str, Callable[[], bytes]] = {
    "no pdf": lambda: b"%PDF-1.7 no more",
    "a picture": lambda: a_pdf("text", picture=True),
    "a drawing": lambda: a_pdf("text").replace(b"(text) Tj", b"0 0 9 9re"),
    "encrypted": _encrypted,
    "an attachment": _attached,
    "no zip": lambda: b"PK\x03\x04 no more",
    "a picture in a zip": lambda: a_zip(a__png=b"\x89PNG\r\n\x1a\n..."),
    "macros": lambda: a_zip(vbaProject__bin=b"\x01\x02"),
    "a text that is none": lambda: a_zip(a__txt=b"a\0b"),
    "entities": lambda: a_zip(a__xml=b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    "twins": _twins,
    "many entries": _many,
    "too deep": lambda: _nested(3),
    "a bomb": lambda: a_zip(a__txt=bytes(200 * 2**20)),
    "many small bombs": lambda: a_zip(**{f"{n}__txt": b"a" * 2**20 for n in range(80)}),
    "bytes before": lambda: b"PK\x03\x04" + a_zip(a__txt=b"x"),
    "bytes between": lambda: a_zip(a__txt=b"x").replace(b"PK\x01\x02", b"Anna Ivanova, Moscow PK\x01\x02", 1),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_can_not_be_read_whole_is_told(what: str) -> None:
    with pytest.raises(UnreadableError):
        texts_of(UNREADABLE[what]())


async def test_a_file_is_read_in_a_process_of_its_own() -> None:
    sink = MemorySink()
    extractor = ProcessExtractor(sink)
    assert await extractor.texts("application/pdf", a_pdf("Anna Petrova")) == ("Anna Petrova", "pypdf")
    assert await extractor.texts("application/pdf", UNREADABLE["a picture"]()) is None
    assert await extractor.texts("image/png", b"\x89PNG\r\n\x1a\n") is None
    assert sink.events == []


async def test_a_file_that_takes_too_long_is_given_up() -> None:
    sink = MemorySink()
    assert await ProcessExtractor(sink, 0.001).texts("application/zip", a_zip(a__txt=b"x")) is None
    assert sink.named("extractor_failed") == [{"media_type": "application/zip", "error": "TimeoutError"}]


def updated(body: bytes, text: str) -> bytes:
    """The same PDF with its page's contents written anew at its end, as editors save changes."""
    writer = PdfWriter(io.BytesIO(body), incremental=True)
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 10 100 Td ({text}) Tj ET".encode())
    writer._replace_object(writer.pages[0].raw_get("/Contents"), stream)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def with_orphan(text: str) -> bytes:
    writer = PdfWriter(io.BytesIO(a_pdf("nothing")))
    stream = DecodedStreamObject()
    stream.set_data(f"BT ({text}) Tj ET".encode())
    writer._add_object(stream)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def test_earlier_version_of_a_page_is_not_overlooked() -> None:
    body = updated(a_pdf("Anna Petrova"), "nothing")
    assert b"Anna Petrova" in body
    with pytest.raises(UnreadableError):
        texts_of(body)


def test_page_that_nobody_refers_to_is_not_overlooked() -> None:
    body = with_orphan("Anna Petrova")
    assert b"Anna Petrova" in body
    with pytest.raises(UnreadableError):
        texts_of(body)


@pytest.mark.parametrize("place", [b"%PDF-1.3", b"endobj", b"%%EOF"])
def test_remarks_between_the_objects_of_a_pdf_are_texts(place: bytes) -> None:
    before, found, behind = a_pdf("nothing").rpartition(place)
    body = before + found + b"\n% Anna Petrova\n" + behind
    assert any("Anna Petrova" in text for text in texts_of(body))


def test_font_of_a_pdf_is_no_page() -> None:
    writer = PdfWriter(io.BytesIO(a_pdf("Anna Petrova")))
    table = DecodedStreamObject()
    table.set_data(b"\0\1\0\0")
    told = DictionaryObject({NameObject("/Type"): NameObject("/FontDescriptor")})
    told[NameObject("/FontFile2")] = writer._add_object(table)
    resources = cast("DictionaryObject", writer.pages[0]["/Resources"])
    font = cast("DictionaryObject", cast("DictionaryObject", resources["/Font"])["/F1"])
    font[NameObject("/FontDescriptor")] = writer._add_object(told)
    made = io.BytesIO()
    writer.write(made)
    assert "Anna Petrova" in texts_of(made.getvalue())


@pytest.mark.parametrize("name", [b"/Kids", b"/Contents"])
def test_page_that_is_led_to_by_another_name_is_not_overlooked(name: bytes) -> None:
    whole = a_pdf("Anna Petrova")
    with pytest.raises(UnreadableError):
        texts_of(whole.replace(name, name[:-1] + b"z"))


def test_text_behind_the_value_of_an_object_is_not_overlooked() -> None:
    whole = a_pdf("Anna Petrova")
    torn = whole.replace(b"stream\n", b"stre<<\n", 1).replace(b"endstream", b"     ream", 1)
    assert any("Anna Petrova" in text for text in texts_of(torn))


def test_letters_that_their_font_does_not_tell_are_not_taken_for_text() -> None:
    with pytest.raises(UnreadableError):
        texts_of(a_pdf("Anna Petrova").replace(b"/F1 5 0 R", b"/F1endobj", 1))


def test_a_stream_that_is_read_as_none_is_not_overlooked() -> None:
    with pytest.raises(UnreadableError):
        texts_of(a_pdf("Anna Petrova").replace(b"/Length 43\n>>\n", b"/Length%%EOF", 1))
