"""HTML replies: restored in context, or not at all."""

from __future__ import annotations

import html.parser
import json
import re

import pytest

from tests.core.codec.messages import HTML, body, read, reply, restored

EVIL = """"><img src=x onerror='alert(1)'>`&quot;</script>\\\u2028\r\n\x00"""


def page(text: str, original: str = EVIL) -> str:
    return body(restored(reply(text, HTML), {"tk": original}))


def leaves(text: str) -> list[str]:
    return [leaf.text for leaf in read(reply(text, HTML)).leaves]


class Tags(html.parser.HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags = list[str]()
        self.texts = list[str]()
        self.values = list[str | None]()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.values += [value for _, value in attrs]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize(
    "text",
    [
        "<p>Dear tk</p>",
        "<title>tk</title>",
        "<textarea>tk</textarea>",
        "tk",
        '<p title="tk">',
        "<p title='tk'>",
        '<input value="tk">',
        '<b data-user-name="tk">',
        '<a href="/u/tk?n=tk#tk">',
        '<a href="https://h/?tk=1">',
        "<script>var a=\"tk\", b='tk'</script>",
        '<script type="application/json">{"a":"tk"}</script>',
        '<p data-user=\'{"a":"tk"}\'>',
        '<p data-url="https://h/u/tk">',
        '<script>JSON.parse(\'{"a":"tk"}\')</script>',
        '<script>html = "<p>Dear tk</p>"</script>',
    ],
)
def test_markup_in_an_original_never_becomes_markup(text: str) -> None:
    after = page(text)
    assert "tk" not in after
    assert Tags(after).tags == Tags(text).tags
    assert "</script>" not in after.removesuffix("</script>")
    assert not re.search("[\r\x00]", after)


def test_what_a_browser_shows_is_the_original() -> None:
    assert "".join(Tags(page("<p>Dear tk &amp; co</p>", 'Anna <&> "O\'Neil" &amp;')).texts) == (
        'Dear Anna <&> "O\'Neil" &amp; & co'
    )


def test_an_attribute_holds_the_original() -> None:
    assert Tags(page('<p title="a&amp;tk">', "\"<'&>")).values == ["a&\"<'&>"]


def test_untouched_stretches_stay_byte_for_byte() -> None:
    text = "<!DOCTYPE html>\r\n<P Class=x >a&nbsp;b</P ><p>tk</p><!-- tk --><br/>&lt;<?php tk ?></ tk>"
    assert page(text, "Anna") == text.replace("<p>tk</p>", "<p>Anna</p>")


@pytest.mark.parametrize(
    "text",
    [
        "<!-- tk -->",
        "<!--> <p><!-- tk --!>",
        "<!-- tk",
        "<!tk>",
        "<?tk>",
        "</tk>",
        "</ tk>",
        "</p title='tk'>",
        "<p title=tk>",
        "<p title=tk",
        "<p tk>",
        "<tk>",
        "<p title='tk",
        '<p title="tk><b>tk</b>',
        "<p onclick='tk'>",
        "<p style='tk'>",
        "<p @click='tk' :x='tk' v-text='tk' x-data='tk' ng-bind='tk' hx-get='tk'>",
        "<iframe srcdoc='tk'></iframe>",
        "<iframe>tk</iframe>",
        "<style>tk</style>",
        "<STYLE>tk</Style >",
        "<style>tk",
        "<noscript>tk</noscript>",
        "<xmp>tk</xmp>",
        "<plaintext>tk",
        "<title>tk",
        "<a href='javascript:tk'>",
        "<a href=' javascript:tk'>",
        "<a href='JavaScript&#58;tk'>",
        "<a href='java&#10;script:tk'>",
        "<a href='data:text/html,tk'>",
        "<a href='tk:'>",
        "<a href=''>",
        "<a href='//tk'>",
        "<base href='//tk'>",
        "<img srcset='/tk 2x'>",
        "<meta http-equiv='refresh' content='0;url=/tk'>",
        "<svg><text>tk</text></svg>",
        "<math><mi title='tk'>tk</mi></math>",
        "<svg><title>tk</title></svg>",
        "<svg><style><b></style>tk",
        "<svg><script>'<b>'</script></svg><p>tk</p>",
        "<![CDATA[tk]]>",
        "<script>var a = tk</script>",
        "<script>var a = 'tk'",
        "<script>// 'tk'\n/* 'tk' */</script>",
        "<script>`tk`</script>",
        "<script type='text/template'><p>tk</p></script>",
        "<script type='application/json'>{tk}</script>",
        "<script type='application/json'>{\"a\":tk}</script>",
        "<script language='vbscript'>a = \"tk\"</script>",
        "<script><!-- \nvar a = 'tk' </script>",
        "<script>var a = 'tk'\n--> 'tk'</script>",
        "<script><!-- <script> </script> 'tk' --></script><p>tk</p>",
    ],
)
def test_where_the_context_is_uncertain_the_token_stays(text: str) -> None:
    assert page(text) == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<svg/><p>a</p>", ["a"]),
        ("<svg><path d='x'/></svg></svg><p>a</p>", ["a"]),
        ("<svg><title>x</title><g></g></svg><p>a</p>", ["a"]),
        ("a <3 b < c", ["a <3 b < c"]),
        ("<p>\n</p> <b>a</b>", ["a"]),
        ("<p title='' alt=\"\">a</p>", ["", "", "a"]),
        ("<title></title>a", ["a"]),
        ("<title>a</titles></title>b", ["a</titles>", "b"]),
        ("<p a=/>a", ["a"]),
        ("<svg a=/>a", []),
        ("<p title='x' title='y'>", ["x"]),
        ("<meta name='d' content='x'>", ["d", "x"]),
        ("<!-->a<!--->b<!---->c", ["a", "b", "c"]),
        ("<a href='mailto:x%40y?subject=z'>", ["x@y", "subject", "z"]),
        ("<script></script>a", ["a"]),
        ("<script type='importmap'>{\"a\":1}</script>", ["a", "1"]),
        ("<script type=module>'a'</script>", ["a"]),
        ("<script language=javascript>'a'</script>", ["a"]),
        ("<script src='/a.js' async></script>", ["a.js"]),
        ("<script type='a/b+json'>[1]</script>", ["1"]),
        ("&copy=1 &amp &ampx", ["©=1 & &x"]),
    ],
)
def test_text_is_found_where_it_is_text(text: str, found: list[str]) -> None:
    assert leaves(text) == found


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("&copy=1", "&copy=1"),
        ("&copy1", "&copy1"),
        ("&copy; &copy", "© ©"),
        ("&#65;&#x42", "AB"),
        ("&foo; &", "&foo; &"),
    ],
)
def test_references_in_attributes_are_read_the_way_urls_need_it(raw: str, text: str) -> None:
    assert leaves(f"<p title='{raw}'>") == [text]


