"""AWS Signature Version 4 for S3: the four lines that every client of that API has to agree on.

Source: AWS General Reference, "Signature Version 4 signing process"; S3 API Reference, "Authenticating Requests". Our
own, because the clients that are kept bring 15 to 90 MB along for it; a test compares it with botocore's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from hmac import digest
from urllib.parse import quote

from gateway.model.secret import Secret

_SERVICE = "s3"
_SAFE = "-_.~"


def query_text(query: Sequence[tuple[str, str]]) -> str:
    """The query as it is signed and sent."""
    return "&".join(f"{quote(name, safe=_SAFE)}={quote(value, safe=_SAFE)}" for name, value in sorted(query))


def signed_headers(
    method: str,
    path: str,
    query: Sequence[tuple[str, str]],
    headers: Mapping[str, str],
    body: bytes,
    credentials: tuple[str, Secret, str],
    at: str,
) -> dict[str, str]:
    """The headers with their signature. ``credentials``: access key, secret, region; ``at``: 20261122T120000Z."""
    access, secret, region = credentials
    hashed = sha256(body).hexdigest()
    signed = {**{name.lower(): value.strip() for name, value in headers.items()}}
    signed |= {"x-amz-date": at, "x-amz-content-sha256": hashed}
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    request = "\n".join([method, quote(path, safe=f"/{_SAFE}"), query_text(query), lines, names, hashed])
    scope = f"{at[:8]}/{region}/{_SERVICE}/aws4_request"
    said = "\n".join(["AWS4-HMAC-SHA256", at, scope, sha256(request.encode()).hexdigest()])
    key = b"AWS4" + secret.expose()
    for step in (at[:8], region, _SERVICE, "aws4_request"):
        key = digest(key, step.encode(), "sha256")
    signature = digest(key, said.encode(), "sha256").hex()
    told = f"AWS4-HMAC-SHA256 Credential={access}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**signed, "authorization": told}
