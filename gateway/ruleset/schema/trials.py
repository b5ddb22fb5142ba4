"""Tests beside the rules: a request that is made up, and what must happen to it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from gateway.model.names import Rank, Role
from gateway.ruleset.schema.places import Status, Unmatched
from gateway.ruleset.schema.sentences import ActionWord
from gateway.ruleset.schema.words import Country, Name, OneOrMany, Sentence, Text


class StageModel(Sentence):
    """A made-up destination, so that a pack can be tested without a deployment."""

    role: Role
    region: Name = Field(description="a region, or a country in small letters")
    unmatched: Unmatched | None = Field(None, description="as the role's answer in unmatched: where left out")


def _to_form(value: object) -> str:
    return "<map>" if isinstance(value, dict) else "<one>"


class CallerModel(Sentence):
    """Who sends the request, as far as it was verified."""

    subject: Text | None = Field(None, description="a made-up name; known persons may have the same")
    residence: Name | None = None
    rank: Rank = "declared"
    roles: list[Text] = Field(default=[])
    country: Country | None = Field(None, description="country claim of the verified JWT")


def _spelling(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | Decimal) else value


Spelt = Annotated[str, BeforeValidator(_spelling), WithJsonSchema({"type": ["string", "number", "boolean"]})]
"""A text; numbers as they are spelt."""


class KnownModel(Sentence):
    """A person whom the directory knows: ``{person: anna, residence: ru, email: anna@example.org}``."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Spelt] = Field(init=False)

    person: Text | None = Field(None, description="a made-up name; a caller of that name is this person")
    residence: Name = Field(description="a region, or elsewhere")
    rank: Rank = "declared"


class GivenModel(Sentence):
    """The request."""

    to: (
        Annotated[Annotated[Name, Tag("<one>")] | Annotated[StageModel, Tag("<map>")], Discriminator(_to_form)] | None
    ) = Field(None, description="a destination, or a made-up one: {role, region}")
    route: Text | None = Field(None, description="name of a route; else method and path choose it")
    method: Annotated[str, Field(pattern=r"^[A-Z]+$")] = "POST"
    path: Annotated[str, Field(pattern="^/")] | None = Field(None, description="/ followed by the path, query allowed")
    query: dict[str, OneOrMany[Spelt]] = Field(default={})
    headers: dict[str, OneOrMany[Spelt]] = Field(default={})
    cookies: dict[str, Spelt] = Field(default={})
    peer: Text = Field(default="192.0.2.1", description="address of the client")
    country: Country | None = Field(None, description="where GeoIP says that address is")
    caller: CallerModel = CallerModel()
    known: list[KnownModel] = Field(default=[])
    type: Text | None = Field(None, description="Content-Type of the body; JSON for a map or list, else text/plain")
    body: object = Field(None, description="a YAML value sent as JSON, or a text sent as it is")


class ExpectedModel(Sentence):
    """What must happen to a leaf, and because of which rule."""

    action: ActionWord
    because: OneOrMany[Name] | None = None


def _expected_form(value: object) -> str:
    return "<map>" if isinstance(value, dict) else "<word>"


Expected = Annotated[
    Annotated[ActionWord, Tag("<word>")] | Annotated[ExpectedModel, Tag("<map>")],
    Discriminator(_expected_form),
]


class ExpectModel(Sentence):
    """What must happen: an action per path, and words for the message as a whole."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Expected] = Field(init=False)

    because: OneOrMany[Name] | None = Field(None, description="rules that must be among the reasons")
    unchanged: Literal[True] | None = Field(None, description="forwarded byte for byte")
    refused: Status | None = Field(None, description="not forwarded; the status of the answer")
    drops: OneOrMany[Text] | None = Field(None, description="paths that are removed")
    nothing: Literal[True] | None = Field(None, description="no value of path, query, cookies or body goes out")
    residence: dict[str, Name] | None = Field(None, description="person (a path, caller or message): region or unknown")


class TrialModel(Sentence):
    """One test."""

    it: Text = Field(description="what the rules do, as a sentence")
    given: GivenModel
    expect: ExpectModel