def test_a_removed_text_is_an_empty_one() -> None:
    assert page("<p>tk</p><script>'tk'</script>", "") == "<p></p><script>''</script>"


def test_the_charset_of_a_meta_tag_is_read_and_what_it_lacks_is_a_reference() -> None:
    text = "<meta charset='windows-1251'><p>Имя: tk</p><script>'tk'</script>".encode("cp1251")
    after = restored(reply(text, "text/html"), {"tk": "é\ud800"}).body.decode("cp1251")
    assert after == "<meta charset='windows-1251'><p>Имя: &#233;&#55296;</p><script>'\\u00e9\\ud800'</script>"


def test_a_page_in_an_unknown_charset_is_opaque() -> None:
    assert read(reply(b"<p>\xff</p>", HTML)).leaves == ()


def test_html_in_json_is_escaped_for_both() -> None:
    message = restored(reply('{"a":"<p title=\\"tk\\">tk</p>"}'), {"tk": '"<b>\\'})
    assert json.loads(message.body) == {"a": '<p title="&#34;&#60;b&#62;\\">&#34;&#60;b&#62;\\</p>'}


def test_texts_over_the_limit_make_a_page_opaque() -> None:
    assert read(reply("<b>x" * 60_000, HTML)).parts[-1].syntax == "opaque"


@pytest.mark.parametrize(
    ("page", "path"),
    [
        ("<input name='born' value='tk'>", ("body", "born")),
        ("<INPUT VALUE=\"tk\" NAME='born'>", ("body", "born")),
        ("<textarea name=born>tk</textarea>", ("body", "born")),
        ("<textarea>tk</textarea>", ("body",)),
        ("<li value='tk'>", ("body", "value")),
        ("<p title='tk'>", ("body", "title")),
    ],
)
def test_the_value_of_a_control_has_the_name_it_will_be_sent_under(page: str, path: tuple[str, ...]) -> None:
    assert [leaf.path for leaf in read(reply(page, HTML)).leaves if leaf.text == "tk"] == [path]


@pytest.mark.parametrize("char", ["\x01", "\x0b", "\x7f", "\x80", "\x85", "\x9f"])
def test_control_characters_stay_what_they_are(char: str) -> None:
    """A reference to U+0080 means the euro sign to browsers, one to U+0001 nothing to other readers."""
    assert page("<p>tk</p>", f"a{char}b") == f"<p>a{char}b</p>"
    assert leaves(f"<p>a{char}b</p>") == [f"a{char}b"]
