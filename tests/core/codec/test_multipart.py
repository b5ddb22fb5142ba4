"""Multipart bodies: every part read and rewritten where it stands, all else byte for byte, doubtful ones refused."""

from __future__ import annotations

import pytest

from gateway.core.codec import decode_request, encode_request, respell
from gateway.model.errors import PayloadError
from gateway.model.files import FileView
from gateway.model.limits import Limits
from gateway.model.message import Request
from tests.core.codec.messages import edited, read, request, seen

B = "----WebKitFormBoundaryAbc123"
KIND = f"multipart/form-data; boundary={B}"
FIELD = 'Content-Disposition: form-data; name="{}"\r\n\r\n{}'


def multipart(*parts: str, before: str = "", behind: str = "\r\n", boundary: str = B) -> bytes:
    text = before + "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--{behind}"
    return text.encode()


def field(name: str, value: str, *headers: str) -> str:
    return "\r\n".join([f'Content-Disposition: form-data; name="{name}"', *headers, "", value])


def file(filename: str, value: str, *headers: str) -> str:
    return "\r\n".join([f'Content-Disposition: form-data; name="f"; filename="{filename}"', *headers, "", value])


FORM = multipart(
    field("email", "anna@example.org"),
    field("data", '{"a": {"b":"Анна", "n": 1.50}}', "Content-Type: application/json"),
    field("q", "a=1&b=Анна", "Content-Type: application/x-www-form-urlencoded"),
    file("Анна.txt", "line\r\n", "Content-Type: text/plain; charset=utf-8", "Content-Length: 6", "X-Who: Анна"),
    field("secret", "YW5uYQ==", "Content-Transfer-Encoding: base64"),
    field("soft", "a=\r\nb =3D", "Content-Transfer-Encoding: quoted-printable"),
)


def refusal(body: bytes, kind: str = KIND) -> str:
    with pytest.raises(PayloadError) as refused:
        read(request(body, kind))
    return refused.value.code


def test_every_part_is_read_as_what_it_is() -> None:
    assert seen(request(FORM, KIND)) == {
        "body.email": "anna@example.org",
        "body.data.a.b": "Анна",
        "body.data.a.n": "1.50",
        "body.q.a": "1",
        "body.q.b": "Анна",
        "body.f.filename": "Анна.txt",
        "body.f.x-who": "Анна",
        "body.f": "line\r\n",
        "body.secret": "anna",
        "body.soft": "ab =",
    }


def test_names_are_leaves_too() -> None:
    named = seen(request(FORM, KIND), keys=True)
    assert {path: text for path, text in named.items() if path.count(".") == 1} == {
        f"body.{name}": name for name in ("email", "data", "q", "f", "secret", "soft")
    }
    assert named["body.f.x-who"] == "X-Who"


def test_an_untouched_body_is_the_same_bytes() -> None:
    assert edited(request(FORM, KIND), {}).body == FORM


@pytest.mark.parametrize(
    ("path", "old", "new", "text"),
    [
        ("body.email", "anna@example.org", "t1@id.example", "t1@id.example"),
        ("body.data.a.b", '"Анна"', '"t\\"2"', 't"2'),
        ("body.q.b", "b=Анна", "b=t%263", "t&3"),
        ("body.f.filename", 'filename="Анна.txt"', 'filename="t%22%0D4%5C"', 't"\r4\\'),
        ("body.f.x-who", "X-Who: Анна", "X-Who: тоже", "тоже"),
        (
            "body.f",
            "Content-Length: 6\r\nX-Who: Анна\r\n\r\nline\r\n",
            "Content-Length: 4\r\nX-Who: Анна\r\n\r\nно",
            "но",
        ),
        ("body.secret", "YW5uYQ==", "0JHQvtGA0LjRgQ==", "Борис"),
        ("body.soft", "a=\r\nb =3D", "t=3D5", "t=5"),
    ],
)
def test_a_new_text_takes_only_the_place_of_the_old_one(path: str, old: str, new: str, text: str) -> None:
    assert edited(request(FORM, KIND), {path: text}).body == FORM.replace(old.encode(), new.encode())


