"""Who logs in to hand in mail: a name with a password that the settings place somewhere, or a JWT as the password."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from gateway.model.residency import Claims
from gateway.model.secret import Secrets
from gateway.ports import ClaimVerifier


class Logins:
    """``places``: by name, where the password is. ``header`` is the one by which requests bring their JWT."""

    def __init__(self, places: Mapping[str, str], secrets: Secrets, claims: ClaimVerifier | None, header: str) -> None:
        self._places = places
        self._secrets = secrets
        self._claims = claims
        self._header = header
        for place in places.values():
            secrets.secret(place)

    def __bool__(self) -> bool:
        return bool(self._places) or self._claims is not None

    def knows(self, name: str, password: str) -> bool:
        """True for the name's own password. Raises WorldError where it can't be read."""
        if name not in self._places:
            return False
        right = self._secrets.secret(self._places[name]).expose()
        return hmac.compare_digest(right, password.encode("utf-8", "surrogateescape"))

    async def claims(self, password: str) -> Claims | None:
        """What a JWT says that verifies."""
        if self._claims is None or not password.isascii():
            return None
        return await self._claims.verify(((self._header, f"Bearer {password}"),))
