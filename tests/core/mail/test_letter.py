"""What stands in a mail, and the mail with other texts in those places: the rest keeps its bytes."""

from __future__ import annotations

import base64
import gzip
from dataclasses import replace
from email.parser import BytesParser
from email.policy import SMTP

import pytest

from gateway.core.codec.rewrite import respell
from gateway.core.mail import Letter, letter_with, read_letter
from gateway.core.mail.letter import changes_sealed
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits

LIMITS = Limits()
V1 = "MIME-Version: 1.0"
B64 = "Content-Transfer-Encoding: base64"
QP = "Content-Transfer-Encoding: quoted-printable"
UTF8 = "Content-Type: text/plain; charset=utf-8"
KOI8 = "Content-Type: text/plain; charset=koi8-r"


def letter(*lines: str | bytes) -> Letter:
    """Of lines; text as UTF-8."""
    raw = b"\r\n".join(line.encode() if isinstance(line, str) else line for line in lines)
    return read_letter(raw + b"\r\n", LIMITS)


def texts(read: Letter) -> list[str]:
    return [leaf.text for leaf in read.document.leaves]


def swapped(read: Letter, old: str, new: str) -> bytes:
    """The bytes with another text wherever the old one stands."""
    edits: dict[int, str | None] = {
        at: leaf.text.replace(old, new) for at, leaf in enumerate(read.document.leaves) if old in leaf.text
    }
    assert edits
    return letter_with(read, respell(read.document, edits))


def becomes(lines: list[str | bytes], new: str, old: str = "TOKEN") -> bytes:
    return swapped(letter(*lines), old, new)


# -------------------------------------------------------------------------------------------------------- headers


@pytest.mark.parametrize(
    ("line", "new", "expected"),
    [
        ("Subject: For TOKEN now", "Anna", "Subject: For Anna now"),
        ("Subject:  For\r\n TOKEN  ", "Anna", "Subject:  For Anna  "),
        ("Subject: TOKEN", "Анна", "Subject: =?utf-8?B?0JDQvdC90LA=?="),
        ("Subject: =?koi8-r?B?8NLJ18XU?= TOKEN", "Анна", "Subject: =?koi8-r?B?8NLJ18XUIOHOzsE=?="),
        ("Subject: =?utf-8?q?TOK?=\r\n =?utf-8?q?EN?=", "Анна", "Subject: =?utf-8?q?=D0=90=D0=BD=D0=BD=D0=B0?="),
        ("Subject: TOKEN", "a\r\nBcc: evil", "Subject: a  Bcc: evil"),
        ("Subject: TOKEN", "=?utf-8?q?x?=", "Subject: =?utf-8?B?PT91dGYtOD9xP3g/PQ==?="),
        ("To: TOKEN <TOKEN@x.example>", "Анна", None),
        ('To: "TOKEN, a" <a@x.example>', "A", 'To: "A, a" <a@x.example>'),
        ('To: "TOKEN \\"b\\"" <a@x.example>', "A", 'To: "A \\"b\\"" <a@x.example>'),
        ("To: TOKEN <a@x.example>", "Анна", "To: =?utf-8?B?0JDQvdC90LA=?= <a@x.example>"),
        ("To: TOKEN B <a@x.example>", "A", "To: A B <a@x.example>"),
        ('To: "=?utf-8?q?TOKEN?=" <a@x.example>', "Анна", "To: =?utf-8?q?=D0=90=D0=BD=D0=BD=D0=B0?= <a@x.example>"),
        ("To: TOKEN@x.example, b@x.example", "a", "To: a@x.example, b@x.example"),
        ("To: b@x.example (TOKEN (in)) , c@x.example", "(", "To: b@x.example (\\( \\(in\\)) , c@x.example"),
        ("To: b@x.example (TOKEN)", "Анна", "To: b@x.example (=?utf-8?B?0JDQvdC90LA=?=)"),
        ("To: TOKEN: a@x.example;, b@[1.2.3.4]", "group", "To: group: a@x.example;, b@[1.2.3.4]"),
        ("Cc: <TOKEN@x.example>", "почта", "Cc: <почта@x.example>"),
        ('Content-Disposition: x; filename="TOKEN.csv"', "a b", 'Content-Disposition: x; filename="a b.csv"'),
        ("Content-Disposition: x; filename=TOKEN", "Ан", "Content-Disposition: x; filename*=utf-8''%D0%90%D0%BD"),
        ("Content-Disposition: x; filename*=utf-8''TOKEN%20", "A", 'Content-Disposition: x; filename="A "'),
        ("Content-Disposition: x; filename*=koi8-r''TOKEN", "A", 'Content-Disposition: x; filename="koi8-r\'\'A"'),
        ('Content-Type: image/png; name="=?utf-8?q?TOKEN?="', "A", 'Content-Type: image/png; name="A"'),
    ],
)  # fmt: skip
def test_new_text_is_spelled_for_its_header(line: str, new: str, expected: str | None) -> None:
    lines: list[str | bytes] = ["X: before", line, "Y:after", "", "body"]
    if expected is None:
        with pytest.raises(PayloadError) as error:
            becomes(lines, "А\rБ")
        assert error.value.code == "GW-P152"
        return
    assert becomes(lines, new).decode() == f"X: before\r\n{expected}\r\nY:after\r\n\r\nbody\r\n"


