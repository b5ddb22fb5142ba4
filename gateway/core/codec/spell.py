"""How a new text is written where an old one stood: one function a spelling, from (new text, old stretch) to stretch.

Each takes over the habits of the old stretch where there is a choice, and each is safe in its context whatever the new
text holds: it can't end a string, open a tag, start a parameter or add a header.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping

from gateway.core.codec import csv, graphql, grpc, html_sent, protobuf_wire, xml_text
from gateway.core.codec.base64_text import spell_base64, spell_hex
from gateway.core.codec.calendar import spell_calendar
from gateway.core.codec.escapes import (
    spell_entities,
    spell_json_escapes,
    spell_percent,
    spell_percent_unicode,
    spell_quoted_printable,
)
from gateway.core.codec.json import LITERAL, NUMBER
from gateway.core.codec.octets import as_bytes
from gateway.core.codec.percent import quote, split_bytes, to_bytes
from gateway.core.codec.words import spell_words
from gateway.model.document import Spelling
from gateway.model.errors import PayloadError

_AS_WRITTEN = json.JSONEncoder(ensure_ascii=False)
"""Made once: ``json.dumps`` makes one a call for anything but its defaults, 3 µs each."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_WIDE = re.compile(r"[^\x00-\x7f]")
_WIDE_ESCAPE = re.compile(r"\\u(?!00[0-7])")
_NUMBER = re.compile(NUMBER)
_LITERAL = re.compile(LITERAL)
_UNSAFE_IN_SCRIPT = re.compile(r"[<>&'\u2028\u2029]")
_UNSAFE_IN_SCRIPT_STRING = re.compile(r"""[\x00-\x1f"'\\`<>&\x7f-\x9f\u2028\u2029\ud800-\udfff]""")
_UNSAFE_IN_HTML = re.compile(r"""[\x00\x0c\r&<>"'`\ud800-\udc7f\udd00-\udfff]""")
"""Other control characters stay bare: a reference to one means another character, or none (HTML, 13.2.5.80). So do
surrogates that stand for bytes.
"""
_UNSAFE_IN_PARAMETER = re.compile(r'[\x00-\x1f"\\%\x7f]')
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_UNWRITABLE_IN_HEADER = re.compile(r"[\r\n\0]")

_KEPT_IN_PAIR = "@:/,!$'()*?[]{}|\""
_KEPT_IN_SEGMENT = "@:,!$'()*"
_KEPT_IN_COOKIE = "!#$&'()*+/:<>?@[]^`{|}"
_KEPT_IN_ODD_COOKIE = '= ",\\'
_KEPT_IN_NAME = "!#$&'*+^`|"
_STRINGS = frozenset({"json_string", "json_number", "json_literal", "script_json", "script_string"})


def spell(spelling: Spelling, text: str, old: str, *, narrow: bool = False) -> str:
    """The stretch that stands for ``text`` where ``old`` stood. Raises PayloadError (GW-P114).

    ``narrow``: the charset may not hold every character, so whatever can be escaped over 127 is.
    """
    if narrow and spelling == "xml_text" and not text.isascii():
        old = ""  # a CDATA section can't hold character references
    spelled = _SPELLINGS[spelling](text, old)
    return _WIDE.sub(_unicode_escape, spelled) if narrow and spelling in _STRINGS else spelled


def _json_string(text: str, old: str) -> str:
    if _WIDE_ESCAPE.search(old):
        return json.dumps(text)
    return _SURROGATE.sub(_unicode_escape, _AS_WRITTEN.encode(text))


def _script_json(text: str, old: str) -> str:
    return _UNSAFE_IN_SCRIPT.sub(_unicode_escape, _json_string(text, old))


def _json_number(text: str, old: str) -> str:
    return text if _NUMBER.fullmatch(text) else _script_json(text, old)


def _json_literal(text: str, old: str) -> str:
    return text if _LITERAL.fullmatch(text) else _script_json(text, old)


def _script_string(text: str, old: str) -> str:
    return old[0] + _UNSAFE_IN_SCRIPT_STRING.sub(_unicode_escape, text) + old[0]


def _form(text: str, old: str) -> str:
    return _pair(text, old, "+")


def _query(text: str, old: str) -> str:
    return _pair(text, old, "+" if "+" in old and "%20" not in old else "%20")


def _fragment(text: str, old: str) -> str:
    return _pair(text, old, "%20")


