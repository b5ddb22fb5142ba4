"""Random requests with canaries: values that must not leave, in places that say what they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

from gateway.model.message import Request

_WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
_NUMBERS = st.one_of(
    st.one_of(st.integers(-(10**5), 10**5), st.integers(10**25, 10**30)).map(str),
    st.sampled_from(["1.10", "-0", "1e400", "0.1E-7", "12345678901234567890"]),
)

_LOCAL = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=12, max_size=16)
EMAILS = _LOCAL.map(lambda name: f"{name}@canary-mail.ru")
PHONES = st.integers(10_000_000, 99_999_999).map(lambda number: f"+79{number:08d}7")
NAMES = (
    st.text("абвгдежзиклмнопрстуфхцчшщэюя", min_size=9, max_size=14)
    .filter(lambda name: len(set(name)) > 5)
    .map(str.capitalize)
)

FIELDS: Mapping[str, st.SearchStrategy[str]] = {
    "email": EMAILS,
    "contact_email": EMAILS,
    "почта": EMAILS,
    "phone": PHONES,
    "телефон": PHONES,
    "first_name": NAMES,
    "lastName": NAMES,
    "фамилия": NAMES,
}


@dataclass(frozen=True)
class Planted:
    """A request and the texts that must not be found in anything that leaves."""

    request: Request
    canaries: tuple[str, ...]


@st.composite
def planted(draw: st.DrawFn, target: str = "/api/x") -> Planted:
    """JSON of any shape around named canaries, further ones in the query and in free text."""
    fields = draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=5, unique=True))
    values = {name: draw(FIELDS[name]) for name in fields}
    in_text = draw(EMAILS)
    in_query = draw(EMAILS)
    members = [f"{_json(name)}:{_json(value)}" for name, value in values.items()]
    members.append(f'"comment":{_json("write to " + in_text + " please")}')
    members += draw(st.lists(_noise(), max_size=4))
    body = "{" + ",".join(draw(st.permutations(members))) + "}"
    wrapped = draw(st.sampled_from([body, f'{{"data":{body}}}', f"[{body}]", f'{{"payload":{_json(body)}}}']))
    query = urlencode({"contact_email": in_query}) if draw(st.booleans()) else "contact_email=" + quote(in_query)
    request = Request(
        "POST",
        f"{target}?{query}",
        (("Host", "gw"), ("Content-Type", "application/json")),
        wrapped.encode("utf-8", "surrogatepass"),
    )
    return Planted(request, (*values.values(), in_text, in_query))


@st.composite
def _noise(draw: st.DrawFn) -> str:
    """A member that is about nobody; its spelling has to survive."""
    key = draw(st.sampled_from(["sku", "qty", "note_id", "price", "tags", "nested"]))
    value = draw(st.one_of(_NUMBERS, st.sampled_from(["null", "true", "[]", "{}", '[1,2.50,"x"]', '{"a":[1.0]}'])))
    return f'"{key}" : {value}'


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
