"""Mail: whatever comes is read or refused, what stays keeps its bytes, and no original breaks out of its place."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import SMTP

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.codec.rewrite import respell
from gateway.core.mail import letter_with, read_letter
from gateway.core.mail.transfer import is_odd
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits

LIMITS = Limits()
NAMES = (b"Subject: ", b"To:", b"Cc: ", b"X-A: ", b"Content-Disposition: x; filename=", b"Comments: ")
KINDS = tuple(
    b"Content-Type: " + kind + b"\r\n"
    for kind in b"text/html text/calendar text/csv application/json message/rfc822 text/plain;charset=koi8-r".split()
)
CODINGS = tuple(b"Content-Transfer-Encoding: " + one + b"\r\n" for one in b"base64 quoted-printable 8bit".split())
WORDS = tuple(
    b'TOKEN|<TOKEN@b.example>|a@b.example|"|"TOKEN"|(|)|(TOKEN)|\\|,|;|:|=?utf-8?q?TOKEN?=|=?koi8-r?B?8NLJ18XU?=|\r\n |'
    b" |\t|\xd0\x96|\xff|a|utf-8''TOKEN|=".split(b"|")
)
TEXTS = tuple(
    b'TOKEN|=20=\r\n|VE9LRU4=|<p title=\'TOKEN\'>|<a href="TOKEN">|SUMMARY:TOKEN\r\n|\r\n |a,b\r\nTOKEN,"TOKEN"|'
    b'{"a": "TOKEN"}|--b\r\n|\r\n--b\r\n|.\r\n|\xd0\x96|\xf0|--b--|\r\n'.split(b"|")
)
VALUES = st.lists(st.sampled_from(WORDS), max_size=6).map(b"".join)
FIELDS = st.lists(st.builds(lambda name, value: name + value + b"\r\n", st.sampled_from(NAMES), VALUES), max_size=4)
SINGLE = st.builds(
    lambda fields, kind, coding, body: b"".join([*fields, kind, coding, b"\r\n", *body]),
    FIELDS,
    st.sampled_from((b"", *KINDS)),
    st.sampled_from((b"", *CODINGS)),
    st.lists(st.sampled_from(TEXTS), max_size=5),
)
SEVERAL = st.builds(
    lambda fields, parts: b"".join(
        [*fields, b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"]
        + [b"--b\r\n" + part + b"\r\n" for part in parts]
        + [b"--b--\r\n"]
    ),
    FIELDS,
    st.lists(SINGLE, min_size=1, max_size=3),
)
MAILS = SINGLE | SEVERAL
ORIGINALS = st.text(st.sampled_from("aЯ \r\n.\"'\\<>(),;:@=?&\0\u2028\u0085ё"), max_size=20)


@given(st.binary(max_size=300) | MAILS)
def test_any_bytes_are_read_or_refused_and_stay(raw: bytes) -> None:
    try:
        letter = read_letter(raw, LIMITS)
    except PayloadError:
        return
    assert letter_with(letter, letter.document) == raw


@given(MAILS, ORIGINALS)
def test_any_original_stays_in_its_place(raw: bytes, original: str) -> None:
    try:
        letter = read_letter(raw, LIMITS)
        texts = {at: leaf.text for at, leaf in enumerate(letter.document.leaves) if "TOKEN" in leaf.text}
        edits: dict[int, str | None] = {at: text.replace("TOKEN", original) for at, text in texts.items()}
        sent = letter_with(letter, respell(letter.document, edits))
        again = read_letter(sent, LIMITS)
    except PayloadError:
        return
    assert not is_odd(sent)
    old = [one.name for one in letter.entity.fields]
    assert [name for name in (one.name for one in again.entity.fields) if name in old] == old
    assert len(again.entity.children) == len(letter.entity.children)


@given(ORIGINALS)
def test_any_original_reaches_the_reader(original: str) -> None:
    plain = "".join(" " if char in "\r\n\0\u2028\u0085" else char for char in original)
    letter = read_letter(b"Subject: [TOKEN]\r\nTo: TOKEN <a@b.example>\r\n\r\n[TOKEN]\r\n", LIMITS)
    edits: dict[int, str | None] = {
        at: leaf.text.replace("TOKEN", original) for at, leaf in enumerate(letter.document.leaves)
    }
    sent = letter_with(letter, respell(letter.document, edits))
    read = BytesParser(policy=SMTP).parsebytes(sent)
    assert str(read["Subject"]) == f"[{plain}]"
    assert read["To"].addresses[0].addr_spec == "a@b.example"
    assert len(read["To"].addresses) == 1
