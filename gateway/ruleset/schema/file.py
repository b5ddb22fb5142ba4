"""A whole rules file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gateway.model.names import Role
from gateway.ruleset.schema.kinds import KindModel
from gateway.ruleset.schema.places import (
    CallersModel,
    DestinationModel,
    Mode,
    RegionModel,
    ResidenceModel,
    RouteModel,
    Unmatched,
)
from gateway.ruleset.schema.sentences import RuleModel
from gateway.ruleset.schema.trials import TrialModel
from gateway.ruleset.schema.words import Day, KindName, Name, PathText, Sentence, Text

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class TokensModel(Sentence):
    """How tokens look."""

    phone_block: Annotated[str, Field(pattern=r"^\+[0-9]{3,8}$")] | None = Field(
        None, description='numbers that nobody has, e.g. "+7976"'
    )


class LearnedModel(Sentence):
    """What a field of one route holds although its name does not say so."""

    route: Text = Field(description="the route's name")
    path: PathText = Field(description="where the field stands, e.g. body.f17")
    kind: KindName = Field(description="what it holds; none: looked at, and left to the detectors")


class RulesFile(Sentence):
    """A rules file of pii-gateway: where people live, where requests go, what happens to personal data, and why."""

    version: Literal[1] = Field(description="of the rules language")
    pack: Name | None = Field(None, description="this file is a pack of that name: rules to build a deployment on")
    packs: list[Text] = Field(default=[], description="packs to load too: files beside this one, or shipped ones (ru)")
    as_of: Day | None = Field(None, description="the day this file's tests are judged on; required with until")
    mode: Mode | None = Field(None, description="observe: the whole gateway decides and records without acting")
    backend: Literal["new", "adopted"] | None = Field(
        None, description="adopted (default): it had users before the gateway, so an empty directory stops the start"
    )
    regions: dict[Name, RegionModel] = Field(default={})
    residence: ResidenceModel = ResidenceModel()
    destinations: dict[Name, DestinationModel] = Field(default={})
    unmatched: dict[Role, Unmatched] = Field(default={}, description="answers for destinations that give none, by role")
    routes: list[RouteModel] = Field(default=[])
    rules: list[RuleModel] = Field(default=[])
    callers: CallersModel = CallersModel()
    kinds: dict[KindName, KindModel] = Field(default={}, description="kinds of your own")
    fields: dict[str, KindName] = Field(default={}, description="your own field names: name as written → kind")
    learned: list[LearnedModel] = Field(default=[], description="verdicts on fields of one route; see discover")
    tokens: TokensModel = TokensModel()
    tests: list[TrialModel] = Field(default=[])


def json_schema() -> dict[str, object]:
    """The JSON Schema of a rules file, for editors."""
    return {"$schema": DIALECT, **RulesFile.model_json_schema(by_alias=True)}
