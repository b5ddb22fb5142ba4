"""What analytics SDKs send, shaped as real clients were captured sending it: in JSON called text, in a form, in a
URL.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from gateway.verify.wire import Headers

Sent = tuple[str, str, Headers, bytes]
"""Method, target, headers, body."""


def full_name(person: Mapping[str, str]) -> str:
    return " ".join(person[name] for name in ("last_name", "first_name", "middle_name") if name in person)


def segment(person: Mapping[str, str]) -> Sent:
    """analytics.js ``identify``: JSON under ``text/plain``, the person in traits, URLs, title and referrer."""
    seen = f"email={quote(person['email'])}&tel={quote(person['phone'])}"
    event = {
        "timestamp": "2026-11-22T02:01:48.111Z",
        "type": "identify",
        "event": "Profile Viewed",
        "userId": "u-1001",
        "traits": {"email": person["email"], "name": full_name(person), "phone": person["phone"]},
        "context": {
            "page": {
                "path": "/profile",
                "referrer": f"https://ya.example/search?text={quote(person['email'])}",
                "search": f"?{seen}",
                "title": f"Карточка: {full_name(person)}",
                "url": f"https://crm.example.ru/profile?{seen}",
            },
            "userAgent": "Mozilla/5.0 (X11; Linux x86_64)",
            "locale": "ru-RU",
        },
        "anonymousId": "a464a6e7-e383-426d-88d2-9bbe5c402910",
    }
    return "POST", "/collect/v1/i", _headers("text/plain"), json.dumps(event, ensure_ascii=False).encode()


def mixpanel(person: Mapping[str, str]) -> Sent:
    """mixpanel ``track``: a form whose ``data`` is JSON with escapes; documents in an order, a comment in free
    words.
    """
    event = {
        "event": "Order Completed",
        "properties": {
            "token": "TK",
            "distinct_id": "u-1001",
            "time": 1795312424.72,
            "revenue": 1990.5,
            "currency": "RUB",
            "customer": {"fio": full_name(person), "tel": person["phone"], "passport": person["passport"]},
            "comment": f"Звоните на {person['phone']} или пишите {person['email']}",
            "$email": person["email"],
        },
    }
    body = urlencode({"data": json.dumps(event), "verbose": 1}).encode()
    return "POST", "/collect/track", _headers("application/x-www-form-urlencoded"), body


def matomo(person: Mapping[str, str]) -> Sent:
    """matomo's pixel: everything in the query, the page's URL percent-encoded inside it, the title in Russian."""
    page = f"https://crm.example.ru/profile?email={quote(person['email'])}"
    query = {
        "idsite": 1,
        "rec": 1,
        "url": page,
        "urlref": f"https://ya.example/search?text={quote(quote(person['email']))}",
        "_cvar": json.dumps({"1": ["email", person["email"]]}),
        "action_name": f"Карточка: {full_name(person)}",
    }
    return "GET", f"/collect/matomo.php?{urlencode(query)}", (("Accept", "image/gif"),), b""


def _headers(media_type: str) -> Headers:
    return (("Content-Type", media_type), ("Origin", "https://crm.example.ru"), ("Referer", "https://crm.example.ru/"))
