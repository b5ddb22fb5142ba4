"""Texts of PDFs, office documents and archives; whatever can't be read whole, or is a bomb, is told so."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import pytest
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

from gateway.adapters.extractor import ProcessExtractor
from gateway.adapters.extractor.formats import UnreadableError, texts_of
from gateway.adapters.sink_memory import MemorySink
from tests.uploads.test_files import a_document

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer


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


def test_a_stream_that_would_end_in_a_later_version_hides_nothing() -> None:
    """The beginning of one in the first object, and the only end behind the canary's."""
    whole = updated(a_pdf("Anna Petrova"), "nothing")
    torn = whole.replace(b"\n>>", b"stream\n", 1).replace(b"T\nendstream", b"stream\nndstream", 1)
    with pytest.raises(UnreadableError):
        texts_of(torn)


# ------------------------------------------------------------------------------------- what readers of archives skip


def made(name: str, raw: bytes, *, kind: int = zipfile.ZIP_STORED, extra: bytes = b"") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", kind) as archive:
        entry = zipfile.ZipInfo(name)
        entry.extra, entry.compress_type = extra, kind
        archive.writestr(entry, raw)
    return packed.getvalue()


def behind_entry(more: bytes, *, kind: int = zipfile.ZIP_STORED) -> bytes:
    """More bytes between the entry's data and the directory, which says that it begins behind them."""
    body, at = made("a.txt", b"x", kind=kind), made("a.txt", b"x", kind=kind).index(b"PK\x01\x02")
    offset = struct.pack("<L", at + len(more))
    return body[:at] + more + body[at:-6] + offset + body[-2:]


def with_tail_of_deflate(more: bytes) -> bytes:
    """The entry is longer than its packed data."""
    body = behind_entry(more, kind=zipfile.ZIP_DEFLATED)
    size, longer = (struct.pack("<L", 3 + grown) for grown in (0, len(more)))
    assert body.count(size + b"\1\0\0\0") == 2
    return body.replace(size + b"\1\0\0\0", longer + b"\1\0\0\0")


class Pipe(io.RawIOBase):
    """Where a writer can't go back to a header: it says later what it could not know."""

    def __init__(self) -> None:
        self.all = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer) -> int:
        self.all += bytes(data)
        return len(bytes(data))


@pytest.mark.parametrize("wide", [False, True])
def test_an_archive_written_into_a_pipe_is_read(wide: bool) -> None:
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.txt", "b.txt"):
            with archive.open(name, "w", force_zip64=wide) as entry:
                entry.write(f"in {name}".encode())
    assert {"in a.txt", "in b.txt"} <= {*texts_of(pipe.all)}
    marked = b"PK\x07\x08"
    bare = pipe.all.replace(marked, b"", 1)
    with pytest.raises(UnreadableError):
        texts_of(bare)
    with pytest.raises(UnreadableError):
        texts_of(pipe.all.replace(marked, b"PK\x07\x07", 1))


def test_an_archive_that_counts_in_64_bits_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 10)
    assert "a text of some length" in texts_of(a_zip(a__txt=b"a text of some length"))


MAIL = "anna@example.ru"


@pytest.mark.parametrize(
    "body",
    [
        behind_entry(b"+79161234567"),
        behind_entry(MAIL.encode()),
        with_tail_of_deflate(MAIL.encode()),
        made("a.txt", b"x") + MAIL.encode(),
        made("a.txt", b"x")[:-2] + b"\x05\0" + b"x PK " + MAIL.encode(),
        made("a.txt", MAIL.encode()).replace(b"a.txt", b"b.txt", 1),
        made("a.txt", b"\x12\x04\x30\x04\x3d\x04\x4f\x04"),
        made("a/", MAIL.encode()),
        made("a.txt", b"x", extra=b"\x99\x99\0\x08" + bytes(2048)),
        made("a.txt", b"x" * 65).replace(struct.pack("<2L", 65, 65), struct.pack("<2L", 65, 64)),
    ],
    ids=["phone behind entry", "address behind entry", "behind packed data", "behind the end", "second end",
         "two names", "UTF-16 without a mark", "in a folder", "large extra field", "longer than it says"],
)  # fmt: skip
def test_an_archive_in_which_readers_find_different_things_is_not_read(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        texts_of(body)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (made("a.txt", b"x", extra=b"\x99\x99\x0f\0" + MAIL.encode()), MAIL),
        (made("fonts/a.ttf", b"\0\1\0\0\xff" + MAIL.encode() + b"\xff"), MAIL),
        (made("fonts/a.odttf", b"\0\1\0\0\xff" + MAIL.encode("utf-16-be")), MAIL),
        (made("a.txt", b"\xff\xfe" + MAIL.encode() + b"!"), f"{MAIL}!"),
        (made("a.xml", f"<a xmlns:b='{MAIL}'/>".encode()), MAIL),
        (made("a.xml", f"<a rsidR='{MAIL}'/>".encode()), MAIL),
        (made("a.xml", b"<t79161234567/>"), "t79161234567"),
        (made("a.xml", b"<p><r><t>anna@</t></r><proofErr/><r><t>example.ru</t></r></p>"), MAIL),
        (made("a.xml", "<a><creator>Анна</creator><editor>Юра</editor></a>".encode()), "Юра"),
        (made("Anna.txt", b"x").replace(b"Anna", "Анна".encode("cp866")), "Анна.txt"),
    ],
    ids=["extra field", "font", "font in UTF-16", "ASCII behind a mark", "namespace", "revision", "element", "pieces",
         "fields", "name in cp866"],
)  # fmt: skip
def test_what_only_some_readers_of_an_archive_show_is_a_text(body: bytes, text: str) -> None:
    assert text in texts_of(body)