@pytest.mark.parametrize("path", ["body.email", "body.f", "body.secret"])
def test_what_is_dropped_goes_with_its_whole_part(path: str) -> None:
    name = path.partition(".")[2]
    left = edited(request(FORM, KIND), {path: None}).body
    assert f'name="{name}"'.encode() not in left
    assert len(left.split(f"--{B}".encode())) == len(FORM.split(f"--{B}".encode())) - 1
    assert read(request(left, KIND)).leaves


def test_a_dropped_name_takes_its_part_along() -> None:
    body = multipart(field("a", "1"), field("b", "2"))
    assert edited(request(body, KIND), {"body.a": None}, keys=True).body == multipart(field("b", "2"))


def test_a_form_of_which_all_is_dropped_goes_too_and_json_stays_json() -> None:
    left = edited(request(FORM, KIND), {"body.q.a": None, "body.q.b": None, "body.data.a.b": None}).body
    assert b'name="q"' not in left
    assert b'{"a": {"n": 1.50}}' in left


def test_a_body_of_which_every_part_is_dropped_is_an_empty_multipart() -> None:
    assert edited(request(multipart(field("a", "1")), KIND), {"body.a": None}).body == f"--{B}--\r\n".encode()
    assert seen(request(f"--{B}--\r\n", KIND)) == {}


def test_a_dropped_header_goes_with_its_line_and_a_dropped_filename_stays_a_file() -> None:
    body = multipart(file("Анна.txt", "x", "X-Who: me"))
    assert edited(request(body, KIND), {"body.f.x-who": None}).body == multipart(file("Анна.txt", "x"))
    assert edited(request(body, KIND), {"body.f.filename": None}).body == multipart(file("_", "x", "X-Who: me"))


def test_text_before_and_behind_all_parts_is_text() -> None:
    body = multipart(field("a", "1"), before="Анна\r\n", behind="\r\nБорис")
    assert seen(request(body, KIND)) == {"body.preamble": "Анна", "body.a": "1", "body.epilogue": "Борис"}
    left = edited(request(body, KIND), {"body.preamble": None, "body.epilogue": "t"}).body
    assert left == b"\r\n" + multipart(field("a", "1"), behind="\r\nt")
    assert edited(request(body, KIND), {"body.epilogue": None}).body == multipart(field("a", "1"), before="Анна\r\n")


def test_a_field_is_a_text_in_its_own_charset_or_the_one_that_a_field_names() -> None:
    told = field("_charset_", "windows-1251").encode() + b"\r\n"
    body = b"".join(
        [f"--{B}\r\n".encode(), told, f"--{B}\r\n".encode(), field("name", "Анна").encode("cp1251"), b"\r\n"]
    )
    body += f"--{B}\r\n".encode() + field("koi", "Яна", "Content-Type: text/plain; charset=koi8-r").encode("koi8-r")
    body += f"\r\n--{B}--".encode()
    assert seen(request(body, KIND)) == {
        "body._charset_": "windows-1251",
        "body.name": "Анна",
        "body.koi": "Яна",
    }
    left = edited(request(body, KIND), {"body.name": "Борис", "body.koi": "Юра"}).body
    assert "Борис".encode("cp1251") in left
    assert "Юра".encode("koi8-r") in left


def test_json_in_a_narrow_charset_is_escaped_where_the_charset_has_no_such_letter() -> None:
    part = field("data", '{"a":"Анна"}', "Content-Type: application/json; charset=windows-1251")
    body = f"--{B}\r\n".encode() + part.encode("cp1251") + f"\r\n--{B}--".encode()
    assert b'{"a":"\\u20b8"}' in edited(request(body, KIND), {"body.data.a": "₸"}).body