def _pair(text: str, old: str, blank: str) -> str:
    kept = [char for char in _KEPT_IN_PAIR if char in old]
    return quote(text, "".join(kept) + " ").replace(" ", blank)


def _segment(text: str, old: str) -> str:
    spelled = quote(text, "".join(char for char in _KEPT_IN_SEGMENT if char in old))
    return spelled.replace(".", "%2E") if text in {".", ".."} else spelled


def _host(text: str, _old: str) -> str:
    return quote(text, ":[]")


def _cookie(text: str, old: str) -> str:
    return quote(text, _KEPT_IN_COOKIE + "".join(char for char in _KEPT_IN_ODD_COOKIE if char in old))


def _header(text: str, _old: str) -> str:
    if _UNWRITABLE_IN_HEADER.search(text):
        raise PayloadError(
            "GW-P114",
            "a new header value holds a line break or NUL, which would end the header and start another.",
            "look which rule or original puts control characters into a header.",
        )
    return split_bytes(text)


def _header_name(text: str, _old: str) -> str:
    return quote(text, _KEPT_IN_NAME)


def _base64(text: str, _old: str) -> str:
    return base64.b64encode(to_bytes(text)).decode("ascii")


def _parameter(text: str, old: str) -> str:
    """A quoted parameter of a part's header, as browsers write it; percent-coded whole where the old one was."""
    if _PERCENT.search(old) and old.isascii():
        return f'"{quote(text, "")}"'
    return '"' + _bytewise(_UNSAFE_IN_PARAMETER.sub(lambda match: f"%{ord(match[0]):02X}", text)) + '"'


def _extended(text: str, _old: str) -> str:
    return f"utf-8''{quote(text, '')}"


def _part_header(text: str, old: str) -> str:
    return _bytewise(to_bytes(_header(text, old)).decode("utf-8", "replace"))


def _locked(_text: str, _old: str) -> str:
    raise PayloadError(
        "GW-P114",
        "a text inside a file was to change, and nothing can be put there.",
        "say `else: keep` or `else: refuse` of such files.",
    )


def _bytewise(text: str) -> str:
    return to_bytes(text).decode("latin-1")


def _plain(text: str, _old: str) -> str:
    return text


def _html(text: str, _old: str) -> str:
    return _UNSAFE_IN_HTML.sub(_character_reference, text)


def _character_reference(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def _unicode_escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


_SPELLINGS: Mapping[Spelling, Callable[[str, str], str]] = {
    "json_string": _json_string,
    "json_number": _json_number,
    "json_literal": _json_literal,
    "script_json": _script_json,
    "form": _form,
    "query": _query,
    "fragment": _fragment,
    "segment": _segment,
    "host": _host,
    "cookie": _cookie,
    "header": _header,
    "header_name": _header_name,
    "base64": _base64,
    "plain": _plain,
    "html_text": _html,
    "html_attribute": _html,
    "html_bare": html_sent.spell_bare,
    "html_comment": html_sent.spell_comment,
    "script_string": _script_string,
    "xml_text": xml_text.spell_text,
    "xml_attribute": xml_text.spell_attribute,
    "xml_name": xml_text.spell_name,
    "xml_comment": xml_text.spell_comment,
    "xml_instruction": xml_text.spell_instruction,
    "csv_cell": csv.spell_cell,
    "graphql_name": lambda text, old: graphql.spell_name(text, _json_string(text, old)),
    "graphql_comment": lambda text, _old: re.sub(r"[\r\n]", " ", text),
    "protobuf_text": protobuf_wire.spell_text,
    "protobuf_either": protobuf_wire.spell_either,
    "protobuf_message": protobuf_wire.spell_message,
    "protobuf_number": protobuf_wire.spell_number,
    "grpc_message": grpc.spell_frame,
    "grpc_trailers": grpc.spell_trailers,
    "base64_bytes": grpc.spell_base64,
    "content": _plain,
    "parameter": _parameter,
    "calendar": spell_calendar,
    "extended": _extended,
    "part_header": _part_header,
    "locked": _locked,
    "base64_text": spell_base64,
    "hex": spell_hex,
    "octets": as_bytes,
    "words": spell_words,
    "percent": spell_percent,
    "percent_unicode": spell_percent_unicode,
    "entities": spell_entities,
    "json_escapes": spell_json_escapes,
    "quoted_printable": spell_quoted_printable,
}
