"""Outbound routes, signatures and credentials written back in the language mean the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import yaml

from gateway.model.message import Request
from gateway.model.residency import Caller
from gateway.ruleset.canonical import canonical
from gateway.ruleset.explain import explain
from gateway.ruleset.load import load
from gateway.ruleset.summary import revealing
from tests.ruleset.written import write

RULES = """
version: 1
packs: [ru]
backend: new
regions:
  ru: {vault: "sqlite:home/ru.db", key: "file:home/keys", keep: {until: account ends}}
destinations:
  crm:
    url: "https://crm.example"
    region: us
    role: application
    unmatched: pass
    credentials: {jwt: exchange, basic: exchange, key: "file:/k", issuer: "https://gw.example"}
  sms: {url: "https://sms.example", region: ru, role: partner, unmatched: pass}
  mx: {url: "smtp://mx.example:25", region: ru, role: partner, unmatched: pass}
routes:
  - match: {path: /hook}
    to: crm
    signature:
      {header: X-S, incoming: ["env:A", "env:B"], outgoing: "file:/x", signs: "{timestamp}.{body}", timestamp: X-T}
  - match: {path: /stripe}
    to: crm
    signature:
      {header: X-Several, incoming: "env:A", signs: "{timestamp}.{body}", form: "t={timestamp},v1={signature}"}
  - {match: {path: "/out/**"}, from: crm, to: sms, callers: ["role:mailer", "address:10.0.0.0/8"], unresolved: links}
  - match: {mail: [B.example, a.example]}
    from: crm
    to: mx
    callers: ["login:crm"]
    mail: {about: anyone, recipients: ["*"], signed: strip}
  - {match: {mail: "*"}, from: crm, to: mx, callers: ["login:crm"], name: any mail}
"""


def test_written_back_they_are_the_same(tmp_path: Path) -> None:
    first = load([write(tmp_path, RULES)])
    again = tmp_path / "again.yaml"
    again.write_text(yaml.safe_dump(canonical(first), allow_unicode=True), encoding="utf-8")
    second = load([again])
    assert second.digest == first.digest
    assert second.destinations == first.destinations
    assert [(one.outbound, one.signature, one.mail) for one in second.routes] == [
        (one.outbound, one.signature, one.mail) for one in first.routes
    ]


def test_who_reveals_what_to_whom_is_a_line(tmp_path: Path) -> None:
    ruleset = load([write(tmp_path, RULES)])
    assert list(revealing(ruleset, ["/hook", "/out/**"])) == [
        "/out/**: reveals tokens of crm in the request, for address:10.0.0.0/8, role:mailer"
    ]


def test_who_reveals_by_mail_is_a_line_too(tmp_path: Path) -> None:
    ruleset = load([write(tmp_path, RULES)])
    assert list(revealing(ruleset, ["mail a.example,b.example", "any mail"])) == [
        "any mail: reveals tokens of crm in the request, for login:crm",
        "mail a.example,b.example: reveals tokens of crm in the request, for login:crm",
    ]


def test_no_request_takes_a_route_of_mail(tmp_path: Path) -> None:
    ruleset = load([write(tmp_path, RULES)])
    for target in ("/", "", "/mail", "*", "//"):
        found = explain(ruleset, Request("POST", target, (), b""), date(2026, 11, 22), Caller())
        assert found is None


def test_explanation_says_that_originals_go_there(tmp_path: Path) -> None:
    ruleset = load([write(tmp_path, RULES)])
    explanation = explain(ruleset, Request("GET", "/out/x", (), b""), date(2026, 11, 22), Caller())
    assert explanation is not None
    assert explanation.to == "sms (RU, partner), with the originals of crm's tokens"
