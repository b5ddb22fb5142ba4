"""Tables: separators, quoting habits, names of columns."""

from __future__ import annotations

import csv
import io
import json
import time

import pytest

from gateway.core.codec import decode_request
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from tests.core.codec.messages import TEXT, body, edited, read, reply, request, restored, seen

CSV = "text/csv"
TABLE = 'email;name;note\r\n"anna@example.org";Иванова Анна;"a ""b""\n;c"\r\nx@y.example;;\r\n'


@pytest.mark.parametrize("kind", [CSV, "text/csv; charset=utf-8; header=present", "application/csv", TEXT, ""])
def test_the_first_row_names_the_columns(kind: str) -> None:
    assert seen(request(TABLE, kind)) == {
        "body.1.email": "anna@example.org",
        "body.1.name": "Иванова Анна",
        "body.1.note": 'a "b"\n;c',
        "body.2.email": "x@y.example",
        "body.2.name": "",
        "body.2.note": "",
    }


@pytest.mark.parametrize(
    ("path", "new", "spelled"),
    [
        ("email", 'a"b', '"a""b"'),
        ("name", "tk1", "tk1"),
        ("name", "Иванова; Анна", '"Иванова; Анна"'),
        ("name", "a,b", '"a,b"'),
        ("name", "a\nb", '"a\nb"'),
        ("name", " a", '" a"'),
        ("name", "", ""),
        ("note", "x", '"x"'),
    ],
)
def test_cells_keep_their_quoting_habits(path: str, new: str, spelled: str) -> None:
    olds = {"email": '"anna@example.org"', "name": "Иванова Анна", "note": '"a ""b""\n;c"'}
    assert body(edited(request(TABLE, CSV), {f"body.1.{path}": new})) == TABLE.replace(olds[path], spelled)


@pytest.mark.parametrize("cell", [" Anna, here", 'see "Anna"', "Anna | here\t"])
def test_what_stood_bare_in_a_cell_stays_bare(cell: str) -> None:
    """In quotes a separator of the first line would count no more, and the table would be cut at another one."""
    text = f"{cell};1;2\nx;3;4\n"
    assert seen(edited(request(text, CSV), {"body.0.0": cell.replace("Anna", "tk")}))["body.0.0"] == cell.replace(
        "Anna", "tk"
    )
    assert body(edited(request(text, CSV), {"body.0.0": cell.replace("Anna", "tk")})) == text.replace("Anna", "tk")


def test_a_name_of_a_column_is_looked_into() -> None:
    message = request("anna%2Esmirnova%40example.ru,n\nx,1\n", CSV)
    assert "anna.smirnova@example.ru" in [leaf.text for leaf in read(message).leaves]


def test_a_removed_cell_is_empty_and_the_columns_stay() -> None:
    after = edited(request(TABLE, CSV), {"body.1.email": None, "body.1.name": None})
    rows = list(csv.reader(io.StringIO(body(after), newline=""), delimiter=";"))
    assert rows[1] == ["", "", 'a "b"\n;c']


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_usual_separator_is_known(separator: str) -> None:
    message = request(f"email{separator}n\na@b.example{separator}1", CSV)
    assert seen(message) == {"body.1.email": "a@b.example", "body.1.n": "1"}
    assert body(edited(message, {"body.1.email": "tk"})) == f"email{separator}n\ntk{separator}1"


def test_a_comma_in_a_quoted_name_is_no_separator() -> None:
    assert seen(request('"a, b, c";"d"\nx;y', CSV)) == {'body.1."a, b, c"': "x", "body.1.d": "y"}


@pytest.mark.parametrize("first", ["anna@example.org,Anna", "a,a", ",b", "+7 916,x"])
def test_a_first_row_that_is_data_names_nothing(first: str) -> None:
    found = seen(request(f"{first}\n1,2", CSV))
    assert list(found) == ["body.0.0", "body.0.1", "body.1.0", "body.1.1"]
    assert list(found.values())[:2] == first.split(",")


def test_names_of_columns_can_be_written_anew() -> None:
    message = request("Иван Петров,city\nx,y", CSV)
    document = read(message)
    assert [(leaf.text, leaf.is_key) for leaf in document.leaves][:2] == [("Иван Петров", True), ("city", True)]


def test_rows_may_be_longer_than_the_first() -> None:
    assert seen(request("a,b\n1\n1,2,3,\n\n4,5", CSV)) == {
        "body.1.a": "1",
        "body.2.a": "1",
        "body.2.b": "2",
        "body.2.2": "3",
        "body.2.3": "",
        "body.3.a": "4",
        "body.3.b": "5",
    }


def test_a_single_column_is_a_table_too() -> None:
    assert seen(request("\ufeffemail\na@b.example\n", CSV)) == {"body.1.email": "a@b.example"}


@pytest.mark.parametrize(
    "text",
    [
        "Dear Anna, hello\nSee you, bye",
        "one line, only",
        "a,b\n1\n2,3",
        "no separators\nat all",
        'a,"b\nc,d',
        'a,b\n"c"d,e',
        "anna@example.org,b\nc,d",
    ],
)
def test_a_text_without_a_label_is_no_table_unless_it_looks_like_one_all_over(text: str) -> None:
    assert seen(request(text, TEXT)) == {"body": text}


@pytest.mark.parametrize("text", ['a,b\n"c', 'a,b\n"c"d,e'])
def test_broken_quoting_makes_a_text(text: str) -> None:
    assert seen(request(text, CSV)) == {"body": text}


def test_json_in_a_cell_is_looked_into() -> None:
    message = request('a,b\n"{""email"":""x""}",1', CSV)
    assert seen(message)["body.1.a.email"] == "x"
    after = body(edited(message, {"body.1.a.email": 'y"'}))
    assert json.loads(list(csv.reader(io.StringIO(after)))[1][0]) == {"email": 'y"'}


def test_a_reply_is_restored() -> None:
    assert body(restored(reply("email,n\ntk,1\n", CSV), {"tk": "a,b"})) == 'email,n\n"a,b",1\n'


def test_leaves_are_bounded() -> None:
    with pytest.raises(PayloadError) as refused:
        decode_request(request("a,b\n" * 100, CSV), Limits(max_leaves=50))
    assert refused.value.code == "GW-P109"


@pytest.mark.parametrize(
    "text", ['"' * 400_001, "," * 200000, '"a' * 200000, "\n" * 400000, ('"' + "a" * 50 + "\n") * 8000]
)
def test_hostile_sizes_take_linear_time(text: str) -> None:
    began = time.process_time()
    try:
        read(request(text, CSV))
    except PayloadError:
        pass
    assert time.process_time() - began < 5
