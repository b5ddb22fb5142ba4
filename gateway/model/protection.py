"""A Decision turned into instructions: which stretch becomes what, and what has to be kept first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.model.decision import Treatment
from gateway.model.document import Document, Span
from gateway.model.kinds import Shape
from gateway.model.names import Kind, Path, Region, Scope, Token
from gateway.model.swift import swift


@dataclass(frozen=True, slots=True)
class FieldDraft:
    """One value of a person's record: where it stands in the document and what name it needs.

    ``named`` False: recorded, but sent as something else (encrypted, passed as an attribute, a stand-in).
    """

    index: int
    leaf: int
    span: Span
    path: Path = field(repr=False)
    kind: Kind
    shape: Shape
    named: bool
    equal: bool
    keeps: tuple[str, ...] | None = None
    """Facts that a stand-in must keep (``over_18``); None: what its kind keeps by default."""
    printed: str = field(default="", repr=False)
    """The path as the record has it."""


@dataclass(frozen=True, slots=True)
class KeepDraft:
    """One person's record before it is sealed."""

    about: Path = field(repr=False)
    region: Region
    scope: Scope
    fields: tuple[FieldDraft, ...]
    ttl_days: int | None = None
    """How long it is kept at most, where a rule says so; a person's values of other terms are records of their own."""


@dataclass(frozen=True, slots=True)
class SeekDraft:
    """One equal value to be looked up, not recorded."""

    leaf: int
    span: Span
    about: Path = field(repr=False)
    region: Region
    kind: Kind
    shape: Shape


@dataclass(frozen=True, slots=True)
class Step:
    """One edit. Steps of one leaf are disjoint; ``keep``/``field`` or ``seek`` say whose name replaces the stretch."""

    leaf: int
    span: Span
    path: Path = field(repr=False)
    kind: Kind
    treatment: Treatment
    keep: int | None = None
    field: int | None = None
    seek: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in reading order, and what must be kept or sought before they can be taken."""

    steps: tuple[Step, ...] = ()
    keeps: tuple[KeepDraft, ...] = ()
    seeks: tuple[SeekDraft, ...] = ()


@swift
@dataclass(frozen=True, slots=True)
class Applied:
    """The outward document.

    ``shown``: texts that went out and are a token from end to end; replies mostly hold them again as they are.
    """

    outward: Document
    shown: Mapping[str, tuple[Token, Shape]] = field(default_factory=dict, repr=False)