@pytest.mark.parametrize(
    ("boundary", "label"),
    [
        ("x", "x"),
        ("a b:c?", '"a b:c?"'),
        ("===1234==", "===1234=="),
        ("'q'", "\"'q'\""),
        ("--" * 14 + "735323031399963166993862150", "--" * 14 + "735323031399963166993862150"),
    ],
)
def test_odd_boundaries(boundary: str, label: str) -> None:
    body = multipart(field("a", "1"), boundary=boundary)
    assert seen(request(body, f"Multipart/Form-Data; charset=utf-8; Boundary={label}")) == {"body.a": "1"}


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary=""',
        "multipart/form-data; boundary=a; boundary=b",
        "multipart/form-data; boundary*=utf-8''a",
        "multipart/form-data; boundary*0=a",
        "multipart/form-data; boundary=a b",
        "multipart/form-data; boundary='a'",
        f"multipart/form-data; boundary={'a' * 71}",
        'multipart/form-data; boundary="a "',
    ],
)
def test_a_boundary_that_readers_could_read_differently_is_refused(kind: str) -> None:
    assert refusal(multipart(field("a", "1"), boundary="a"), kind) == "GW-P130"


@pytest.mark.parametrize(
    "body",
    [
        b"nothing of it",
        multipart(field("a", "1")).replace(b"--\r\n", b""),
        multipart(field("a", "1")).replace(b"--\r\n", b"--x"),
        multipart(field("a", "1"), behind="\n"),
        multipart(field("a", "1")).replace(b"\r\n", b"\n"),
        multipart(field("a", "1"), before="bare\n"),
        multipart(field("a", f"x --{B} y")),
        multipart(field("a", f"--{B}x")),
        multipart(field("a", "1")).replace(b"Abc123\r\nContent", b"Abc123 \r\nContent"),
        multipart(field("a", "1"), behind=f"\r\n--{B}--"),
        multipart("no blank line"),
        f"--{B}\r\n--{B}--".encode(),
        multipart(field("a", "1", "Content-Length: 2")),
        multipart(field("a", "no base64!", "Content-Transfer-Encoding: base64")),
        multipart(field("a", "YQ=", "Content-Transfer-Encoding: base64")),
        multipart(field("_charset_", "utf-8"), field("_charset_", "koi8-r")),
        multipart(
            field("a", "--x--", "Content-Type: multipart/mixed; boundary=x", "Content-Transfer-Encoding: base64")
        ),
    ],
)
def test_a_body_that_readers_could_cut_differently_is_refused(body: bytes) -> None:
    assert refusal(body) == "GW-P130"


@pytest.mark.parametrize(
    "head",
    [
        "Content-Type: text/plain",
        'Content-Disposition: form-data; name="a"; name="b"',
        'Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="b"',
        'Content-Disposition: attachment; name="a"',
        "Content-Disposition: ;",
        'Content-Disposition: form-data; name="a\\"b"',
        'Content-Disposition: form-data; name="a',
        'Content-Disposition: form-data; name="a"; x="b"',
        'Content-Disposition: form-data; name="a" b',
        "Content-Disposition: form-data; name=\"a\"; filename*=klingon''x",
        'Content-Disposition: form-data; name="a"; filename*="x"',
        'Content-Disposition: form-data;\r\n name="a"',
        'Content-Disposition: form-data; name="a"\rX: y',
        'Content-Disposition: form-data; name="a"\nX: y',
        'Content-Disposition: form-data; name="a"\r\nno header',
        'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: x-uuencode',
        'Content-Disposition: form-data; name="a"\r\nContent-Length: many',
        'Content-Disposition: form-data; name="a"\r\nX: ' + "a" * 2**14,
    ],
)
def test_headers_of_a_part_that_readers_could_read_differently_are_refused(head: str) -> None:
    assert refusal(multipart(f"{head}\r\n\r\n1")) == "GW-P131"


