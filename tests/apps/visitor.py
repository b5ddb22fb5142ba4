"""Somebody who reads pages and sends their forms, with cookies and redirects, by the standard library's client."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener


@dataclass(frozen=True, slots=True)
class Page:
    """``url`` is where redirects ended; ``fields`` are the inputs by form, in the order of the page."""

    status: int
    url: str
    text: str
    forms: list[dict[str, str]]

    def form_with(self, name: str) -> dict[str, str]:
        return next(form for form in self.forms if name in form)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
        elif tag in {"input", "select", "textarea"} and self.forms and "name" in told:
            self.forms[-1][told["name"]] = told.get("value", "")


@dataclass
class Visitor:
    """A person at a keyboard."""

    site: str
    jar: CookieJar = field(default_factory=CookieJar)

    def __post_init__(self) -> None:
        self.opener = build_opener(HTTPCookieProcessor(self.jar), ProxyHandler({}))
        self.opener.addheaders = [("Accept-Language", "ru,en;q=0.5"), ("User-Agent", "Mozilla/5.0 visitor")]

    def reads(self, path: str) -> Page:
        return self._sent(Request(self.site + path))

    def fills(self, path: str, wanted: Mapping[str, str], button: str = "", *, multipart: bool = False) -> Page:
        """Read a page, write into the form that has all these fields, send it back with what it held before."""
        page = self.reads(path)
        form = next((form for form in page.forms if wanted.keys() <= form.keys()), None)
        assert form is not None, (page.status, page.url, page.forms, list(wanted))
        values = {**form, **wanted, **({button: ""} if button else {})}
        body, kind = _multipart(values) if multipart else (urlencode(values).encode(), _FORM)
        return self._sent(Request(page.url, data=body, headers={"Content-Type": kind, "Origin": self.site}))

    @property
    def cookies(self) -> set[str]:
        return {cookie.name for cookie in self.jar}

    def _sent(self, request: Request) -> Page:
        try:
            with self.opener.open(request, timeout=30) as reply:
                status, url, raw = reply.status, reply.url, reply.read()
        except HTTPError as error:
            with error:
                status, url, raw = error.code, error.url, error.read()
        text = raw.decode("utf-8", "replace")
        parser = _Forms()
        parser.feed(text)
        return Page(status, url, text, parser.forms)


_FORM = "application/x-www-form-urlencoded"


def _multipart(values: Mapping[str, str]) -> tuple[bytes, str]:
    line = f"----visitor{secrets.token_hex(8)}"
    parts = [
        f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in values.items()
    ]
    return f"{''.join(parts)}--{line}--\r\n".encode(), f"multipart/form-data; boundary={line}"
