"""XML and SOAP: what is a leaf, how it is written anew, what is refused."""

from __future__ import annotations

import json
import time
from xml.etree import ElementTree as ET

import pytest

from gateway.core.codec import decode_request, encode_request, rewrite
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from gateway.model.message import Request
from gateway.model.names import print_path
from tests.core.codec.messages import HTML, TEXT, body, edited, read, reply, request, restored, seen

XML = "application/xml"
SOAP = """<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:crm">
  <soap:Body>
    <c:CreateUser c:channel='web'>
      <c:email> anna@example.org </c:email>
      <c:phone>+7 916 &#49;23-45-67</c:phone>
      <c:note><![CDATA[<Anna> & co]]></c:note>
      <c:empty/>
    </c:CreateUser>
  </soap:Body>
</soap:Envelope>
"""
USER = "body.Envelope.Body.CreateUser"


@pytest.mark.parametrize("kind", [XML, "text/xml; charset=utf-8", "application/soap+xml", "image/svg+xml", TEXT, ""])
def test_soap_is_known_by_label_and_by_its_look(kind: str) -> None:
    found = seen(request(SOAP, kind))
    assert {path: text for path, text in found.items() if path.startswith(USER)} == {
        f"{USER}.channel": "web",
        f"{USER}.email": "anna@example.org",
        f"{USER}.phone": "+7 916 123-45-67",
        f"{USER}.note": "<Anna> & co",
    }


def test_names_of_elements_are_names_of_fields() -> None:
    names = list(seen(request(SOAP, XML), keys=True))
    assert names == [
        "body.Envelope", "body.Envelope.Body", USER, f"{USER}.email", f"{USER}.phone", f"{USER}.note", f"{USER}.empty"
    ]  # fmt: skip


def test_a_text_is_escaped() -> None:
    after = edited(request(SOAP, XML), {f"{USER}.email": "<&>\"'\ny"})
    assert body(after) == SOAP.replace("anna@example.org", "&#60;&#38;&#62;&#34;&#39;\ny")


def test_an_attribute_is_escaped() -> None:
    after = edited(request(SOAP, XML), {f"{USER}.channel": "<&>\"'\n\t"})
    assert body(after) == SOAP.replace("'web'", "'&#60;&#38;&#62;&#34;&#39;&#10;&#9;'")


def test_a_cdata_section_stays_one() -> None:
    after = edited(request(SOAP, XML), {f"{USER}.note": "tk <&>"})
    assert body(after) == SOAP.replace("<Anna> & co", "tk <&>")


def test_a_cdata_section_that_can_not_hold_a_text_becomes_text() -> None:
    after = edited(request(SOAP, XML), {f"{USER}.note": "]]>"})
    assert ET.fromstring(after.body)[0][0][2].text == "]]>"
    assert b"CDATA" not in after.body


def test_a_cdata_section_holds_no_references() -> None:
    text = '<?xml version="1.0" encoding="windows-1251"?><a><![CDATA[Анна]]></a>'
    after = edited(request(text.encode("cp1251"), XML), {"body.a": "Яна é"})
    assert ET.fromstring(after.body).text == "Яна é"
    assert "CDATA" in body(edited(request(text, XML), {"body.a": "Яна é"}))


def test_cdata_and_text_beside_each_other_are_one_text() -> None:
    message = request("<a>ivan<![CDATA[@]]>example<![CDATA[.org]]></a>", XML)
    assert seen(message) == {"body.a": "ivan@example.org"}
    assert body(edited(message, {"body.a": "tk"})) == "<a>tk</a>"


def test_siblings_of_one_name_are_numbered() -> None:
    text = "<users><user><phone>1</phone><phone>2</phone></user><user><phone>3</phone></user></users>"
    assert seen(request(text, XML)) == {
        "body.users.user.0.phone.0": "1",
        "body.users.user.0.phone.1": "2",
        "body.users.user.1.phone": "3",
    }


def test_control_characters_can_not_be_written() -> None:
    assert body(edited(request("<a>x</a>", XML), {"body.a": "a\x00\ud800b"})) == "<a>a\ufffd\ufffdb</a>"


def test_comments_and_instructions_are_looked_into() -> None:
    text = '<?xml-stylesheet href="x.css"?><a><!-- anna --><b>x</b><?php anna ?></a><!-- end -->'
    message = request(text, XML)
    assert sorted(
        leaf.text for leaf in read(message).leaves if leaf.spelling in {"xml_comment", "xml_instruction"}
    ) == ([" anna ", " end ", "php anna ", 'xml-stylesheet href="x.css"'])


def edit_all(message: Request, spelling: str, new: str | None) -> bytes:
    document = read(message)
    edits = {at: new for at, leaf in enumerate(document.leaves) if leaf.spelling == spelling}
    return encode_request(rewrite(document, edits), message).body


def test_nothing_ends_a_comment_or_an_instruction() -> None:
    message = request("<a><!--x--><b>1</b><?p x?></a>", XML)
    assert edit_all(message, "xml_comment", "-->-") == b"<a><!--- ->- --><b>1</b><?p x?></a>"
    assert edit_all(message, "xml_instruction", "p ?><b/>") == b"<a><!--x--><b>1</b><?p ? ><b/>?></a>"
    ET.fromstring(edit_all(message, "xml_comment", "--->"))


