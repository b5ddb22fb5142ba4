"""Header and cookie names: what the device, the browser and the proxies on the way tell of the sender."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from gateway.core.detect.fields import field_verdict
from gateway.core.detect.grammar import Reading
from gateway.core.detect.words import LONGEST_NAME
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
_SESSION_NAME = re.compile(
    r"sess|(?:^|[_.\-])s?sid(?:$|[_.\-])|^connect\.|token|auth|csrf|xsrf|remember|^_?_?(?:ga|gid|gcl|gac|fbp|fbc|utm|ym|ttp|pin_un|hj|hstc|"
    r"hssc|cf|cuid|clck|clsk|uet|scid|rdt|tmr|obid)|^(?:amp_|amplitude|ajs_|mp_|ph_|intercom|optimizely|mixpanel|yandexuid|yuid|ymex|mtm|_pk_)|"
    r"uid$|uuid|visitor|device|track|anonymous",
    re.IGNORECASE,
)
_RANDOM = re.compile(r"(?=[^\d]*\d)(?=\d*[^\d])[A-Za-z0-9+/=_.:%\-]{16,}")


@lru_cache(maxsize=2048)
def header_verdict(name: str) -> Reading | None:
    """The verdict on a header by its name in lower case."""
    kind = _KINDS.get(name)
    if kind is not None:
        return Reading(kind, strong=True)
    if name.startswith("sec-ch-"):
        return Reading(Kind("client_hint"), strong=True)
    return field_verdict((), name.removeprefix("x-"))


@lru_cache(maxsize=4096)
def cookie_verdict(name: str) -> Reading | None:
    """The verdict on a cookie by its name: as a field's, else a session or tracking id by the usual names."""
    reading = field_verdict((), name)
    if reading is not None and reading.strong:
        return reading
    if len(name) <= LONGEST_NAME and _SESSION_NAME.search(name):
        return Reading(Kind("cookie_id"), strong=True)
    return reading


def looks_random(text: str) -> bool:
    """True for a cookie's value that is nobody's word: letters and digits, sixteen at least."""
    return _RANDOM.fullmatch(text) is not None