def test_charsets_and_types_that_nobody_reads_are_refused() -> None:
    assert refusal(multipart(field("_charset_", "utf-7"), field("a", "1"))) == "GW-P104"
    assert refusal(multipart(field("a", "1", "Content-Type: text/plain; charset=shift_jis"))) == "GW-P104"
    assert refusal(multipart(file("a.png", "1", "Content-Type: image/png"))) == "GW-P103"
    assert refusal(multipart(file("a.rtf", "{", "Content-Type: application/rtf"))) == "GW-P103"
    assert refusal(multipart(field("a", "{", "Content-Type: application/json"))) == "GW-P101"


def test_a_file_without_a_type_and_a_text_of_an_unknown_type_are_texts() -> None:
    body = multipart(file("notes", "Анна"), field("m", "Яна", "Content-Type: text/x-notes"), field("empty", ""))
    assert seen(request(body, KIND)) == {
        "body.f.filename": "notes",
        "body.f": "Анна",
        "body.m": "Яна",
        "body.empty": "",
    }
    assert b"\r\n\r\nx\r\n" in edited(request(body, KIND), {"body.empty": "x"}).body


def test_names_are_read_percent_decoded_and_spelled_as_they_were() -> None:
    body = multipart(file("%D0%90%D0%BD%D0%BD%D0%B0.txt", "x"))
    assert seen(request(body, KIND))["body.f.filename"] == "Анна.txt"
    assert b'filename="%D0%AF%20.txt"' in edited(request(body, KIND), {"body.f.filename": "Я .txt"}).body


def test_an_unquoted_name_becomes_a_quoted_one() -> None:
    body = multipart("Content-Disposition: form-data; name=a; filename=b.txt\r\n\r\n1")
    assert b'name=a; filename="c d"' in edited(request(body, KIND), {"body.a.filename": "c d"}).body


def test_an_extended_filename_is_one_too() -> None:
    head = "Content-Disposition: form-data; name=\"f\"; filename*=UTF-8'ru'%D0%90%D0%BD%D0%BD%D0%B0"
    body = multipart(f"{head}\r\n\r\n1")
    assert seen(request(body, KIND))["body.f.filename"] == "Анна"
    assert b"filename*=utf-8''%D0%AF" in edited(request(body, KIND), {"body.f.filename": "Я"}).body
    assert b"filename*=utf-8''_" in edited(request(body, KIND), {"body.f.filename": None}).body


@pytest.mark.parametrize("filename", ["", "blob"])
def test_a_filename_that_says_nothing_is_no_leaf(filename: str) -> None:
    assert seen(request(multipart(file(filename, "Анна")), KIND)) == {"body.f": "Анна"}


def test_structural_headers_are_no_leaves_unless_they_say_more() -> None:
    plain = field("a", "1", "Content-Type: text/plain; charset=utf-8", "MIME-Version: 1.0", "Content-ID: <anna@x>")
    assert set(seen(request(multipart(plain), KIND))) == {"body.a", "body.a.content-id"}
    told = field("a", "1", 'Content-Type: text/plain; name="Анна"', "MIME-Version: 2")
    assert set(seen(request(multipart(told), KIND))) == {"body.a", "body.a.content-type", "body.a.mime-version"}


def test_a_multipart_in_a_multipart_is_read_to_its_depth() -> None:
    inner = multipart(
        "Content-Disposition: attachment; filename=a.txt\r\n\r\nАнна", "\r\nБорис"[2:].join(["\r\n", ""]),
        boundary="inner", behind="",
    ).decode()  # fmt: skip
    body = multipart(field("both", inner, "Content-Type: multipart/mixed; boundary=inner"))
    assert seen(request(body, KIND)) == {
        "body.both.0.filename": "a.txt",
        "body.both.0": "Анна",
        "body.both.1": "Борис",
    }
    changed = edited(request(body, KIND), {"body.both.0": "t"}).body
    assert changed == body.replace("\r\n\r\nАнна".encode(), b"\r\n\r\nt")