@pytest.mark.parametrize("between", ["<!-- x -->", "<?x?>", "<!----><!-- -->"])
def test_a_text_that_a_comment_interrupts_is_refused(between: str) -> None:
    with pytest.raises(PayloadError) as refused:
        read(request(f"<a>ivan@{between}example.org</a>", XML))
    assert (refused.value.code, refused.value.status) == ("GW-P120", 422)


def test_a_comment_beside_a_text_is_not_in_its_way() -> None:
    assert seen(request("<a><!-- x -->ivan<b/>\n<!-- y --></a>", XML))["body.a"] == " y "


def test_an_element_name_that_may_be_data_is_a_leaf_in_both_tags() -> None:
    message = request("<a><Иванов7916>x</Иванов7916></a>", XML)
    path = "body.a.Иванов7916"
    assert [print_path(leaf.path) for leaf in read(message).leaves if leaf.is_key] == ["body.a", path, path]
    after = edited(message, {path: "tk@x.example"}, keys=True)
    assert body(after) == "<a><_tk_x.example>x</_tk_x.example></a>"


def test_an_attribute_name_that_may_be_data_is_a_leaf() -> None:
    message = request('<a ivan.79161234567="x"/>', XML)
    assert body(edited(message, {'body.a."ivan.79161234567"': "tk"}, keys=True)) == '<a _tk="x"/>'


# ------------------------------------------------------------------------------------------------------- removal


REMOVALS = [
    ("<a><b>1</b><c>2</c></a>", {"body.a.b": None}, "<a><c>2</c></a>"),
    ("<a>1</a>", {"body.a": None}, "<a></a>"),
    ('<a><b x="1">2</b></a>', {"body.a.b": None}, '<a><b x="1"></b></a>'),
    ('<a><b x="1" y="2">3</b></a>', {"body.a.b.x": None}, '<a><b y="2">3</b></a>'),
    ('<a><b x="1"/></a>', {"body.a.b.x": None}, "<a></a>"),
    ("<a><b><c>1</c></b></a>", {"body.a.b.c": None}, "<a></a>"),
    ("<a><b><c>1</c><d/></b></a>", {"body.a.b.c": None}, "<a><b><d/></b></a>"),
    ("<a><b>1<!--x--></b></a>", {"body.a.b": None}, "<a></a>"),
    ('<a xmlns:s="urn:x"><s:b>1</s:b></a>', {'body.a."xmlns:s"': None}, '<a xmlns:s="urn:removed"><s:b>1</s:b></a>'),
    ("<a><b>1<![CDATA[2]]>3</b><c/></a>", {"body.a.b": None}, "<a><c/></a>"),
    ("<a><!--x--><c/></a>", {"body.a": None}, "<a><c/></a>"),
    ('<a><b x.1="1">2</b></a>', {'body.a.b."x.1"': None}, "<a><b>2</b></a>"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "edits", "left"), REMOVALS)
def test_what_is_removed_goes_with_the_element_that_holds_nothing_else(
    text: str, edits: dict[str, str | None], left: str
) -> None:
    assert body(edited(request(text, XML), edits)) == left
    ET.fromstring(left)


def test_a_removed_name_takes_its_element_along() -> None:
    message = request("<a><Иванов>x<c/></Иванов><d/></a>", XML)
    assert body(edited(message, {"body.a.Иванов": None}, keys=True)) == "<a><d/></a>"


# ------------------------------------------------------------------------------------------------------- charsets


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_the_declaration_names_the_charset(mark: bytes) -> None:
    text = '<?xml version="1.0" encoding="windows-1251"?><a>Анна</a>'
    message = request(text.encode("cp1251"), "text/xml")
    assert seen(message) == {"body.a": "Анна"}
    after = edited(message, {"body.a": "Яна é"})
    assert after.body == text.encode("cp1251").replace("Анна".encode("cp1251"), "Яна &#233;".encode("cp1251"))
    assert ET.fromstring(after.body).text == "Яна é"
    assert seen(request(mark + b"<a>x</a>", XML)) == {"body.a": "x"}


def test_utf_16_is_read_under_its_label() -> None:
    message = request("<a>Анна</a>".encode("utf-16"), "application/xml; charset=utf-16")
    assert edited(message, {"body.a": "Яна"}).body == "<a>Яна</a>".encode("utf-16")


# -------------------------------------------------------------------------------------------------------- nesting


def test_json_in_xml_in_json_is_looked_into() -> None:
    inner = json.dumps({"email": "anna@example.org"})
    message = request(json.dumps({"doc": f"<doc><b>{inner}</b></doc>"}))
    assert seen(message) == {"body.doc.doc.b.email": "anna@example.org"}
    after = json.loads(body(edited(message, {"body.doc.doc.b.email": "<tk>"})))["doc"]
    assert json.loads(str(ET.fromstring(after)[0].text)) == {"email": "<tk>"}