def with_form(content: bytes, *, where: str = "/Resources", fonts: bool = True, drawn: bool = False) -> bytes:
    """A page with a form that has this content: among its resources, or as the look of a note."""
    writer = PdfWriter(io.BytesIO(a_pdf("nothing")))
    page = writer.pages[0]
    resources = cast("DictionaryObject", page["/Resources"])
    form = DecodedStreamObject()
    form.set_data(content)
    form.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form")})
    if fonts:
        form[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): resources["/Font"]})
    kept = writer._add_object(form)
    if where == "/Resources":
        resources[NameObject("/XObject")] = DictionaryObject({NameObject("/Fm1"): kept})
    else:
        note = DictionaryObject({NameObject("/Subtype"): NameObject("/Stamp")})
        note[NameObject("/AP")] = DictionaryObject({NameObject("/N"): kept})
        page[NameObject("/Annots")] = ArrayObject([writer._add_object(note)])
    if drawn:
        cast("DecodedStreamObject", page["/Contents"].get_object()).set_data(
            b"BT /F1 12 Tf 10 100 Td (nothing) Tj ET /Fm1 Do"
        )
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


SHOWN = b"BT /F1 12 Tf 10 100 Td (Anna Petrova) Tj ET"


@pytest.mark.parametrize("where", ["/Resources", "/Annots"])
def test_form_that_no_page_draws_is_not_overlooked(where: str) -> None:
    assert any("Anna Petrova" in text for text in texts_of(with_form(SHOWN, where=where)))


def test_form_that_a_page_draws_is_read_upside_down_too() -> None:
    turned = b"-1 0 0 -1 100 100 cm " + SHOWN
    assert any("Anna Petrova" in text for text in texts_of(with_form(turned, drawn=True)))


@pytest.mark.parametrize("drawn", [False, True])
def test_form_whose_letters_nobody_tells_is_not_taken_for_read(*, drawn: bool) -> None:
    with pytest.raises(UnreadableError):
        texts_of(with_form(SHOWN, fonts=False, drawn=drawn))


def test_form_that_is_a_drawing_without_letters_is_no_obstacle() -> None:
    assert [text for text in texts_of(with_form(b"0 0 9 9 re f", drawn=True)) if "nothing" in text]


def test_picture_inside_a_form_can_not_be_read() -> None:
    with pytest.raises(UnreadableError):
        texts_of(with_form(b"q BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q"))


@pytest.mark.parametrize(
    "aside",
    [
        b"/Span <</ActualText (Anna Petrova)>> BDC EMC",
        b"/Span <</E [(Anna Petrova)]>> BDC EMC",
        b"/Span <</ActualText <fffe>>> BDC EMC % Anna Petrova",
        b"% Anna Petrova\n",
    ],
)
def test_what_a_page_says_aside_is_not_overlooked(aside: bytes) -> None:
    whole = a_pdf("nothing")
    assert any(
        "Anna Petrova" in text for text in texts_of(with_form(SHOWN.replace(b"Anna Petrova", b"x") + b" " + aside))
    )
    writer = PdfWriter(io.BytesIO(whole))
    stream = cast("DecodedStreamObject", writer.pages[0]["/Contents"].get_object())
    stream.set_data(stream.get_data() + b" " + aside)
    made = io.BytesIO()
    writer.write(made)
    assert any("Anna Petrova" in text for text in texts_of(made.getvalue()))
