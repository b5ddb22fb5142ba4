"""Which route a mail takes, whom it may tell of whom, and which plain addresses it goes to."""

from __future__ import annotations

import pytest

from gateway.core.asked import admitted_by
from gateway.core.mail import read_letter
from gateway.core.mailing import (
    PLAIN_RECIPIENT,
    Recipient,
    envelope,
    keeps_mailed,
    mail_route,
    objection_to_plain,
    read_mailed,
    tells_others,
)
from gateway.core.naming import opaque
from gateway.core.outbound import UNRESOLVED
from gateway.core.reveal import Originals
from gateway.core.route import Matched
from gateway.model.limits import Limits
from gateway.model.names import DestinationName, Kind, RecordId, SubjectId, Token
from gateway.model.residency import Caller
from gateway.model.rules import MailSpec, OutboundSpec, RevealTo, Route, Ruleset
from tests.made import CRM, RU, destination, route, ruleset

MAIL = DestinationName("mail")
ANNA, BORIS = SubjectId("a" * 28), SubjectId("b" * 28)
TOKEN = Token("tk" + "0" * 26)


def mail_rules(*senders: str) -> Ruleset:
    at_home = destination("mail", region=RU, country="RU", role="partner", url="smtp://mx.ru")
    crm = destination("crm", token_domain="id.example")
    routes = [route("**"), *(_route(one) for one in senders)]
    return ruleset(routes=routes, destinations={CRM: crm, MAIL: at_home})


def _route(sender: str) -> Route:
    return route("x", to="mail", name=sender, mail=MailSpec(frozenset({sender})))


def _spec(unresolved: str = "refuse") -> OutboundSpec:
    return OutboundSpec(CRM, (), unresolved)  # type: ignore[arg-type]  # one of the three words


@pytest.mark.parametrize(
    ("senders", "sender", "taken"),
    [
        (("*", "shop.example"), "a@Shop.Example", "shop.example"),
        (("shop.example", "*"), "a@shop.example", "shop.example"),
        (("*", "shop.example"), "a@sub.shop.example", "*"),
        (("*",), "<>", "*"),
        (("shop.example",), "a@else.example", None),
        ((), "a@else.example", None),
    ],
)
def test_route_that_names_the_domain_comes_first(senders: tuple[str, ...], sender: str, taken: str | None) -> None:
    found = mail_route(mail_rules(*senders), sender)
    assert (found.route.name if found else None) == taken


@pytest.mark.parametrize(
    ("address", "recipients", "refused"),
    [
        ("a@corp.example", {"corp.example"}, None),
        ("a@CORP.example", {"corp.example"}, None),
        ("a@else.example", {"corp.example"}, PLAIN_RECIPIENT),
        ("a@else.example", {"*"}, None),
        ("a b@else.example", {"*"}, PLAIN_RECIPIENT),
        ("a@b@else.example", {"*"}, PLAIN_RECIPIENT),
        ("a@else.example>", {"*"}, PLAIN_RECIPIENT),
        ("postmaster", {"*"}, PLAIN_RECIPIENT),
        ("tk123@ID.example", {"*"}, UNRESOLVED),
    ],
)
def test_plain_address_needs_a_rule(address: str, recipients: set[str], refused: object) -> None:
    assert objection_to_plain(address, recipients, "id.example") is refused


def made_token() -> str:
    """A token with right check characters."""
    return opaque.token((RecordId("01" + "0" * 26), 0))


@pytest.mark.parametrize(
    ("holders", "to", "others"),
    [
        ({ANNA}, [{ANNA}], False),
        ({ANNA, BORIS}, [{BORIS}], False),
        ({ANNA}, [{BORIS}], True),
        ({ANNA}, [{ANNA}, {BORIS}], True),
        ({ANNA}, [set()], True),
        ({ANNA}, [], False),
        (set(), [{ANNA}], True),
    ],
)
def test_mail_tells_each_recipient_of_himself(holders: set[SubjectId], to: list[set[SubjectId]], others: bool) -> None:
    rules, token = mail_rules("*"), Token(made_token())
    matched = Matched(rules.routes[-1], {}, "collect")
    outgoing = read_mailed(envelope(f"Dear {token}", "subject"), matched, _spec(), rules)
    assert [one.token for one in outgoing.sightings] == [token]
    known = Originals({token: "Anna"}, {token: Kind("person.first")})
    recipients = [Recipient(frozenset(one)) for one in to]
    assert tells_others(outgoing, known, {token: frozenset(holders)}, recipients) is others
    assert not tells_others(outgoing, Originals(), {}, recipients)


@pytest.mark.parametrize(
    ("text", "unresolved", "kept"),
    [
        ("Subject: {}\r\n\r\nx\r\n", "refuse", True),
        ("Subject: {}\r\n\r\nx\r\n", "pass", False),
        ("Subject: x\r\n\r\nhttps://else.example/?u={}\r\n", "links", False),
        ("Subject: x\r\n\r\nhttps://else.example/?u={}\r\n", "refuse", True),
        ("Content-Type: image/png\r\n\r\n {} \r\n", "links", True),
        ("Message-ID: <{}@x>\r\n\r\nx\r\n", "refuse", False),
        ("Subject: x\r\n\r\nx\r\n", "refuse", False),
    ],
)
def test_token_that_stays_is_seen(text: str, unresolved: str, kept: bool) -> None:
    rules = mail_rules("*")
    sent = read_letter(text.format(made_token()).encode(), Limits())
    assert keeps_mailed(sent, Matched(rules.routes[-1], {}, "collect"), _spec(unresolved), rules) is kept


def test_who_has_logged_in_is_admitted_by_that_name_only() -> None:
    allowed = (RevealTo("login", "crm"),)
    callers = (Caller(login="crm"), Caller(login="other"), Caller(), Caller(roles=frozenset({"crm"})))
    assert [admitted_by(allowed, one) is not None for one in callers] == [True, False, False, False]
    assert admitted_by((RevealTo("login"),), Caller()) is None
