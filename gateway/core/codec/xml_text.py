"""What XML's character data and attribute values mean, and how new ones are written. Source: XML 1.0, 2.2-2.7, 4.6."""

from __future__ import annotations

import re

_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_REFERENCE = re.compile(r"&(?:#([0-9]++)|#x([0-9a-fA-F]++)|(lt|gt|amp|quot|apos));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_UNSAFE = re.compile(r"""[&<>"'\r\x7f-\x9f]""")
_UNSAFE_IN_ATTRIBUTE = re.compile(r"""[&<>"'\t\n\r\x7f-\x9f]""")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DASHES = re.compile(r"-(?=-|\Z)")


def attribute_text(raw: str) -> str:
    """What an attribute value between its quotes means."""
    return _REFERENCE.sub(_dereference, raw) if "&" in raw else raw


def character_data(raw: str) -> str:
    """What the text between two tags means, CDATA sections included."""
    if "<" not in raw:
        return attribute_text(raw)
    pieces = _CDATA.split(raw)
    return "".join(piece if number % 2 else attribute_text(piece) for number, piece in enumerate(pieces))


def spell_text(text: str, old: str) -> str:
    """Escaped; a CDATA section stays one where it can hold the text."""
    text = _writable(text)
    whole = old.startswith("<![CDATA[") and old.find("]]>") == len(old) - 3
    if whole and "]]>" not in text:
        return f"<![CDATA[{text}]]>"
    return _UNSAFE.sub(_character_reference, text)


def spell_attribute(text: str, _old: str) -> str:
    return _UNSAFE_IN_ATTRIBUTE.sub(_character_reference, _writable(text))


def spell_comment(text: str, _old: str) -> str:
    """No two dashes, none at the end."""
    return _DASHES.sub("- ", _writable(text))


def spell_instruction(text: str, _old: str) -> str:
    return _writable(text).replace("?>", "? >")


def spell_name(text: str, _old: str) -> str:
    """A name that any text turns into; it can't be turned back."""
    return re.sub(r"[^\w.-]", "_", "_" + text.removeprefix("_"), flags=re.ASCII)


def _writable(text: str) -> str:
    """XML 1.0 has no way to write control characters."""
    return _UNWRITABLE.sub("\ufffd", text)


def _dereference(match: re.Match[str]) -> str:
    if match[3]:
        return _NAMED[match[3]]
    return chr(int(match[1]) if match[1] else int(match[2], 16))


def _character_reference(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"