@pytest.mark.parametrize("place", ["Subject: TOKEN", "To: TOKEN <a@b.example>", "To: a@b.example (TOKEN)",
                                   "Content-Disposition: x; filename=TOKEN"])  # fmt: skip
def test_no_line_of_a_header_grows_too_long(place: str) -> None:
    for new in ("x" * 2000, "ж" * 500):
        sent = becomes([place, "", "b"], new)
        if "filename" not in place:
            assert max(map(len, sent.split(b"\r\n"))) <= 120
        assert read_letter(sent, LIMITS).document.leaves[0].text.endswith(new)


def test_identifiers_are_no_texts() -> None:
    assert texts(letter("Message-ID: <TOKEN@x>", "References: <TOKEN>", "Received: by TOKEN", "", "b")) == ["b\r\n"]


def test_bytes_of_a_header_that_are_no_utf_8_stay() -> None:
    assert becomes([b"Subject: \xcf\xf0 x", "X: TOKEN", "", "b"], "A") == b"Subject: \xcf\xf0 x\r\nX: A\r\n\r\nb\r\n"


@pytest.mark.parametrize("raw", [b"", b"Subject: x\r\n", b"Subject: x", b"\r\n", b"\r\nbody\r\n", b"A:\r\n\r\n"])
def test_mail_without_much_in_it_is_mail(raw: bytes) -> None:
    read = read_letter(raw, LIMITS)
    assert (letter_with(read, read.document), "Letter(" in repr(read)) == (raw, True)


# --------------------------------------------------------------------------------------------------------- bodies


def test_ascii_stays_as_it_is() -> None:
    assert becomes(["Subject: x", "", "Dear TOKEN,", ""], "Anna") == b"Subject: x\r\n\r\nDear Anna,\r\n\r\n"


@pytest.mark.parametrize(
    ("head", "body", "new", "sent"),
    [
        ([], "TOKEN", "Анна", [V1, UTF8, B64]),
        (["Content-Type: text/plain"], "a long English text about TOKEN", "Я",
         [UTF8, V1, QP]),
        ([V1, 'Content-Type: text/plain; charset="us-ascii"', "Content-Transfer-Encoding: 7bit"],
         "TOKEN", "Анна",
         [V1, UTF8, B64]),
        ([V1, KOI8, B64],
         "8NLJ18XUIFRPS0VO", "Анна",
         [V1, KOI8, B64]),
        ([V1, KOI8, B64],
         "8NLJ18XUIFRPS0VO", "Zoë",
         [V1, UTF8, B64]),
        ([V1, UTF8, "Content-Transfer-Encoding: 8bit"], "Привет TOKEN", "Анна",
         [V1, UTF8, "Content-Transfer-Encoding: 8bit"]),
        ([QP], "TO=\r\nKEN=20", "a=b ",
         [QP]),
        ([], "TOKEN", "x\ny", [QP, V1]),
        ([], "TOKEN", "x" * 1200, [QP, V1]),
    ],
)  # fmt: skip
def test_body_is_written_so_that_its_charset_and_encoding_hold(
    head: list[str], body: str, new: str, sent: list[str]
) -> None:
    before = letter(*head, "", body)
    after = swapped(before, "TOKEN", new)
    assert sorted(after.partition(b"\r\n\r\n")[0].decode().splitlines()) == sorted(sent)
    (was,), (now,) = texts(before), texts(read_letter(after, LIMITS))
    assert now.replace("\r\n", "\n").rstrip("\n") == was.replace("TOKEN", new).replace("\r\n", "\n").rstrip("\n")
    assert max(map(len, after.split(b"\r\n"))) < 998


