"""A gateway that exchanges credentials: a back end abroad gets tokens in them, signed by the gateway's own key."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import OKPAlgorithm

from gateway.adapters.sink_memory import MemorySink
from gateway.ruleset.load import load as load_rules
from gateway.wiring import Gateway, running
from tests.contracts.upstream.server import destination
from tests.server.test_outbound import _echoing
from tests.server.test_wiring import ask, port_of, settings_in
from tests.server.wire import lines, talk

IDP = ed25519.Ed25519PrivateKey.generate()
STRANGER = ed25519.Ed25519PrivateKey.generate()
CANARY = "anna.canary@example.org"
CLAIMS: dict[str, object] = {
    "iss": "https://id.example.ru",
    "aud": "crm",
    "sub": "7f3c",
    "exp": int(time.time()) + 86_400,
    "email": CANARY,
    "phone_number": "+7 916 555-01-23",
    "given_name": "Канарейка",
    "roles": ["customer"],
}
RULES = """
version: 1
packs: [ru]
backend: new
regions:
  ru: {vault: "sqlite:home/ru.db", key: "file:home/keys", keep: {until: account ends}}
residence: {subjects: [body]}
callers: {claims: {jwks: idp.json, issuer: "https://id.example.ru"}}
destinations:
  crm:
    url: "CRM"
    region: us
    role: application
    unmatched: pass
    token_domain: id.example
    credentials: CREDENTIALS
routes:
  - {match: {path: "/api/**"}, to: crm, purpose: account, whose: caller}
