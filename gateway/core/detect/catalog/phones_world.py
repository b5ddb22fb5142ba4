"""Phone numbers of the world: shapes that are nothing else, and any that a word says is one."""

from __future__ import annotations

import re

from gateway.core.detect.detector import Detector, digits
from gateway.model.names import Kind

_PHONE = Kind("phone")
_EXTENSION = r"(?: ?(?:x|ext\.?|extension) ?\d{1,6})"
_SPOKEN = (
    "phone|telephone|tel\\b|tel[.:]|fax|mobile|cell|call|reach|dial|office|whatsapp|text me|text us|text him|"
    "text her|texts|messag|sms|hotline|ring me|"
    "home:|work:|contact|my number|number is|his number|her number|new number|"
    "telefon|téléphone|telefono|teléfono|handy|mobil"
)
_GATE = _SPOKEN.replace("\\b", "")
"""A number that only a word makes one needs the word somewhere."""

_ORDER = (
    "order|article|sku|invoice|batch|seq|gtin|barcode|ean|isbn|track|serial|version|part no|ticket|case|ref|"
    "card|account|ssn|passport"
)
_LEAST, _MOST = 6, 13
_DATE = re.compile(
    r"(?:19|20)\d{2}[\-./ ]\d{1,2}[\-./ ]\d{1,2}|\d{1,2}[\-./ ]\d{1,2}[\-./ ](?:19|20)\d{2}|"
    r"(?:19|20)\d{2}[ \-](?:(?:19|20)\d{2}|\d{1,2})"
)


def _dialled(text: str) -> bool:
    """True if people dial so many digits, and they are no date."""
    return _LEAST <= len(digits(text)) <= _MOST and _DATE.fullmatch(text) is None


DETECTORS: tuple[Detector, ...] = (
    Detector(
        name="phone.brackets",
        kind=_PHONE,
        pattern=rf"(?:(?:\+|00)\d{{1,3}}[ \-.]?)?\(\d{{3}}\) ?\d{{3}}[ .\-]\d{{4}}{_EXTENSION}?",
        score=0.62,
        yes=("(155) 012-3456", "(978)645-9740x11144", "001 (555) 123-4567 ext. 12"),
        no=("(12) 34-5678", "f(100)200"),
        unless=_ORDER,
        source="own observation: area code in brackets, seven digits in two",
    ),
    Detector(
        name="phone.extension",
        kind=_PHONE,
        pattern=rf"(?:(?:\+|00)?\d{{1,3}}[ \-.])?(?:\(?\d{{3}}\)?[ \-.]?)\d{{3}}[ \-.]?\d{{4}}{_EXTENSION}",
        gate=rf"\d{{4}}{_EXTENSION}",
        score=0.65,
        yes=("+1-177-892-0730x52646", "151.081.7740x2347", "555-123-4567 ext 9"),
        no=("1920x1080", "4000 x 3000"),
        source="own observation: an extension behind ten digits",
    ),
    Detector(
        name="phone.dashes",
        kind=_PHONE,
        pattern=r"(?:00\d{1,2}-)?\d{3}-\d{3}-\d{4}",
        score=0.56,
        unless=_ORDER,
        yes=("166-684-7899", "001-846-853-9089"),
        no=("12-345-6789", "order 166-684-7899", "100-200-30000"),
        source="own observation: three, three and four digits with dashes",
    ),
    Detector(
        name="phone.spoken",
        kind=_PHONE,
        pattern=r"(?:(?:\+|00)\d{1,3}[ \-.])?\(?\d{2,5}\)?(?:[ \-./]{1,2}\d{2,8}){1,4}",
        score=0.0,
        confirmed=0.06,
        confirm=_dialled,
        gate=_GATE,
        near=_SPOKEN,
        unless=_ORDER,
        yes=("call me on 0123 456 7890", "(84) 7564-8830 office", "Fax: 020 7946 0958"),
        no=("0123 456 7890", "order 0123 456 7890", "call in 2020 12"),
        source="ITU-T E.123: groups of digits; a word for phone near",
    ),
    Detector(
        name="phone.spoken_bare",
        kind=_PHONE,
        pattern=r"\d{10}",
        gate=_GATE,
        score=0.06,
        near=_SPOKEN,
        unless=_ORDER,
        yes=("2546712361 fax", "you can call 0471234561"),
        no=("2546712361", "order 2546712361 fax"),
        source="ITU-T E.123; a word for phone near",
    ),
)
