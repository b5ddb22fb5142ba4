"""Every syntax goes through the whole exchange: tokens abroad, nothing else changed, originals back."""

from __future__ import annotations

import base64
import html
import json
from dataclasses import replace
from urllib.parse import unquote_plus

import pytest

from gateway.model.message import Reply, Request
from tests.exchange.scenes import ANNA, world_rules
from tests.exchange.stage import Stage

EMAIL, NAME, PHONE = ANNA["email"], "Смирнова Анна Павловна", ANNA["phone"]
FILLED = {"EMAIL": EMAIL, "NAME": NAME, "PHONE": PHONE}


def filled(text: str) -> bytes:
    for mark, value in FILLED.items():
        text = text.replace(mark, value)
    return text.encode()


def field(number: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])
    return bytes([number << 3 | 2]) + length + content


PROTOBUF = field(1, field(1, EMAIL.encode()) + field(2, f"клиент {NAME}, {PHONE}".encode()) + b"\x18\x05")
FRAME = b"\x00" + len(PROTOBUF).to_bytes(4, "big") + PROTOBUF
SOAP = """<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<CreateUser phone="PHONE"><email>EMAIL</email><fullName><![CDATA[NAME]]></fullName><total>10.50</total></CreateUser>
</s:Body></s:Envelope>"""
QUERY = 'mutation { createUser(input: {email: "EMAIL", fullName: "NAME", phone: "PHONE"}, first: 5) { id } }'
BODIES = {
    "lines": ("application/x-ndjson", filled('{"email":"EMAIL","phone":"PHONE"}\n{"full_name":"NAME","n":1.50}\n')),
    "lines labelled JSON": ("application/json", filled('{"email":"EMAIL","phone":"PHONE"}\n{"full_name":"NAME"}\n')),
    "records": ("application/json-seq", filled('\x1e{"email":"EMAIL","phone":"PHONE"}\n\x1e{"full_name":"NAME"}\n')),
    "soap": ("text/xml; charset=utf-8", filled(SOAP)),
    "xml in json": ("application/json", json.dumps({"doc": filled(SOAP).decode()}, ensure_ascii=False).encode()),
    "csv": ("text/csv", filled('email;full_name;phone;n\nEMAIL;"NAME";PHONE;1\n')),
    "table without a label": ("", filled("email\tfull_name\tphone\nEMAIL\tNAME\tPHONE\n")),
    "html": ("text/html", filled("<p title='EMAIL'>Клиент NAME,&nbsp;<b>PHONE</b></p>")),
    "graphql": ("application/graphql", filled(QUERY)),
    "graphql in json": (
        "application/json",
        json.dumps([{"query": filled(QUERY).decode()}], ensure_ascii=False).encode(),
    ),
    "json-rpc": (
        "application/json",
        filled('[{"id":1,"params":{"email":"EMAIL","full_name":"NAME","phone":"PHONE"}}]'),
    ),
    "json:api": (
        "application/vnd.api+json",
        filled('{"data":{"attributes":{"email":"EMAIL","full_name":"NAME","phone":"PHONE"}}}'),
    ),
    "protobuf": ("application/x-protobuf", PROTOBUF),
    "grpc-web": ("application/grpc-web+proto", FRAME),
    "grpc-web-text": ("application/grpc-web-text", base64.b64encode(FRAME)),
    "markdown": ("text/markdown", filled("# Клиент NAME\n\n* EMAIL\n* PHONE\n")),
    "near JSON": ("text/plain", filled("{email: 'EMAIL', /* клиент NAME */ n: NaN, phone: 'PHONE',}")),
}


def echo(request: Request) -> Reply:
    return Reply(200, tuple(pair for pair in request.headers if pair[0] == "Content-Type"), request.body)


def forms(value: str) -> tuple[bytes, ...]:
    raw = value.encode()
    escaped = json.dumps(value)[1:-1].encode()
    return raw, base64.b64encode(raw)[:-4], escaped


@pytest.mark.parametrize("name", BODIES)
async def test_a_russians_data_goes_out_as_tokens_and_comes_back(name: str) -> None:
    kind, body = BODIES[name]
    on = Stage(world_rules(), respond=echo)
    outcome = await on.send(Request("POST", "/api/things", (("Host", "gw"), ("Content-Type", kind)), body))
    assert isinstance(outcome, Reply), outcome
    sent = on.last_sent.body
    seen = base64.b64decode(sent) if "text" in kind and "grpc" in kind else sent
    assert [value for value in FILLED.values() for form in forms(value) if form in seen] == []
    assert seen != body
    if name == "html":
        outcome, body = (
            replace(outcome, body=html.unescape(outcome.body.decode()).encode()),
            html.unescape(body.decode()).encode(),
        )
    assert outcome.body == body