"""


@dataclass
class Site:
    gateway: Gateway
    received: list[bytes]

    async def say(self, authorization: str, method: str = "POST", target: str = "/api/x") -> bytes:
        content = b'{"total": 1}' if method == "POST" else b""
        head = (
            f"{method} {target} HTTP/1.1\r\nHost: gw\r\nConnection: close\r\nContent-Type: application/json\r\n"
            f"Authorization: {authorization}\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        return await talk(port_of(self.gateway.address), head.encode() + content)

    @property
    def header(self) -> str:
        head = self.received[-1].partition(b"\r\n\r\n")[0].decode()
        found = [line for line in head.split("\r\n") if line.lower().startswith("authorization: ")]
        return found[0].partition(": ")[2] if found else ""

    async def claims(self) -> dict[str, object]:
        """What the back end reads, the signature checked by the published key."""
        _, jwks = await ask(self.gateway.admin_address, "/jwks")
        token = self.header.removeprefix("Bearer ")
        kid = jwt.get_unverified_header(token)["kid"]
        listed = jwks["keys"]
        assert isinstance(listed, list)
        key = next(jwt.PyJWK(one) for one in listed if one["kid"] == kid)
        return dict(jwt.decode(token, key, algorithms=["EdDSA", "RS256"], audience="crm"))


def pem(key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@asynccontextmanager
async def site(folder: Path, credentials: str = "", key: bytes | None = None) -> AsyncIterator[Site]:
    received: list[bytes] = []
    (folder / "own.pem").write_bytes(pem(ed25519.Ed25519PrivateKey.generate()) if key is None else key)
    public = {**json.loads(OKPAlgorithm.to_jwk(IDP.public_key())), "kid": "idp"}
    (folder / "idp.json").write_text(json.dumps({"keys": [public]}))
    credentials = credentials or f'{{jwt: exchange, basic: exchange, key: "file:{folder / "own.pem"}"}}'
    async with destination(_echoing(received)) as crm:
        path = folder / "rules.yaml"
        path.write_text(RULES.replace("CRM", crm.url).replace("CREDENTIALS", credentials), encoding="utf-8")
        async with running(load_rules([path]), settings_in(folder, {}), MemorySink()) as gateway:
            yield Site(gateway, received)


def bearer(claims: dict[str, object] = CLAIMS, key: ed25519.Ed25519PrivateKey = IDP) -> str:
    return "Bearer " + jwt.encode(claims, key, "EdDSA", headers={"kid": "idp"})


def hidden(received: list[bytes]) -> bool:
    """True if no canary stands in what arrived, in plain or in Base64 of any alignment."""
    wire = received[-1]
    forms = [CANARY.encode(), b"5550123", "Канарейка".encode(), b"\\u041a\\u0430"]
    forms += [base64.b64encode(b"x" * at + CANARY.encode())[4:-4] for at in range(3)]
    decoded = b"".join(
        base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)) for part in wire.split(b"Bearer ")[-1].split(b".")[:2]
    ) if b"Bearer " in wire else b""  # fmt: skip
    return not any(form in wire or form in decoded for form in forms)


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
async def test_claims_go_abroad_as_tokens_under_the_gateways_key(tmp_path: Path, kind: str) -> None:
    key = ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else rsa.generate_private_key(65537, 2048)
    async with site(tmp_path, key=pem(key)) as here:
        assert lines(await here.say(bearer()))[0][9:12] == b"200"
        claims = await here.claims()
        assert hidden(here.received)
        assert {name: claims[name] for name in ("iss", "aud", "sub", "exp", "roles")} == {
            name: CLAIMS[name] for name in ("iss", "aud", "sub", "exp", "roles")
        }
        assert str(claims["email"]).endswith("@id.example")
        assert set(claims) == set(CLAIMS)


async def test_same_claims_have_the_same_tokens(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        await here.say(bearer())
        first = await here.claims()
        await here.say(bearer())
        again = await here.claims()
    assert (first["email"], first["phone_number"]) == (again["email"], again["phone_number"])


async def test_look_up_carries_what_can_be_looked_up_by_and_leaves_the_rest_out(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        await here.say(bearer())
        known = await here.claims()
        assert lines(await here.say(bearer(), "GET"))[0][9:12] == b"200"
        claims = await here.claims()
        assert (claims["email"], "given_name" in claims, hidden(here.received)) == (known["email"], False, True)


async def test_issuer_is_the_gateways_where_the_rules_name_it(tmp_path: Path) -> None:
    spec = f'{{jwt: exchange, key: "file:{tmp_path / "own.pem"}", issuer: "https://gw.example"}}'
    async with site(tmp_path, spec) as here:
        await here.say(bearer())
        assert (await here.claims())["iss"] == "https://gw.example"


@pytest.mark.parametrize("wrong", ["key", "issuer", "expired"])
async def test_jwt_that_is_not_verified_is_refused(tmp_path: Path, wrong: str) -> None:
    claims = dict(CLAIMS)
    changes: dict[str, dict[str, object]] = {"issuer": {"iss": "https://evil.example"}, "expired": {"exp": 1}}
    claims |= changes.get(wrong, {})
    async with site(tmp_path) as here:
        reply = await here.say(bearer(claims, STRANGER if wrong == "key" else IDP))
        assert (lines(reply)[0][9:12], here.received) == (b"403", [])


async def test_basic_user_name_goes_abroad_as_a_token(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        given = "Basic " + base64.b64encode(f"{CANARY}:pass:word".encode()).decode()
        assert lines(await here.say(given))[0][9:12] == b"200"
        user, _, password = base64.b64decode(here.header.removeprefix("Basic ")).decode().partition(":")
        assert (user.endswith("@id.example"), password, hidden(here.received)) == (True, "pass:word", True)


@pytest.mark.parametrize("value", ["Basic !!!", "Basic " + base64.b64encode(b"nocolon@example.org").decode()])
async def test_basic_that_reads_in_several_ways_is_refused(tmp_path: Path, value: str) -> None:
    async with site(tmp_path) as here:
        reply = await here.say(value)
        assert (lines(reply)[0][9:12], here.received) == (b"403", [])


async def test_without_a_rule_both_are_refused(tmp_path: Path) -> None:
    async with site(tmp_path, "{}") as here:
        basic = "Basic " + base64.b64encode(f"{CANARY}:x".encode()).decode()
        replies = [lines(await here.say(value))[0][9:12] for value in (bearer(), basic)]
        assert (replies, here.received) == ([b"403", b"403"], [])
        assert (await ask(here.gateway.admin_address, "/jwks"))[1] == {"keys": []}


@pytest.mark.parametrize("key", [b"", b"no key", pem(ec.generate_private_key(ec.SECP256R1())),
                                 pem(rsa.generate_private_key(65537, 1024))])  # fmt: skip
async def test_without_a_usable_key_nothing_is_forwarded(tmp_path: Path, key: bytes) -> None:
    async with site(tmp_path, key=key) as here:
        reply = await here.say(bearer())
        assert (lines(reply)[0][9:12], here.received) == (b"503", [])
        assert (await ask(here.gateway.admin_address, "/jwks"))[0] == b"503"


async def test_header_under_the_gateways_own_name_says_nothing(tmp_path: Path) -> None:
    async with site(tmp_path) as here:
        forged = bearer() + '\r\nX-Gateway-Credentials: {"roles":["admin"]}'
        await here.say(forged)
        assert (await here.claims())["roles"] == ["customer"]
        assert b"x-gateway-credentials" not in here.received[-1].lower()