def test_other_parts_keep_their_bytes() -> None:
    lines: list[str | bytes] = [
        'Content-Type: multipart/mixed;\r\n boundary="b =1"', "", "preamble TOK", "--b =1  ",
        "", "Dear TOKEN", "--b =1",
        "Content-Type: multipart/alternative; boundary=b", "", "--b", "Content-Type: text/html; charset=koi8-r",
        "Content-Transfer-Encoding: 8bit", "", b"<p title='TOKEN'>\xf0\xf2 TOKEN</p>", "--b", "Content-Type: image/gif",
        "", b"\xff\xfe", "--b--", "inner end", "--b =1", "Content-Type: message/rfc822", "", "Subject: TOKEN", "",
        "nested", "--b =1--", "epilogue",
    ]  # fmt: skip
    sent = becomes(lines, "Аня & <Co>")
    expected = b"\r\n".join(line.encode() if isinstance(line, str) else line for line in lines) + b"\r\n"
    expected = expected.replace(b"Dear TOKEN", b"RGVhciDQkNC90Y8gJiA8Q28+", 1)
    assert sent != expected
    kept = [b"preamble TOK\r\n--b =1  \r\n", b"\r\n\r\n\xff\xfe\r\n--b--\r\ninner end\r\n--b =1\r\n",
            b"\r\n\r\nnested\r\n--b =1--\r\nepilogue\r\n"]  # fmt: skip
    assert [piece for piece in kept if piece not in sent] == []
    parts = list(BytesParser(policy=SMTP).parsebytes(sent).walk())
    assert "Dear Аня & <Co>" in parts[1].get_content()
    page = parts[3].get_content()
    assert (page.count("Аня"), "<Co>" in page) == (2, False)
    assert parts[-2].get_content()["Subject"] == "Аня & <Co>"


def test_calendar_is_unfolded_escaped_and_folded() -> None:
    lines: list[str | bytes] = [
        "Content-Type: text/calendar; charset=utf-8", "", "BEGIN:VEVENT", "SUMMARY:Visit of TOK", " EN\\, at noon",
        'ATTENDEE;CN="TOKEN";X=1:mailto:TOKEN@x.example', "NOTE:a\\nb\\;c", "END:VEVENT",
    ]  # fmt: skip
    sent = becomes(lines, 'О, "Я"; \\ ' + "ж" * 40 + "\nx")
    body = BytesParser(policy=SMTP).parsebytes(sent).get_content()
    assert max(len(line.encode()) for line in body.splitlines()) <= 75
    plain = body.replace("\r\n ", "").replace("\n ", "")
    assert 'SUMMARY:Visit of О\\, "Я"\\; \\\\ ' + "ж" * 40 + "\\nx\\, at noon" in plain
    assert "CN=\"О, 'Я'; \\ " + "ж" * 40 + "'x\";X=1:mailto:" in plain
    assert "NOTE:a\\nb\\;c" in plain


def test_other_texts_are_read_by_their_own_codecs() -> None:
    for kind, body, expected in (
        ("application/json", '{"a": "TOKEN"}', b'{"a": "\\"<"}'),
        ("text/xml", "<a>TOKEN</a>", b"<a>&#34;&#60;</a>"),
        ("text/csv", "a,b\r\nTOKEN,2", b'a,b\r\n"""<",2'),
    ):
        assert expected in becomes([f"Content-Type: {kind}", "", body], '"<'), kind


def test_a_charset_that_nobody_knows_becomes_one_that_everybody_does() -> None:
    new = becomes(["MIME-Version: 1.0", "Content-Type: text/plain; charset=x-unknown", "", "to TOKEN"], "Анна")
    assert b"charset=utf-8" in new
    assert b"x-unknown" not in new


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (["Content-Type: image/png"], b"x TOKEN"),
        (["Content-Type: text/rtf"], b"{\\rtf1 TOKEN}"),
        (["Content-Type: application/grpc"], b"TOKEN"),
        (["Content-Type: application/json"], b"{broken TOKEN"),
        (["Content-Type: text/plain; charset=utf-7"], b"TOKEN"),
        (["Content-Transfer-Encoding: x-uuencode"], b"TOKEN"),
        (["Content-Transfer-Encoding: base64"], b"not! base64 TOKEN"),
        (["Content-Transfer-Encoding: base64"], b"VE9LRU4x1"),
        (["Content-Type: message/rfc822", "Content-Transfer-Encoding: base64"], b"U3ViamVjdDogVE9LRU4KCg=="),
    ],
)
def test_what_is_no_text_is_only_searched(head: list[str], body: bytes) -> None:
    read = letter(*head, "", body)
    assert (texts(read), read.places) == ([], ())
    assert any("TOKEN" in text or "VE9LRU4" in text for text in read.unread)


