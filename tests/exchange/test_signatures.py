"""Signed requests through the gateway: checked, changed, signed anew; or refused, where no rule says how."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from pathlib import Path
from time import gmtime, strftime

import pytest
from botocore.auth import SigV4Auth  # type: ignore[import-untyped] # boto has no types
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped] # boto has no types
from botocore.credentials import Credentials  # type: ignore[import-untyped] # boto has no types

from gateway.core import aws4
from gateway.core.signature import is_good, is_signed
from gateway.model.decision import Refusal
from gateway.model.errors import WorldError
from gateway.model.files import FileRule
from gateway.model.message import Headers, Reply, Request
from gateway.model.rules import Ruleset, SignatureSpec
from gateway.model.secret import Secret
from tests.exchange.scenes import ANNA, HANS, world_rules
from tests.exchange.stage import Stage
from tests.exchange.test_outbound import outbound_rules, with_anna
from tests.made import CRM, route

IN, OUT, OLD = b"in-secret", b"out-secret", b"old-secret"
ENVIRONMENT = {"IN": "in-secret", "OUT": "out-secret", "OLD": "old-secret"}
GITHUB = SignatureSpec("x-hub-signature-256", ("env:IN", "env:OLD"), prefix="sha256=")
SLACK = SignatureSpec("x-sig", ("env:IN",), prefix="v0=", signs="v0:{timestamp}:{body}", timestamp="x-at")
SHOP = SignatureSpec("x-hmac", ("env:IN",), algorithm="sha512", encoding="base64", signs="{method} {target}\n{body}")
STRIPE = SignatureSpec("stripe-signature", ("env:IN",), signs="{timestamp}.{body}", form="t={timestamp},v1={signature}")
NOW = 1_795_312_800


def rules(spec: SignatureSpec | None) -> Ruleset:
    made = world_rules()
    return replace(made, routes=(*made.routes, route("hooks/**", intent="collect", signature=spec)))


def hook(body: object, *headers: tuple[str, str], target: str = "/hooks/a") -> Request:
    raw = json.dumps(body).encode()
    return Request("POST", target, (("Host", "gw"), ("Content-Type", "application/json"), *headers), raw)


def github(body: object, key: bytes = IN) -> Request:
    request = hook(body)
    return hook(body, ("X-Hub-Signature-256", "sha256=" + hmac.digest(key, request.body, "sha256").hex()))


def stage(spec: SignatureSpec | None = GITHUB) -> Stage:
    return Stage(rules(spec), environment=dict(ENVIRONMENT))


async def refused(on: Stage, request: Request) -> tuple[int, str]:
    outcome = await on.send(request)
    assert isinstance(outcome, Refusal | WorldError), outcome
    assert on.received == []
    return outcome.status, outcome.code


@pytest.mark.parametrize("key", [IN, OLD])
async def test_changed_body_is_signed_anew(key: bytes) -> None:
    on = stage()
    assert isinstance(await on.send(github(ANNA, key)), Reply)
    sent = on.last_sent
    assert ANNA["email"].encode() not in sent.body
    assert sent.header("x-hub-signature-256") == "sha256=" + hmac.digest(IN, sent.body, "sha256").hex()


async def test_body_that_does_not_change_passes_with_its_own_signature() -> None:
    on = stage()
    request = github(HANS, OLD)
    await on.send(request)
    assert (on.last_sent.body, on.last_sent.header("x-hub-signature-256")) == (
        request.body,
        request.header("x-hub-signature-256"),
    )


async def test_outgoing_secret_signs_what_has_not_changed_too() -> None:
    on = stage(replace(GITHUB, outgoing="env:OUT"))
    await on.send(github(HANS))
    sent = on.last_sent
    assert sent.header("x-hub-signature-256") == "sha256=" + hmac.digest(OUT, sent.body, "sha256").hex()


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("X-Hub-Signature-256", ""),),
        (("X-Hub-Signature-256", "sha256="),),
        (("X-Hub-Signature-256", "sha256=" + "0" * 64),),
        (("X-Hub-Signature-256", "sha256=\udcff"),),
    ],
)
async def test_missing_or_wrong_signature_is_refused(headers: Headers) -> None:
    on = stage()
    assert await refused(on, hook(ANNA, *headers)) == (401, "GW-X450")
    assert on.script.effects == []


async def test_signature_of_another_body_and_two_signatures_are_refused() -> None:
    on = stage()
    good = github(ANNA)
    assert await refused(on, replace(good, body=good.body + b" ")) == (401, "GW-X450")
    twice = replace(good, headers=(*good.headers, good.headers[-1]))
    assert await refused(on, twice) == (401, "GW-X450")


async def test_template_with_timestamp() -> None:
    on = stage(SLACK)
    body = hook(ANNA).body
    made = "v0=" + hmac.digest(IN, b"v0:%d:%b" % (NOW, body), "sha256").hex()
    assert isinstance(await on.send(hook(ANNA, ("X-Sig", made), ("X-At", str(NOW)))), Reply)
    sent = on.last_sent
    again = "v0=" + hmac.digest(IN, b"v0:%d:%b" % (NOW, sent.body), "sha256").hex()
    assert (sent.header("x-at"), sent.header("x-sig")) == (str(NOW), again)


@pytest.mark.parametrize("at", ["", "x", "1795312499", "1795313101", "179531280000000000", "\u0661"])
async def test_old_or_odd_timestamp_is_refused(at: str) -> None:
    on = stage(SLACK)
    made = "v0=" + hmac.digest(IN, b"v0:" + at.encode() + b":" + hook(ANNA).body, "sha256").hex()
    assert await refused(on, hook(ANNA, ("X-Sig", made), ("X-At", at))) == (401, "GW-X450")


async def test_timestamp_may_count_milliseconds() -> None:
    on = stage(SLACK)
    at = str(NOW * 1000 - 5)
    made = "v0=" + hmac.digest(IN, b"v0:" + at.encode() + b":" + hook(ANNA).body, "sha256").hex()
    assert isinstance(await on.send(hook(ANNA, ("X-Sig", made), ("X-At", at))), Reply)


async def test_base64_over_method_target_and_body() -> None:
    on = stage(SHOP)
    request = hook(ANNA, target=f"/hooks/a?email={ANNA['email']}")
    signed = f"POST {request.target}\n".encode() + request.body
    made = base64.b64encode(hmac.digest(IN, signed, "sha512")).decode()
    assert isinstance(await on.send(replace(request, headers=(*request.headers, ("X-Hmac", made)))), Reply)
    sent = on.last_sent
    again = base64.b64encode(hmac.digest(IN, f"POST {sent.target}\n".encode() + sent.body, "sha512")).decode()
    assert (sent.header("x-hmac"), ANNA["email"] in sent.target) == (again, False)


def stripe(
    body: object, at: str = str(NOW), *more: str, key: bytes = IN, form: str = "t={at},{more}v1={made}"
) -> Request:
    made = hmac.digest(key, at.encode() + b"." + hook(body).body, "sha256").hex()
    return hook(body, ("Stripe-Signature", form.format(at=at, made=made, more="".join(f"{one}," for one in more))))


def signature_of(body: bytes, key: bytes = IN) -> str:
    return hmac.digest(key, b"%d." % NOW + body, "sha256").hex()


@pytest.mark.parametrize("more", [(), ("v1=" + "0" * 64, "v0=6ffbb59b"), ("v1=",)])
async def test_header_of_several_values_is_checked_and_made_anew(more: tuple[str, ...]) -> None:
    on = stage(STRIPE)
    assert isinstance(await on.send(stripe(ANNA, str(NOW), *more)), Reply)
    sent = on.last_sent
    assert ANNA["email"].encode() not in sent.body
    assert sent.header("stripe-signature") == f"t={NOW},v1={signature_of(sent.body)}"


async def test_header_of_several_values_passes_as_it_came_where_nothing_changes() -> None:
    on = stage(STRIPE)
    request = stripe(HANS, str(NOW), "v0=6ffbb59b")
    assert isinstance(await on.send(request), Reply)
    assert on.last_sent.header("stripe-signature") == request.header("stripe-signature")


async def test_the_form_may_have_another_order_and_no_time() -> None:
    on = stage(replace(STRIPE, form="h1={signature};ts={timestamp}", outgoing="env:OUT"))
    assert isinstance(await on.send(stripe(HANS, form="h1={made};ts={at}")), Reply)
    assert on.last_sent.header("stripe-signature") == f"h1={signature_of(on.last_sent.body, OUT)};ts={NOW}"
    on = stage(replace(STRIPE, form="v1={signature}", signs="{body}"))
    made = hmac.digest(IN, hook(ANNA).body, "sha256").hex()
    assert isinstance(await on.send(hook(ANNA, ("Stripe-Signature", f"v1={made}"))), Reply)


@pytest.mark.parametrize(
    "request_",
    [
        stripe(ANNA, str(NOW - 301)),
        stripe(ANNA, ""),
        stripe(ANNA, "1e9"),
        stripe(ANNA, key=OLD),
        stripe(ANNA, form="t={at},t={at},v1={made}"),
        stripe(ANNA, form="v1={made}"),
        stripe(ANNA, form="t={at},v2={made}"),
        stripe(ANNA, form="t={at},v1"),
        stripe(ANNA, form="t={at}"),
        stripe(ANNA, str(NOW), *["v1=00"] * 8),
        hook(ANNA, ("Stripe-Signature", f"t={NOW},v1={signature_of(hook(HANS).body)}")),
        hook(ANNA),
    ],
)
async def test_header_of_several_values_that_is_wrong_is_refused(request_: Request) -> None:
    on = stage(STRIPE)
    assert await refused(on, request_) == (401, "GW-X450")
    assert on.script.effects == []


async def test_without_the_secret_nothing_is_forwarded() -> None:
    on = stage()
    on.environment.clear()
    assert await refused(on, github(ANNA)) == (503, "GW-S030")


async def test_secret_is_read_from_a_file_when_it_is_used(tmp_path: Path) -> None:
    on = stage(replace(GITHUB, incoming=(f"file:{tmp_path / 'hook'}",)))
    assert await refused(on, github(HANS)) == (503, "GW-S030")
    (tmp_path / "hook").write_bytes(IN + b"\n")
    assert isinstance(await on.send(github(HANS)), Reply)


SIGNED: tuple[Headers, ...] = (
    (("Authorization", "AWS4-HMAC-SHA256 Credential=A/20261122/r/s3/aws4_request, SignedHeaders=host, Signature=0"),),
    (("Signature-Input", 'sig1=("@method" "content-digest")'), ("Signature", "sig1=:AAAA:")),
    (("X-Shopify-Hmac-Sha256", "AAAA"),),
    (("Stripe-Signature", "t=1,v1=00"),),
)


@pytest.mark.parametrize("headers", SIGNED)
async def test_signed_request_that_must_change_is_refused_without_a_rule(headers: Headers) -> None:
    on = stage(None)
    assert await refused(on, hook(ANNA, *headers)) == (403, "GW-X451")
    assert not any(effect.startswith("keep") for effect in on.script.effects)


@pytest.mark.parametrize("headers", SIGNED[1:])
async def test_signed_request_that_need_not_change_passes(headers: Headers) -> None:
    on = stage(None)
    request = hook(HANS, *headers)
    assert isinstance(await on.send(request), Reply)
    assert on.last_sent.body == request.body


async def test_signature_that_reads_like_a_hashed_contact_is_not_changed_behind_its_back() -> None:
    on = stage(None)
    assert await refused(on, github(HANS)) == (403, "GW-X451")


async def test_signature_comes_back_to_a_destination_that_gets_only_what_rules_name() -> None:
    made = rules(SLACK)
    crm = replace(made.destinations[CRM], unmatched="drop")
    on = Stage(replace(made, destinations={**made.destinations, CRM: crm}), environment=dict(ENVIRONMENT))
    made_by = "v0=" + hmac.digest(IN, b"v0:%d:%b" % (NOW, hook(ANNA).body), "sha256").hex()
    assert isinstance(await on.send(hook(ANNA, ("X-Sig", made_by), ("X-At", str(NOW)))), Reply)
    sent = on.last_sent
    again = "v0=" + hmac.digest(IN, b"v0:%d:%b" % (NOW, sent.body), "sha256").hex()
    assert (sent.header("x-at"), sent.header("x-sig")) == (str(NOW), again)


@pytest.mark.parametrize("query", ["X-Amz-Signature=00", "a=1&x-goog-signature=0", "sig=0"])
async def test_signed_url_counts(query: str) -> None:
    assert is_signed(hook({}, target=f"/hooks/a?{query}"))
    assert not is_signed(hook({}, ("Authorization", "Bearer x"), target="/hooks/a?design=1&signed=0"))


SIGNED_BY = "AWS4-HMAC-SHA256 Credential=AK/20261123/us-east-1/s3/aws4_request, SignedHeaders={}, Signature=" + "0" * 64


@pytest.mark.parametrize(
    ("signature", "header"),
    [
        (("Authorization", SIGNED_BY.format("host;x-amz-meta-email")), "X-Amz-Meta-Email"),
        (("Authorization", 'Signature keyId="k",headers="date x-user",signature="AAAA"'), "X-User"),
        (("Signature-Input", 'sig1=("@method" "x-user");created=1'), "X-User"),
        (("Signature-Input", 'sig1=("cookie");created=1'), "Cookie"),
    ],
)
async def test_header_that_is_signed_and_must_change_is_refused(signature: tuple[str, str], header: str) -> None:
    on = stage(None)
    value = "who=anna@example.org" if header == "Cookie" else "anna@example.org"
    assert await refused(on, hook({}, signature, (header, value))) == (403, "GW-X451")
    free = stage(None)
    assert isinstance(await free.send(hook({}, signature, ("X-Else", "anna@example.org"))), Reply)
    assert "anna" not in str(free.last_sent.headers)


async def test_header_that_a_signed_url_names_and_must_change_is_refused() -> None:
    on = stage(None)
    target = "/hooks/a?X-Amz-Algorithm=x&X-Amz-SignedHeaders=host%3Bx-amz-meta-email&X%2DAmz%2DSignature=00"
    request = hook({}, ("X-Amz-Meta-Email", "anna@example.org"), target=target)
    assert await refused(on, request) == (403, "GW-X451")


@pytest.mark.parametrize("query", ["q-signature=0&q-sign-algorithm=sha1", "X%2DAmz%2DSignature=00"])
async def test_signed_url_in_another_spelling_counts(query: str) -> None:
    assert await refused(stage(None), hook(ANNA, target=f"/hooks/a?{query}")) == (403, "GW-X451")


FORM_FIELD = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'


@pytest.mark.parametrize("second", [("X-Amz-Signature", "00"), ("signature", "00")])
async def test_form_under_a_signed_policy_that_must_change_is_refused(second: tuple[str, str]) -> None:
    def form(*fields: tuple[str, str]) -> Request:
        body = "".join(FORM_FIELD.format(*field) for field in fields) + "--b--\r\n"
        return Request(
            "POST", "/hooks/a", (("Host", "gw"), ("Content-Type", "multipart/form-data; boundary=b")), body.encode()
        )

    key = ("key", "avatars/anna@example.org")
    assert await refused(stage(None), form(key, ("policy", "e30="), second)) == (403, "GW-X451")
    assert isinstance(await stage(None).send(form(key, second)), Reply)


_CHUNK = b";chunk-signature=" + b"0" * 64 + b"\r\n"
CHUNKED = b"e" + _CHUNK + b"mail: anna@exa\r\n8" + _CHUNK + b"mple.org\r\n0" + _CHUNK + b"\r\n"


@pytest.mark.parametrize("digest", ["STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "streaming-unsigned-payload-trailer"])
@pytest.mark.parametrize("spec", [None, SignatureSpec("authorization", ("env:IN",), algorithm="aws4"), GITHUB])
async def test_body_that_is_signed_chunk_by_chunk_is_refused(digest: str, spec: SignatureSpec | None) -> None:
    """Its chunks are framing that nobody looks across: «anna@exa» is no address."""
    headers = (("Content-Type", "text/plain"), ("X-Amz-Content-Sha256", digest))
    request = Request("PUT", "/hooks/a", (("Host", "gw"), *headers), CHUNKED)
    assert await refused(stage(spec), request) == (403, "GW-X452")


async def test_body_that_is_signed_chunk_by_chunk_passes_where_the_rules_let_it_pass_unseen() -> None:
    made = world_rules()
    on = Stage(replace(made, routes=(route("hooks/**", intent="collect", opaque="pass"),)))
    headers = (("Content-Encoding", "aws-chunked"), ("X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"))
    assert isinstance(await on.send(Request("PUT", "/hooks/a", (("Host", "gw"), *headers), CHUNKED)), Reply)
    assert on.last_sent.body == CHUNKED


async def test_signed_url_where_a_signature_over_all_is_asked_for_is_refused_by_its_name() -> None:
    on = stage(SignatureSpec("authorization", ("env:IN",), algorithm="aws4"))
    request = hook({}, target="/hooks/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00")
    assert await refused(on, request) == (403, "GW-X452")
    assert await refused(on, hook({})) == (401, "GW-X450")


async def test_signed_outbound_call_that_must_change_is_refused() -> None:
    on, tokens = await with_anna(outbound_rules())
    request = replace(hook({"to": tokens["phone"]}, ("X-Signature", "00"), target="/out/x"), peer="10.1.2.3")
    assert await refused(on, request) == (403, "GW-X451")


async def test_signed_outbound_call_is_refused_for_what_the_signature_names_only() -> None:
    on, tokens = await with_anna(outbound_rules())
    signed = ("Signature-Input", 'sig1=("x-to");created=1')
    request = replace(hook({}, signed, ("X-To", tokens["email"]), target="/out/x"), peer="10.1.2.3")
    assert await refused(on, request) == (403, "GW-X451")
    request = replace(hook({}, signed, ("X-Else", tokens["email"]), target="/out/x"), peer="10.1.2.3")
    assert isinstance(await on.send(request), Reply)
    assert on.last_sent.header("x-else") == ANNA["email"]


async def test_outbound_call_that_is_signed_chunk_by_chunk_is_refused() -> None:
    on, _ = await with_anna(outbound_rules())
    digest = ("X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
    assert await refused(on, replace(hook({}, digest, target="/out/x"), peer="10.1.2.3")) == (403, "GW-X452")


def test_comparison_takes_any_of_the_secrets() -> None:
    request = github({}, OLD)
    assert (is_good(request, GITHUB, [Secret(IN), Secret(OLD)], NOW), is_good(request, GITHUB, [], NOW)) == (
        True,
        False,
    )


MULTIPART = b'--b\r\nContent-Disposition: form-data; name="f"; filename="%b"\r\nContent-Type: %b\r\n\r\n%b\r\n--b--\r\n'


def upload(name: bytes, kind: bytes, content: bytes) -> Request:
    body = MULTIPART % (name, kind, content)
    made = "sha256=" + hmac.digest(IN, body, "sha256").hex()
    headers = (("Host", "gw"), ("Content-Type", "multipart/form-data; boundary=b"), ("X-Hub-Signature-256", made))
    return Request("POST", "/hooks/a", headers, body)


async def test_signed_body_with_a_file_that_passes_is_refused() -> None:
    """A route that would let the file through: only the signature, which covers it, says no."""
    passing = route("hooks/**", intent="collect", files=(FileRule(frozenset({"*/*"}), "pass"),))
    unsigned, signed = (replace(passing, signature=spec) for spec in (None, GITHUB))
    request = upload(b"a.bin", b"application/octet-stream", b"\x00\xff")
    on = Stage(world_rules(routes=(unsigned,)), environment=dict(ENVIRONMENT))
    plain = replace(request, headers=request.headers[:2])
    assert isinstance(await on.send(plain), Reply)
    assert on.last_sent.body == request.body
    on = Stage(world_rules(routes=(signed,)), environment=dict(ENVIRONMENT))
    assert await refused(on, request) == (403, "GW-X451")
    assert await refused(on, plain) == (401, "GW-X450")
    assert not any(effect.startswith("keep") for effect in on.script.effects)


async def test_signed_form_without_files_is_signed_anew() -> None:
    on = stage()
    body = b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\nanna.smirnova@example.ru\r\n--b--\r\n'
    made = "sha256=" + hmac.digest(IN, body, "sha256").hex()
    headers = (("Host", "gw"), ("Content-Type", "multipart/form-data; boundary=b"), ("X-Hub-Signature-256", made))
    outcome = await on.send(Request("POST", "/hooks/a", headers, body))
    assert isinstance(outcome, Reply), outcome
    sent = on.last_sent
    assert b"anna.smirnova" not in sent.body
    assert sent.header("x-hub-signature-256") == "sha256=" + hmac.digest(IN, sent.body, "sha256").hex()


AWS4 = SignatureSpec("authorization", ("env:OLD", "env:IN"), algorithm="aws4")


def by_aws(body: object, key: str = "in-secret") -> Request:
    request = hook(body)
    asked = AWSRequest("POST", "https://gw/hooks/a", data=request.body, headers={"Content-Type": "application/json"})
    asked.context["timestamp"] = asked.headers["X-Amz-Date"] = strftime("%Y%m%dT%H%M%SZ", gmtime(NOW))
    signer = SigV4Auth(Credentials("AKID", key), "execute-api", "us-east-1")
    told = signer.signature(signer.string_to_sign(asked, signer.canonical_request(asked)), asked)
    names = signer.signed_headers(signer.headers_to_sign(asked))
    scope = signer.credential_scope(asked)
    credential = f"AWS4-HMAC-SHA256 Credential=AKID/{scope}, SignedHeaders={names}, Signature={told}"
    return hook(body, ("X-Amz-Date", asked.headers["X-Amz-Date"]), ("Authorization", credential))


async def test_aws_signature_is_checked_and_made_anew() -> None:
    on = stage(AWS4)
    assert isinstance(await on.send(by_aws(ANNA)), Reply)
    sent = on.last_sent
    assert ANNA["email"].encode() not in sent.body
    assert aws4.is_good(sent, [Secret(OLD)], NOW, 1)
    assert await refused(stage(AWS4), by_aws(ANNA, "stolen")) == (401, "GW-X450")
    assert await refused(stage(AWS4), hook(ANNA)) == (401, "GW-X450")


async def test_aws_signature_passes_as_it_came_where_nothing_changes() -> None:
    on = stage(AWS4)
    request = by_aws(HANS)
    assert isinstance(await on.send(request), Reply)
    assert on.last_sent.header("authorization") == request.header("authorization")
    on = stage(replace(AWS4, outgoing="env:OUT"))
    assert isinstance(await on.send(request), Reply)
    assert aws4.is_good(on.last_sent, [Secret(OUT)], NOW, 1)