def test_multiparts_nested_too_deep_are_refused() -> None:
    inner = "--b9--"
    for depth in range(9, 0, -1):
        head = f"Content-Type: multipart/mixed; boundary=b{depth}"
        inner = f"--b{depth - 1}\r\n{head}\r\n\r\n{inner}\r\n--b{depth - 1}--"
    assert refusal(inner.encode(), "multipart/mixed; boundary=b0") == "GW-P111"


def test_parts_of_a_related_body_are_numbered() -> None:
    body = multipart('Content-Type: application/json\r\n\r\n{"a":"Анна"}', "\r\nx", boundary="r")
    assert seen(request(body, 'multipart/related; boundary=r; type="application/json"')) == {
        "body.0.a": "Анна",
        "body.1": "x",
    }


def test_the_boundary_can_get_into_no_new_text() -> None:
    for path in ("body.email", "body.f.filename"):
        with pytest.raises(PayloadError) as refused:
            edited(request(FORM, KIND), {path: f"x\r\n--{B}"})
        assert refused.value.code == "GW-P132"


def test_a_packed_multipart_is_packed_again() -> None:
    import gzip  # noqa: PLC0415 - of this one test

    packed = request(gzip.compress(FORM), KIND, headers=(("Content-Encoding", "gzip"),))
    assert gzip.decompress(edited(packed, {"body.email": "t"}).body) == FORM.replace(b"anna@example.org", b"t")


# ------------------------------------------------------------------------------------------------------------ files

KEPT, SEEN, PASSED = "file-1", "file-2", "file-3"
FILES = {KEPT: FileView(ticket="ticket"), SEEN: FileView(texts=("Анна", "Борис")), PASSED: FileView()}


def with_files(message: Request) -> dict[str, list[tuple[str, str]]]:
    document = decode_request(message, Limits(), files=FILES)
    body = [
        leaf for leaf in document.leaves if leaf.path[0] == "body" and not leaf.is_key and leaf.path[-1] != "filename"
    ]
    return {"body": [(leaf.text, leaf.spelling) for leaf in body]}


def test_what_a_stand_in_stands_for_is_what_is_seen() -> None:
    body = multipart(*(file("a.bin", one, "Content-Type: image/png") for one in FILES))
    assert with_files(request(body, KIND)) == {
        "body": [("ticket", "plain"), ("Анна", "locked"), ("Борис", "locked")],
    }
    for name, told in ((KEPT, ["ticket"]), (SEEN, ["Анна", "Борис"]), (PASSED, [])):
        assert [text for text, _ in with_files(request(name, "image/png"))["body"]] == told


@pytest.mark.parametrize("kind", [KIND, "image/png"])
def test_a_token_takes_the_place_of_a_kept_file(kind: str) -> None:
    body = multipart(file("a.png", KEPT, "Content-Type: image/png")) if kind == KIND else KEPT.encode()
    message = request(body, kind)
    document = decode_request(message, Limits(), files=FILES)
    at = next(n for n, leaf in enumerate(document.leaves) if leaf.text == "ticket")
    assert encode_request(respell(document, {at: "token"}), message).body == body.replace(KEPT.encode(), b"token")
    gone = encode_request(respell(document, {at: None}), message).body
    assert gone == (f"--{B}--\r\n".encode() if kind == KIND else b"")
    assert edited_files(message, at) == body.replace(KEPT.encode(), b"token")


def edited_files(message: Request, at: int) -> bytes:
    from gateway.core.codec import rewrite  # noqa: PLC0415 - the same as above, read again

    return encode_request(rewrite(decode_request(message, Limits(), files=FILES), {at: "token"}), message).body


def test_nothing_can_be_written_into_a_file() -> None:
    message = request(SEEN, "image/png")
    document = decode_request(message, Limits(), files=FILES)
    at = next(n for n, leaf in enumerate(document.leaves) if leaf.text == "Анна")
    with pytest.raises(PayloadError) as refused:
        respell(document, {at: "token"})
    assert refused.value.code == "GW-P114"
