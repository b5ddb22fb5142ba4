"""Kinds of personal data: those of the operator in a rules file, and those that ship, in ``rules/kinds/``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from gateway.model.kinds import Normal, Shape
from gateway.model.names import Category
from gateway.ruleset.schema.words import KindName, OneOrMany, Sentence, Text


class TitleModel(Sentence):
    """What people call it."""

    en: Text
    ru: Text


def _title_form(value: object) -> str:
    return "<map>" if isinstance(value, dict) else "<one>"


Title = Annotated[Annotated[Text, Tag("<one>")] | Annotated[TitleModel, Tag("<map>")], Discriminator(_title_form)]


class FinderModel(Sentence):
    """How values of the kind are found in any text; the examples are run by ``rules check`` and ``rules test``."""

    pattern: Text = Field(description="RE2; no anchors, every repetition with a bound; a group, if any, is the find")
    near: OneOrMany[Text] | None = Field(None, description="beginnings of words, one of which has to stand near")
    unless: OneOrMany[Text] | None = Field(None, description="beginnings of words that speak against")
    yes: OneOrMany[Text] = Field(description="texts in which something is found")
    no: OneOrMany[Text] = Field(description="texts in which nothing is")


class _KindWords(Sentence):
    """What every kind says of itself."""

    category: Category
    title: Title | None = None
    law: Text | None = Field(None, description="where the law speaks of it")
    equal: bool = Field(default=False, description="back ends search by it: the same value gets the same token")
    checksum: Text | None = Field(None, description="check-digit rule by name: luhn, inn12, iban …")


class KindModel(_KindWords):
    """A kind of the operator's own: found by field names (``fields``), and in texts (``find``)."""

    shape: Literal["opaque", "digits", "letters", "uuid", "stand_in"] = Field(default="opaque", description="of tokens")
    normal: Literal["exact", "name", "digits", "alnum"] = Field(default="exact", description="equal spellings")
    fields: OneOrMany[Text] | None = Field(None, description="field names, told by their words in any spelling")
    find: OneOrMany[FinderModel] | None = Field(None, description="how it is found in texts")


class NamesModel(Sentence):
    """Names of fields that are of the kind, and names that look like it and are not."""

    yes: list[Text]
    no: list[Text] = Field(default=[])


class ShippedKindModel(_KindWords):
    """A kind that ships with the gateway: its patterns and words stand in ``core/detect``."""

    title: TitleModel
    law: Text
    shape: Shape
    normal: Normal = "exact"
    type: Text | None = Field(None, description="what outside scorers call it")
    names: NamesModel | None = None


class ShippedKinds(Sentence):
    """A file of ``rules/kinds/``."""

    version: Literal[1]
    kinds: dict[KindName, ShippedKindModel]