@pytest.mark.parametrize(
    "text", ["<d>b", "<d/>", "<d>\x01</d>", "<d>&x;</d>", "d <d>c</d>", "<d>\ud800</d>", "<p>x</p>"]
)
def test_a_string_that_only_looks_like_xml_is_looked_into_as_something_else(text: str) -> None:
    assert "xml_text" not in {leaf.spelling for leaf in read(request(json.dumps({"t": text}))).leaves}


# -------------------------------------------------------------------------------------------------------- hostile


BOMB = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;&x;&x;">]><a>&y;</a>'


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        '<?xml version="1.0"?><!DOCTYPE a PUBLIC "x" "http://x.example/a.dtd"><a/>',
        "<!DOCTYPE a><a/>",
    ],
)
def test_a_document_type_is_refused(text: str) -> None:
    with pytest.raises(PayloadError) as refused:
        read(request(text, XML))
    assert (refused.value.code, refused.value.status) == ("GW-P120", 422)


@pytest.mark.parametrize(
    "text",
    ["x", "<a>", "<a></b>", "<a x=1/>", '<a x="1" x="2"/>', "<a>&nbsp;</a>", "<a/><b/>", "<a><![CDATA[x</a>", "<a"],
)
def test_what_is_not_well_formed_is_refused(text: str) -> None:
    with pytest.raises(PayloadError) as refused:
        read(request(text, XML))
    assert refused.value.code == "GW-P120"


def test_depth_is_bounded() -> None:
    with pytest.raises(PayloadError) as refused:
        read(request("<a>" * 65 + "</a>" * 65, XML))
    assert (refused.value.code, refused.value.status) == ("GW-P110", 413)
    assert read(request("<a>" * 64 + "</a>" * 64, XML)).leaves


def test_leaves_are_bounded() -> None:
    with pytest.raises(PayloadError) as refused:
        decode_request(request("<a>" + "<b/>" * 100 + "</a>", XML), Limits(max_leaves=50))
    assert refused.value.code == "GW-P109"


@pytest.mark.parametrize(
    "text",
    [
        "<a>" + "<b>" * 20000,
        "<a " + " ".join(f'x{n}="{n}"' for n in range(8000)) + "/>",
        '<a x="' + "y" * 800000 + '"/>',
        "<a>" + "<![CDATA[x]]>" * 40000 + "</a>",
        "<a>" + "<!--x-->" * 8000 + "</a>",
        "<a>" + "&lt;" * 100000 + "</a>",
        "<" * 200000,
        "<a>" + "<!--" * 100000,
    ],
)
def test_hostile_sizes_take_linear_time(text: str) -> None:
    began = time.perf_counter()
    try:
        read(request(text, XML))
    except PayloadError:
        pass
    assert time.perf_counter() - began < 5


# --------------------------------------------------------------------------------------------------------- replies


def test_a_reply_is_restored_and_escaped() -> None:
    text = '<users><user name="tk" mail="x"><note>Dear tk</note></user></users>'
    after = body(restored(reply(text, XML), {"tk": "<b> & \"'"}))
    root = ET.fromstring(after)
    assert (root[0].get("name"), root[0][0].text) == ("<b> & \"'", "Dear <b> & \"'")


@pytest.mark.parametrize(
    "text",
    [
        "<html><script>tk</script></html>",
        "<svg><style>tk</style></svg>",
        '<svg onload="tk"/>',
        '<a href="tk"/>',
        '<a href="javascript://x/tk"/>',
        '<a style="tk"/>',
        "<a><!-- tk --></a>",
        '<?xml-stylesheet href="tk"?><a/>',
        '<a xmlns:x="tk"/>',
    ],
)
def test_nothing_is_restored_where_a_browser_would_run_or_follow_it(text: str) -> None:
    assert body(restored(reply(text, "image/svg+xml"), {"tk": "alert(1)"})) == text


def test_an_original_in_the_query_of_a_link_is_quoted() -> None:
    after = restored(reply('<a href="/x?e=tk"/>', "application/xhtml+xml"), {"tk": "a&b"})
    assert body(after) == '<a href="/x?e=a%26b"/>'


@pytest.mark.parametrize("kind", [HTML, "application/json"])
def test_xml_in_the_string_of_a_reply_is_restored_where_it_declares_itself(kind: str) -> None:
    text = json.dumps({"doc": '<?xml version="1.0"?><a>tk</a>', "t": "<a>tk</a>"})
    after = json.loads(body(restored(reply(text, kind), {"tk": "<b>"})))
    assert after == {"doc": '<?xml version="1.0"?><a>&#60;b&#62;</a>', "t": "<a>&#60;b&#62;</a>"}


def test_a_name_that_is_changed_on_one_side_only_is_refused() -> None:
    """Found by a fuzzer: the error was none of ours."""
    document = read(request("<p>x</p>", "application/xml"))
    number = next(at for at, leaf in enumerate(document.leaves) if leaf.text == "p")
    with pytest.raises(PayloadError, match="GW-P114"):
        rewrite(document, {number: "q"})
