"""Whose page a link leads to: ``https://vk.com/id100000`` names a person, ``https://vk.com/feed`` nobody.

A URL is read in pieces (host, segments), so no pattern sees host and name together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_AT_ONCE = frozenset(
    "vk.com vk.ru t.me telegram.me ok.ru instagram.com facebook.com twitter.com x.com tiktok.com".split()
)
_BEHIND = {
    "ok.ru": "profile",
    "odnoklassniki.ru": "profile",
    "linkedin.com": "in",
}
"""Hosts whose profiles stand behind a word."""

_SERVED = re.compile(r"^(?:www|m|mobile|ru)\.")
_NAME = re.compile(r"@?[a-z0-9][a-z0-9_.\-]{2,63}", re.IGNORECASE)
_NOBODY = re.compile(
    r"(?:feed|share|sharer|search|explore|login|join|joinchat|addstickers|home|hashtag|intent|groups?|pages|watch|"
    r"video|videos|reel|reels|stories|story|settings|help|about|profile|dialog|plugins|company|jobs|away|market|"
    r"music|audios?|apps|im|dk|i)(?:\.php)?|(?:wall|club|public|event|topic|photo|video|album|app|doc|audio|clip|"
    r"market|board)-?\d+.*",
    re.IGNORECASE,
)


def is_profile(name: str) -> bool:
    """True for what can be a person's page at one of the services, and is none of their own."""
    return _NAME.fullmatch(name) is not None and _NOBODY.fullmatch(name) is None


def profile_at(host: str, segments: Sequence[str]) -> int | None:
    """Which of the segments of a link names whose page it is."""
    service = _SERVED.sub("", host.lower())
    word = _BEHIND.get(service)
    if word is not None and len(segments) > 1 and segments[0].lower() == word:
        return 1 if is_profile(segments[1]) else None
    return 0 if service in _AT_ONCE and segments and is_profile(segments[0]) else None
