"""What structural headers look like as long as they say what they are for, and nothing of anybody.

Narrower than the standards where those allow any word: a header that says more is a text like any other, for rules to
see. Source: RFC 9110, 5.6.7, 8.3 to 8.5, 10.1 and 12.5; RFC 9111, 5.2 and 5.4; RFC 9218, 4; RFC 5646, 2.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_BLANK = r"[ \t]{0,2}+"
_WEIGHT = rf"(?:{_BLANK};{_BLANK}q=[01]?(?:\.\d{{0,3}})?)?"
_LANGUAGE = r"(?:\*|[a-z]{1,3}(?:-[a-z0-9]{1,8}){0,3})" + _WEIGHT
_CHARSET = r"(?:\*|us-ascii|utf-(?:8|16)|iso-8859-\d{1,2}|windows-\d{3,4}|koi8-[ru])" + _WEIGHT
_TOLD = r"(?:b|boundary|charset|ext|format|ieee754compatible|indent|level|odata(?:\.[a-z]{1,20})?|profile|q|v|version)"
_PARAMETER = rf"""{_BLANK};{_BLANK}{_TOLD}=(?:"[^"]*+"|[\w.:/+*'-]*+)"""
_MEDIA = rf"(?:\*|[\w.+*-]++/[\w.+*-]++)(?:{_PARAMETER})*{_BLANK};?"
_SECONDS = r"(?:max-age|max-stale|min-fresh|s-maxage|stale-if-error|stale-while-revalidate)=\d{1,10}"
_DIRECTIVE = rf"(?:no-cache|no-store|no-transform|only-if-cached|immutable|{_SECONDS}|max-stale)"
_DATE = r"[a-z]{3,9}, \d\d[ -][a-z]{3}[ -]\d{2}(?:\d\d)? \d\d:\d\d:\d\d (?:gmt|utc|\+0000)"
_COUNT, _FLAG = r"\d{1,6}", r"\??[01]"


def _one(form: str) -> re.Pattern[str]:
    return re.compile(rf"{_BLANK}(?:{form})?{_BLANK}", re.IGNORECASE | re.ASCII)


def _several(form: str) -> re.Pattern[str]:
    return _one(rf"{form}(?:{_BLANK},{_BLANK}{form})*,?")


FORMS: Mapping[str, re.Pattern[str]] = {
    "accept": _several(_MEDIA),
    "accept-charset": _several(_CHARSET),
    "accept-datetime": _one(_DATE),
    "accept-language": _several(_LANGUAGE),
    "accept-ranges": _one("bytes|none"),
    "age": _one(_COUNT),
    "cache-control": _several(_DIRECTIVE),
    "content-language": _several(_LANGUAGE),
    "content-range": _one(r"bytes (?:\d++-\d++|\*)/(?:\d++|\*)"),
    "content-type": _one(_MEDIA),
    "date": _one(_DATE),
    "early-data": _one(_FLAG),
    "expires": _one(_DATE),
    "if-match": _several(r"(?:\*|(?:W/)?\"[^\"]*+\")"),
    "if-unmodified-since": _one(_DATE),
    "last-modified": _one(_DATE),
    "max-forwards": _one(_COUNT),
    "pragma": _several(_DIRECTIVE),
    "priority": _several(r"(?:u=[0-7]|i(?:=\?[01])?)"),
    "upgrade-insecure-requests": _one(_FLAG),
}
"""By lower-case name. A name that is missing here has no form of its own, or never travels on."""
