"""AWS Signature Version 4: the examples that AWS publishes, the library that everybody signs with, and forgeries."""

from __future__ import annotations

from calendar import timegm
from dataclasses import replace
from time import strptime

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth  # type: ignore[import-untyped] # boto has no types
from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped] # boto has no types
from botocore.credentials import Credentials  # type: ignore[import-untyped] # boto has no types

from gateway.core.aws4 import covered, is_good, signed_anew
from gateway.model.message import Headers, Request
from gateway.model.secret import Secret

KEY, WORD = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SECRET = Secret(WORD.encode())
AT, NOW = "20150830T123600Z", 1440938160
HOST: Headers = (("Host", "example.amazonaws.com"), ("X-Amz-Date", AT))
FORM = ("Content-Type", "application/x-www-form-urlencoded")


def signed(
    method: str, target: str, headers: Headers, names: str, signature: str, body: bytes = b"", service: str = "service"
) -> Request:
    told = f"Credential={KEY}/20150830/us-east-1/{service}/aws4_request, SignedHeaders={names}, Signature={signature}"
    return Request(method, target, (*headers, ("Authorization", f"AWS4-HMAC-SHA256 {told}")), body)


VANILLA = signed(
    "GET", "/", HOST, "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
)
PUBLISHED = [
    VANILLA,
    signed("GET", "/?Param2=value2&Param1=value1", HOST, "host;x-amz-date",
           "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
    signed("POST", "/", HOST, "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    signed("POST", "/", (FORM, *HOST), "content-type;host;x-amz-date",
           "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a", b"Param1=value1"),
    signed("GET", "/?Action=ListUsers&Version=2010-05-08",
           (("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"), ("Host", "iam.amazonaws.com"),
            ("X-Amz-Date", AT)), "content-type;host;x-amz-date",
           "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7", service="iam"),
]  # fmt: skip


@pytest.mark.parametrize("request_", PUBLISHED)
def test_what_aws_publishes_is_right_and_made_again(request_: Request) -> None:
    assert is_good(request_, [SECRET], NOW, 300)
    assert not is_good(request_, [Secret(b"another")], NOW, 300)
    assert is_good(request_, [Secret(b"another"), SECRET], NOW - 300, 300)
    again = signed_anew(request_, request_, SECRET)
    assert again.header("authorization") == request_.header("authorization")
    assert covered(again) == covered(request_) != ()


@pytest.mark.parametrize("service", ["s3", "execute-api", "sqs"])
def test_what_botocore_signs_is_right_and_changed_is_signed_as_botocore_would(service: str) -> None:
    target, body = "/a%20b/%D0%B0?x=1&empty&z=a%20b&name=%D0%90", b'{"email": "anna@example.org"}'
    incoming = by_botocore(service, target, body)
    now = timestamp(incoming)
    assert is_good(incoming, [SECRET], now, 300)
    changed = replace(incoming, body=b"{}", target=target.replace("x=1", "x=tok"))
    assert not is_good(changed, [SECRET], now, 300)
    again = signed_anew(changed, incoming, SECRET)
    assert is_good(again, [SECRET], now, 300)
    assert covered(again) != covered(incoming)


def by_botocore(service: str, target: str, body: bytes) -> Request:
    asked = AWSRequest("POST", f"https://example.amazonaws.com{target}", data=body, headers={"X-Amz-Meta-A": " a   b "})
    sign = S3SigV4Auth if service == "s3" else SigV4Auth
    sign(Credentials(KEY, WORD), service, "us-east-1").add_auth(asked)
    headers = tuple((name, value) for name, value in asked.headers.items())
    return Request("POST", target, (("Host", "example.amazonaws.com"), *headers), body)


def timestamp(request: Request) -> int:
    return timegm(strptime(request.header("x-amz-date") or "", "%Y%m%dT%H%M%SZ"))


def without(request: Request, name: str) -> Request:
    return replace(request, headers=tuple(pair for pair in request.headers if pair[0].lower() != name))


@pytest.mark.parametrize(
    "request_",
    [
        replace(VANILLA, body=b"x"),
        replace(VANILLA, method="PUT"),
        replace(VANILLA, target="/x"),
        without(VANILLA, "authorization"),
        without(VANILLA, "x-amz-date"),
        without(VANILLA, "host"),
        replace(VANILLA, headers=(*VANILLA.headers, VANILLA.headers[-1])),
        replace(VANILLA, headers=(*VANILLA.headers, ("X-Amz-Date", AT))),
        replace(VANILLA, headers=(*VANILLA.headers, ("X-Amz-Content-Sha256", "0" * 64))),
        replace(VANILLA, headers=(*VANILLA.headers, ("X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"))),
        signed("GET", "/", (HOST[0], ("X-Amz-Date", "20150831T000000Z")), "host;x-amz-date", "0" * 64),
        signed("GET", "/", (HOST[0], ("X-Amz-Date", "20150830T996100Z")), "host;x-amz-date", "0" * 64),
        signed("GET", "/", (HOST[0], ("X-Amz-Date", "now")), "host;x-amz-date", "0" * 64),
        signed("GET", "/", HOST, "x-amz-date", "0" * 64),
        signed("GET", "/", HOST, "host;x-amz-date", "5FA0"),
    ],
)
def test_what_is_not_signed_so_is_wrong(request_: Request) -> None:
    assert not is_good(request_, [SECRET], NOW, 300)


def test_what_is_too_old_is_wrong() -> None:
    assert not is_good(VANILLA, [SECRET], NOW + 301, 300)


def test_an_unsigned_payload_stays_one() -> None:
    incoming = without(by_botocore("s3", "/a", b"x"), "authorization")
    headers = tuple((name, "UNSIGNED-PAYLOAD" if name.lower() == "x-amz-content-sha256" else value)
                    for name, value in incoming.headers)  # fmt: skip
    told = f"Credential={KEY}/{(incoming.header('x-amz-date') or '')[:8]}/us-east-1/s3/aws4_request"
    names = "host;x-amz-content-sha256;x-amz-date;x-amz-gone"
    headers = (*headers, ("Authorization", f"AWS4-HMAC-SHA256 {told}, SignedHeaders={names}, Signature={'0' * 64}"))
    unsigned = replace(incoming, headers=headers)
    made = signed_anew(unsigned, unsigned, SECRET)
    assert is_good(replace(made, body=b"y"), [SECRET], timestamp(made), 300)
    assert "x-amz-gone" not in (made.header("authorization") or "")


def test_what_is_not_signed_at_all_stays_as_it_is() -> None:
    plain = Request("GET", "/", HOST, b"")
    assert signed_anew(plain, plain, SECRET) is plain
    assert covered(plain) == ()
