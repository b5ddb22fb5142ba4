"""Header and cookie names: what the device, the browser and the proxies on the way tell of the sender."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from gateway.core.detect.fields import field_verdict
from gateway.core.detect.grammar import Verdict
from gateway.model.names import Kind

_ROWS = """
ip                 | x-forwarded-for forwarded via x-real-ip true-client-ip cf-connecting-ip cf-connecting-ipv6 \
x-client-ip client-ip x-cluster-client-ip fastly-client-ip x-original-forwarded-for x-originating-ip x-remote-ip \
x-remote-addr remote-addr x-forwarded forwarded-for x-envoy-external-address x-appengine-user-ip x-azure-clientip \
x-azure-socketip x-proxyuser-ip wl-proxy-client-ip
user_agent         | user-agent x-user-agent x-original-user-agent x-device-user-agent x-operamini-phone-ua \
x-ucbrowser-ua
client_hint        | device-memory dpr viewport-width width downlink ect rtt save-data x-wap-profile x-device-model \
x-os-version x-device-type x-platform x-requested-with x-client-data
referer            | referer referrer
language           | accept-language content-language
country            | cf-ipcountry x-country-code x-appengine-country cloudfront-viewer-country
credential.bearer  | authorization proxy-authorization x-auth-token x-access-token x-amz-security-token x-csrf-token \
x-xsrf-token x-csrftoken csrf-token
credential.api_key | x-api-key api-key apikey x-functions-key ocp-apim-subscription-key x-goog-api-key
"""
_KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        name: Kind(kind.strip())
        for kind, names in (row.split("|") for row in _ROWS.replace("\\\n", " ").strip().split("\n"))
        for name in names.split()
    }
)
_TRACKER = re.compile(
    r"^_{0,2}(?:ga|gid|gcl|gac|fbp|fbc|utm|ym|ttp|hj|hstc|hssc|cf|clck|clsk|uet|scid|rdt|tmr|pk)(?:$|[_.\-])|^__utm|"
    r"^(?:amp_|amplitude|ajs_|mp_|ph_|intercom|optimizely|mixpanel|yandexuid|yuid|ymex|mtm_)",
    re.IGNORECASE,
)
_SESSION = re.compile(
    r"sess|(?:^|[_.\-])s?sid(?:$|[_.\-])|^connect\.|token|auth|csrf|xsrf|remember|uid$|uuid|visitor|device|track|anonymous",
    re.IGNORECASE,
)
_RANDOM = re.compile(r"(?=[^\d]*\d)(?=\d*[^\d])[A-Za-z0-9+/=_.:%\-]{16,}")

_ID = Verdict(Kind("cookie_id"), strong=True)


@lru_cache(maxsize=2048)
def header_verdict(name: str) -> Verdict | None:
    """The verdict on a header by its name in lower case."""
    kind = _KINDS.get(name)
    if kind is not None:
        return Verdict(kind, strong=True)
    if name.startswith("sec-ch-"):
        return Verdict(Kind("client_hint"), strong=True)
    return field_verdict((), name.removeprefix("x-"))


@lru_cache(maxsize=4096)
def cookie_verdict(name: str) -> Verdict | None:
    """The verdict on a cookie by its name: a tracker's, else as a field's, else a session's by the usual names."""
    if _TRACKER.search(name):
        return _ID
    verdict = field_verdict((), name)
    if verdict is not None and verdict.strong:
        return verdict
    return _ID if _SESSION.search(name) else verdict


def looks_random(text: str) -> bool:
    """True for a cookie's value that is nobody's word: letters and digits, sixteen at least."""
    return _RANDOM.fullmatch(text) is not None