@pytest.mark.parametrize("name", ["soap", "csv", "graphql", "protobuf", "lines"])
async def test_what_is_no_personal_data_stays_as_it_was(name: str) -> None:
    kind, body = BODIES[name]
    on = Stage(world_rules(), respond=echo)
    await on.send(Request("POST", "/api/things", (("Host", "gw"), ("Content-Type", kind)), body))
    kept = {
        "soap": b"<total>10.50</total>",
        "csv": b";1\n",
        "graphql": b"first: 5",
        "protobuf": b"\x18\x05",
        "lines": b"1.50",
    }
    assert kept[name] in on.last_sent.body


async def test_the_names_of_a_forms_controls_are_nobodys() -> None:
    page = f'<form><input name="email" value="{EMAIL}"><input name=phone id=phone value="{PHONE}"></form>'
    on = Stage(world_rules(), respond=echo)
    request = Request("POST", "/api/things", (("Host", "gw"), ("Content-Type", "text/html")), page.encode())
    outcome = await on.send(request)
    sent = on.last_sent.body.decode()
    assert EMAIL not in sent
    assert '<input name="email"' in sent
    assert "<input name=phone id=phone" in sent
    assert isinstance(outcome, Reply)
    assert outcome.body.decode() == page


MEMBER = "<member><name>last_name</name><value><string>Хнгыр</string></value></member>"
XML_RPC = (
    f"<methodCall><methodName>add</methodName><params><param><value><struct>{MEMBER}<member><name>email</name>"
    f"<value><string>{EMAIL}</string></value></member></struct></value></param></params></methodCall>"
)
PAIRS = {
    "id": {"id": "last_name", "value": "Хнгыр"},
    "serializeArray": [{"name": "last_name", "value": "Хнгыр"}, {"name": "email", "value": EMAIL}],
    "HubSpot": {"properties": [{"property": "lastname", "value": "Хнгыр"}]},
    "amoCRM": {"custom_fields_values": [{"field_code": "LAST_NAME", "values": [{"value": "Хнгыр"}]}]},
    "Typeform": {"answers": [{"field": {"ref": "last_name", "type": "short_text"}, "text": "Хнгыр"}]},
    "FHIR": {"item": [{"linkId": "last_name", "text": "Фамилия", "answer": [{"valueString": "Хнгыр"}]}]},
    "label": {"label": "Фамилия", "value": "Хнгыр"},
    "JSON Patch": [{"op": "add", "path": "/last_name", "value": "Хнгыр"}],
    "XML-RPC": XML_RPC,
    "XML": f'<fields><field name="last_name">Хнгыр</field><field name="email">{EMAIL}</field></fields>',
    "form": f"fields[0][name]=last_name&fields[0][value]=Хнгыр&fields[1][name]=email&fields[1][value]={EMAIL}",
    "table": f"name,value\nlast_name,Хнгыр\nemail,{EMAIL}\n",
}
TYPES = {"form": "application/x-www-form-urlencoded", "table": "text/csv", "XML": "text/xml", "XML-RPC": "text/xml"}


@pytest.mark.parametrize("name", PAIRS)
async def test_a_surname_told_as_a_pair_goes_out_as_a_token_and_its_name_stays(name: str) -> None:
    told = PAIRS[name]
    raw = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
    on = Stage(world_rules(), respond=echo)
    headers = (("Host", "gw"), ("Content-Type", TYPES.get(name, "application/json")))
    outcome = await on.send(Request("POST", "/api/things", headers, raw.encode()))
    assert isinstance(outcome, Reply), outcome
    sent = unquote_plus(on.last_sent.body.decode())
    assert [value for value in ("Хнгыр", EMAIL) if value in sent] == []
    assert [word for word in ("lastname", "last_name", "LAST_NAME", "email", "Фамилия") if word in raw] == [
        word for word in ("lastname", "last_name", "LAST_NAME", "email", "Фамилия") if word in sent
    ]
    assert unquote_plus(outcome.body.decode()) == raw