# ------------------------------------------------------------------------------------------------------ signatures


def test_signatures_are_told_and_left_out() -> None:
    read = letter("DKIM-Signature: a", " b", "Received: by x", "ARC-Seal: c", "Subject: TOKEN", "", "b")
    assert (read.signed, read.hops, letter("Subject: x", "", "b").signed) == (True, 1, False)
    assert letter_with(read, read.document, unsigned=True) == b"Received: by x\r\nSubject: TOKEN\r\n\r\nb\r\n"


def test_what_is_signed_whole_is_told_when_it_changes() -> None:
    read = letter(
        "Subject: TOKEN", "Content-Type: multipart/signed; boundary=s", "", "--s", "Content-Type: multipart/mixed; "
        "boundary=t", "", "--t", "", "TOKEN", "--t--", "", "--s", "", "x", "--s--",
    )  # fmt: skip
    subject, body = (at for at, leaf in enumerate(read.document.leaves) if "TOKEN" in leaf.text)
    assert not changes_sealed(read, respell(read.document, {subject: "A"}))
    assert changes_sealed(read, respell(read.document, {body: "A"}))


# ------------------------------------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["no header"], "GW-P150"),
        (["Bad Name: x", "", "b"], "GW-P150"),
        ([" folded first: x", "", "b"], "GW-P150"),
        (["Content-Type: text/plain", "content-type: text/html", "", "b"], "GW-P150"),
        (["Content-Type: multipart/mixed", "", "b"], "GW-P150"),
        (["Content-Type: multipart/mixed; boundary=a; boundary=b", "", "--a", "", "x", "--a--"], "GW-P150"),
        (["Content-Type: multipart/mixed; boundary=a", "", "--a", "", "x"], "GW-P150"),
        (["Content-Type: multipart/mixed; boundary=a", "", "--a--"], "GW-P150"),
        (["Content-Type: multipart/mixed; boundary=a", "", "--ab", "", "x", "--ab--"], "GW-P150"),
        (["Content-Type: multipart/mixed; boundary=a", B64, "", "--a", "--a--"], "GW-P150"),
        (['To: "open <a@x.example>', "", "b"], "GW-P150"),
        (["To: <open", "", "b"], "GW-P150"),
        (["To: a@x.example (open", "", "b"], "GW-P150"),
        (["Subject: x", "", "a\nb"], "GW-P153"),
        (["Subject: x\r", "", "b"], "GW-P153"),
        (["Subject: x", "", "\0"], "GW-P153"),
    ],
)  # fmt: skip
def test_mail_that_readers_read_differently_is_refused(lines: list[str | bytes], code: str) -> None:
    with pytest.raises(PayloadError) as error:
        letter(*lines)
    assert error.value.code == code


def test_too_many_levels_and_parts_are_refused() -> None:
    deep: list[str | bytes] = ["Content-Type: message/rfc822", ""] * 17
    wide: list[str | bytes] = ["Content-Type: multipart/digest; boundary=a", "", *(["--a", ""] * 1000), "--a--"]
    for lines in (deep, wide):
        with pytest.raises(PayloadError) as error:
            letter(*lines)
        assert error.value.code == "GW-P151"


def test_text_over_the_limit_is_refused() -> None:
    small = replace(LIMITS, max_body_bytes=10)
    with pytest.raises(PayloadError) as error:
        read_letter(b"Subject: x\r\n\r\nmore than ten\r\n", small)
    assert error.value.code == "GW-P108"
    with pytest.raises(PayloadError):
        read_letter(b"A: x\r\n" * 60, replace(LIMITS, max_leaves=50))
    with pytest.raises(PayloadError):
        read_letter(b"Content-Type: application/json\r\n\r\n[1,2,3,4]", replace(LIMITS, max_leaves=2))


def test_packed_text_is_not_unpacked() -> None:
    raw = b"Content-Type: application/json\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    read = read_letter(raw + base64.b64encode(gzip.compress(b'{"a": "TOKEN"}')) + b"\r\n", LIMITS)
    assert texts(read) == []
