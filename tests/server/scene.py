"""A whole gateway over real stores in a folder, with a destination that answers as told."""

from __future__ import annotations

from pathlib import Path

RULES = """
version: 1
packs: [ru]
as_of: 2026-11-22
backend: new
regions:
  ru: {vault: "sqlite:home/ru.db", key: "file:home/keys", keep: {until: account ends}}
residence:
  subjects: [body]
destinations:
  crm: {url: "http://127.0.0.1:9001", region: us, role: application, unmatched: pass, token_domain: id.example}
routes:
  - {match: {path: /api/users, method: POST}, to: crm, purpose: account, whose: caller, reveal_to: [subject]}
  - {match: {path: /api/users, method: GET}, to: crm, purpose: account, reveal_to: [subject]}
"""

REGISTRATION = b'{"citizenship":"RU","email":"anna@example.org"}'


def write_rules(folder: Path, upstream: str = "http://127.0.0.1:9001", **replaced: str) -> Path:
    """A rules file in the folder, towards this destination."""
    text = RULES.replace("http://127.0.0.1:9001", upstream)
    for old, new in replaced.items():
        text = text.replace(old, new)
    path = folder / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def post(body: bytes = REGISTRATION) -> bytes:
    head = (
        b"POST /api/users HTTP/1.1\r\nHost: app.example.org\r\nConnection: close\r\nContent-Type: application/json\r\n"
    )
    return head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
