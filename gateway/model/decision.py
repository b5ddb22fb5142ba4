"""What is to happen, and because of which rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from gateway.model.finding import Finding
from gateway.model.names import DestinationName, Digest, Path, Region, RuleId
from gateway.model.residency import Residence
from gateway.model.swift import swift


class Action(IntEnum):
    """From the loosest to the strictest; where rules meet, the strictest wins."""

    PASS = 0
    GENERALIZE = 1
    MASK = 2
    PSEUDONYMIZE = 3
    ENCRYPT = 4
    TOKENIZE = 5
    DROP = 6
    BLOCK = 7


@dataclass(frozen=True, slots=True)
class Treatment:
    """An action with its parameters, sorted by name; ``then: {generalize: {ip: [24, 48]}}`` → GENERALIZE, (("ip", (24,
    48)),).
    """

    action: Action
    parameters: tuple[tuple[str, object], ...] = ()

    def parameter(self, name: str, default: object = None) -> object:
        return next((value for key, value in self.parameters if key == name), default)


@dataclass(frozen=True, slots=True)
class Reason:
    """Which rule says so, where it stands (``rules/ru.yaml:14:3``), and its ``why``."""

    rule: RuleId
    at: str
    says: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What happens to one finding, or to a leaf that no rule matched (``finding`` covers it whole, kind
    ``unmatched``).
    """

    finding: Finding
    about: Path = field(repr=False)
    treatment: Treatment
    because: tuple[Reason, ...]
    observed: tuple[Reason, ...] = ()
    """Rules in ``mode: observe`` that would have been stricter."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that is not forwarded: the HTTP status, a stable code, what and why in one line."""

    status: int
    code: str
    says: str
    because: tuple[Reason, ...] = ()


@swift
@dataclass(frozen=True, slots=True)
class Decision:
    """The whole verdict on one message towards one destination."""

    to: DestinationName
    residences: tuple[Residence, ...]
    homes: tuple[tuple[Path, Region | None], ...] = field(repr=False)
    """The effective region of each person: the residence, or what the rules say of the unknown."""
    rulings: tuple[Ruling, ...]
    rules: Digest
    refusal: Refusal | None = None
    alike: bool = False
    """The rulings are the very same objects for every message that is ruled alike: they depend on no text."""

    @property
    def blocked(self) -> bool:
        return self.refusal is not None

    def home(self, about: Path) -> Region | None:
        return next((region for path, region in self.homes if path == about), None)
