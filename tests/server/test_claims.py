"""Claims are believed only with a signature of the identity provider's keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from gateway.adapters.claims_jwt import JwtClaims
from gateway.adapters.sink_memory import MemorySink
from gateway.model.errors import RulesError
from gateway.model.names import Kind
from gateway.model.residency import Claims
from gateway.model.rules import ClaimsSpec
from tests.contracts.upstream.server import Peer, destination

NOW = 1_800_000_000
ISSUER, AUDIENCE = "https://id.example.org", "crm"
RSA_KEY = rsa.generate_private_key(65537, 2048)
OTHER_RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
ED_KEY = ed25519.Ed25519PrivateKey.generate()
PAYLOAD = {
    "sub": "anna-7",
    "iss": ISSUER,
    "aud": AUDIENCE,
    "exp": NOW + 300,
    "country": "ru",
    "roles": ["support", "admin", 7],
    "realm_access": {"roles": ["clerk"]},
    "https://example.org/country": "DE",
}
JWKS = {
    "keys": [
        {**json.loads(RSAAlgorithm.to_jwk(RSA_KEY.public_key())), "kid": "rsa"},
        {**json.loads(ECAlgorithm.to_jwk(EC_KEY.public_key())), "kid": "ec", "alg": "ES256"},
        {**json.loads(OKPAlgorithm.to_jwk(ED_KEY.public_key())), "kid": "ed"},
        {**json.loads(RSAAlgorithm.to_jwk(OTHER_RSA_KEY.public_key())), "kid": "enc", "use": "enc"},
        {"kty": "oct", "kid": "secret", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"},
        {"kty": "RSA", "kid": "broken", "n": "!", "e": "AQAB"},
    ]
}


@dataclass
class HandClock:
    now: int = NOW

    def now_ms(self) -> int:
        return self.now * 1000

    def random(self, size: int) -> bytes:
        return bytes(size)


@dataclass
class Desk:
    """A verifier over a JWKS file."""

    path: Path
    clock: HandClock = field(default_factory=HandClock)
    sink: MemorySink = field(default_factory=MemorySink)

    def verifier(self, header: str = "Authorization", roles: str = "roles", country: str = "country") -> JwtClaims:
        spec = ClaimsSpec(str(self.path), ISSUER, AUDIENCE, header, roles=roles, country=country)
        return JwtClaims(spec, self.clock, self.sink)

    async def claims(self, token: str, roles: str = "roles", country: str = "country") -> Claims | None:
        verifier = self.verifier(roles=roles, country=country)
        return await verifier.verify((("Authorization", f"Bearer {token}"),))

    @property
    def reasons(self) -> list[object]:
        return [facts["reason"] for facts in self.sink.named("claims_refused")]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(JWKS))
    return Desk(path)


def token(key: object = RSA_KEY, alg: str = "RS256", kid: str | None = "rsa", **changes: object) -> str:
    payload = {name: value for name, value in (PAYLOAD | changes).items() if value is not None}
    return jwt.encode(payload, key, alg, {"kid": kid} if kid else {})  # type: ignore[arg-type]  # any key


@pytest.mark.parametrize(
    ("key", "alg", "kid"),
    [
        (RSA_KEY, "RS256", "rsa"),
        (RSA_KEY, "RS512", "rsa"),
        (RSA_KEY, "PS256", "rsa"),
        (EC_KEY, "ES256", "ec"),
        (ED_KEY, "EdDSA", "ed"),
    ],
)
async def test_signed_token_tells_who_the_caller_is(desk: Desk, key: object, alg: str, kid: str) -> None:
    assert await desk.claims(token(key, alg, kid)) == Claims("anna-7", frozenset({"support", "admin"}), "RU", ISSUER)


async def test_request_without_a_token_is_nobodys_and_no_event(desk: Desk) -> None:
    assert await desk.verifier().verify((("Authorization", "Basic YTpi"), ("X", "y"))) is None
    assert desk.sink.events == []


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lambda: token(OTHER_RSA_KEY), "signature"),
        (lambda: token()[:-4] + "AAAA", "signature"),
        (lambda: token(kid="unknown"), "unknown_key"),
        (lambda: token(kid=None), "unknown_key"),
        (lambda: token(OTHER_RSA_KEY, kid="enc"), "unknown_key"),
        (lambda: token(kid="broken"), "unusable_key"),
        (lambda: token(EC_KEY, "ES256", "rsa"), "unusable_key"),
        (lambda: jwt.encode(PAYLOAD, "secret" * 8, "HS256", {"kid": "secret"}), "algorithm"),
        (lambda: jwt.encode(PAYLOAD, "", "none", {"kid": "rsa"}), "algorithm"),
        (lambda: token(exp=NOW - 31), "expired"),
        (lambda: token(exp=None), "malformed"),
        (lambda: token(exp="soon"), "malformed"),
        (lambda: token(nbf=NOW + 100), "not_yet_valid"),
        (lambda: token(iss="https://evil.example.org"), "issuer"),
        (lambda: token(aud="other"), "audience"),
        (lambda: "a.b.c", "malformed"),
        (lambda: "a" * 20_000, "malformed"),
    ],
)
async def test_token_with_anything_wrong_is_nobodys(desk: Desk, made: Callable[[], str], reason: str) -> None:
    assert await desk.claims(made()) is None
    assert desk.reasons == [reason]


async def test_refusal_tells_nothing_of_the_token(desk: Desk) -> None:
    await desk.claims(token(OTHER_RSA_KEY))
    assert "eyJ" not in str(desk.sink.events)
    assert "anna" not in str(desk.sink.events)


async def test_two_tokens_are_two_identities_and_neither_is_believed(desk: Desk) -> None:
    headers = (("Authorization", f"Bearer {token()}"), ("authorization", f"Bearer {token()}"))
    assert (await desk.verifier().verify(headers), desk.reasons) == (None, ["ambiguous"])


async def test_other_header_may_carry_the_bare_token(desk: Desk) -> None:
    assert await desk.verifier(header="X-Id").verify((("x-id", token()),)) is not None


async def test_claims_are_found_below_dotted_names(desk: Desk) -> None:
    claims = await desk.claims(token(), roles="realm_access.roles", country="https://example.org/country")
    assert claims == Claims("anna-7", frozenset({"clerk"}), "DE", ISSUER)


async def test_roles_may_be_words_of_one_string(desk: Desk) -> None:
    claims = await desk.claims(token(scope="read write"), roles="scope")
    assert claims is not None
    assert claims.roles == {"read", "write"}


@pytest.mark.parametrize("country", ["Russia", 7, None, "R1"])
async def test_country_that_is_no_code_is_unknown(desk: Desk, country: object) -> None:
    claims = await desk.claims(token(country=country))
    assert claims is not None
    assert claims.country is None


@pytest.mark.parametrize(
    ("claims", "vouched"),
    [
        ({"email": "anna@example.org", "email_verified": True}, {"email": "anna@example.org"}),
        ({"email": "anna@example.org", "email_verified": "true"}, {}),
        ({"email": "anna@example.org", "email_verified": 1}, {}),
        ({"email": "anna@example.org", "email_verified": False}, {}),
        ({"email": "anna@example.org"}, {}),
        ({"email": "", "email_verified": True}, {}),
        ({"email": ["anna@example.org"], "email_verified": True}, {}),
        ({"phone_number": "+79000000123", "phone_number_verified": True}, {"phone": "+79000000123"}),
        ({"nickname": "anna", "nickname_verified": True}, {}),
    ],
)
async def test_only_what_the_provider_has_verified_is_vouched_for(
    desk: Desk, claims: dict[str, object], vouched: dict[str, str]
) -> None:
    kinds = {"email": Kind("email"), "phone_number": Kind("phone")}
    verifier = JwtClaims(ClaimsSpec(str(desk.path), ISSUER, AUDIENCE, vouches=kinds), desk.clock, desk.sink)
    found = await verifier.verify((("Authorization", f"Bearer {token(**claims)}"),))  # type: ignore[arg-type]  # of the payload
    assert found is not None
    assert (dict(found.vouched), "anna@" in repr(found)) == (vouched, False)


async def test_claims_show_no_subject_when_printed(desk: Desk) -> None:
    assert "anna" not in repr(await desk.claims(token()))


async def test_remembered_token_expires_all_the_same(desk: Desk) -> None:
    verifier = desk.verifier()
    headers = (("Authorization", f"Bearer {token(exp=NOW + 10)}"),)
    first = await verifier.verify(headers)
    desk.clock.now += 41
    assert (first is None, await verifier.verify(headers), desk.reasons) == (False, None, ["expired"])


async def test_remembered_token_is_believed_without_its_key(desk: Desk) -> None:
    verifier = desk.verifier()
    headers = (("Authorization", f"Bearer {token()}"),)
    first = await verifier.verify(headers)
    desk.path.unlink()
    assert await verifier.verify(headers) == first


async def test_new_key_is_fetched_when_its_id_is_first_seen(desk: Desk) -> None:
    desk.path.write_text('{"keys": []}')
    verifier = desk.verifier()
    headers = (("Authorization", f"Bearer {token()}"),)
    assert await verifier.verify(headers) is None
    desk.path.write_text(json.dumps(JWKS))
    desk.clock.now += 31
    assert await verifier.verify(headers) is not None


async def test_unknown_key_ids_do_not_make_the_gateway_ask_again_and_again(desk: Desk) -> None:
    desk.path.write_text('{"keys": []}')
    verifier = desk.verifier()
    await verifier.verify((("Authorization", f"Bearer {token()}"),))
    desk.path.write_text(json.dumps(JWKS))
    assert await verifier.verify((("Authorization", f"Bearer {token()}"),)) is None


async def test_revoked_key_signs_no_more(desk: Desk) -> None:
    verifier = desk.verifier()
    headers = (("Authorization", f"Bearer {token()}"),)
    assert await verifier.verify(headers) is not None
    desk.path.write_text('{"keys": []}')
    await verifier.refresh()
    assert await verifier.verify(headers) is None


async def test_failed_refresh_keeps_the_old_keys_for_a_while(desk: Desk) -> None:
    verifier = desk.verifier()
    headers = (("Authorization", f"Bearer {token(exp=NOW + 10**6)}"),)
    assert await verifier.verify(headers) is not None
    desk.path.write_text("not json")
    await verifier.refresh()
    assert await verifier.verify(headers) is not None
    desk.clock.now += 86_500
    assert (await verifier.verify(headers), desk.reasons) == (None, ["no_keys"])


async def test_keys_are_fetched_over_http(desk: Desk) -> None:
    body = json.dumps(JWKS).encode()

    async def serve(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))

    async with destination(serve) as place:
        spec = ClaimsSpec(place.url + "/jwks", ISSUER, AUDIENCE)
        claims = await JwtClaims(spec, desk.clock, desk.sink).verify((("Authorization", f"Bearer {token()}"),))
    assert claims is not None


@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b"",
    ],
)
async def test_keys_that_cannot_be_had_are_counted(desk: Desk, wire: bytes) -> None:
    async def serve(peer: Peer) -> None:
        await peer.request()
        await peer.send(wire)

    async with destination(serve) as place:
        await JwtClaims(ClaimsSpec(place.url), desk.clock, desk.sink).refresh()
    assert len(desk.sink.named("jwks_refresh_failed")) == 1


def test_keys_are_never_fetched_in_clear_over_the_network(desk: Desk) -> None:
    with pytest.raises(RulesError, match="GW-S011"):
        JwtClaims(ClaimsSpec("http://id.example.org/jwks"), desk.clock, desk.sink)
