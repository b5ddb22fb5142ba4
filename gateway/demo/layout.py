"""Where the demo's files lie: the callers' own, the home country's, and what is abroad. The directories tell the
story.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """``clients``: what callers sent and got, on their own machines. ``home``: gateway, vault, keys. ``abroad``: the
    rest.
    """

    root: Path

    @property
    def clients(self) -> Path:
        return self.root / "clients"

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def crm(self) -> Path:
        return self.root / "abroad" / "crm"

    @property
    def metrics(self) -> Path:
        return self.root / "abroad" / "metrics"

    @property
    def played(self) -> Path:
        """One JSON line a step: the request as the caller sent it, the reply as the caller got it."""
        return self.clients / "played.jsonl"

    @property
    def rules(self) -> Path:
        return self.root / "rules" / "demo.yaml"

    @property
    def jwks(self) -> Path:
        """The public keys that badges are verified by."""
        return self.root / "rules" / "jwks.json"

    @property
    def log(self) -> Path:
        return self.home / "gateway.log"

    def abroad(self) -> list[Path]:
        """Every file that is not in the home country."""
        return _files(self.root / "abroad")

    def at_home(self) -> list[Path]:
        """Every file of the gateway: vault, write-ahead log, keys, ledger, log, rules."""
        return _files(self.home)


def _files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file())
