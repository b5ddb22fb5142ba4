"""A user agent reduced to what most visitors share: the browser's family and the system, no versions, no models."""

from __future__ import annotations

from datetime import date

USER_AGENT = ("family", "system")
"""From the coarsest to the finest: ``Firefox``, ``Firefox (Windows)``."""

_FAMILIES = (
    ("bot", "bot"),
    ("spider", "bot"),
    ("crawler", "bot"),
    ("yabrowser", "Yandex"),
    ("edg", "Edge"),
    ("opr/", "Opera"),
    ("opera", "Opera"),
    ("samsungbrowser", "Samsung"),
    ("vivaldi", "Vivaldi"),
    ("firefox", "Firefox"),
    ("fxios", "Firefox"),
    ("chrome", "Chrome"),
    ("crios", "Chrome"),
    ("safari", "Safari"),
    ("curl", "curl"),
    ("python", "Python"),
    ("okhttp", "OkHttp"),
)
"""The first mark that occurs decides: Edge says Chrome too, and Chrome says Safari."""

_SYSTEMS = (
    ("android", "Android"),
    ("iphone", "iOS"),
    ("ipad", "iOS"),
    ("windows", "Windows"),
    ("mac os", "macOS"),
    ("macintosh", "macOS"),
    ("cros", "ChromeOS"),
    ("linux", "Linux"),
)


def user_agent(text: str, detail: int, _day: date) -> str:
    """``other`` where nothing is known: a rare agent is as good as a name."""
    family = _first(text.lower(), _FAMILIES)
    return f"{family} ({_first(text.lower(), _SYSTEMS)})" if detail else family


def _first(text: str, marks: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in marks if mark in text), "other")
