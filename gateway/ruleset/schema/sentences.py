"""What happens to what, and why: rules with their conditions and actions."""

from __future__ import annotations

from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from gateway.model.decision import Action
from gateway.model.names import Category, Intent, Role
from gateway.ruleset.schema.places import Mode
from gateway.ruleset.schema.words import Day, KindWord, Name, OneOrMany, PathText, Sentence, Text, Why, refuse

ActionWord = Literal["pass", "generalize", "mask", "pseudonymize", "encrypt", "tokenize", "drop", "block"]
ACTIONS = {word: Action[word.upper()] for word in get_args(ActionWord)}
Basis = Literal["consent", "contract", "law", "treaty", "vital_interest", "legitimate_interest", "issued_there"]
Exception18 = Literal["art6.1.p2", "art6.1.p3", "art6.1.p4", "art6.1.p8"]

_BY_USE = ("use of the site", "use", "implied", "implied consent", "continued use", "conduct", "acceptance by use")


def _basis(value: object) -> object:
    if isinstance(value, str) and value.lower().replace("_", " ") in _BY_USE:
        what = f"'{value}' is no consent: art. 9(1) asks for one that is specific, informed and separate (CON-01)."
        refuse("GW-R404", what, "write basis: consent and consent: <id of the recorded consent>.")
    return value


def _exception(value: object) -> object:
    if isinstance(value, str) and value.lower().replace(" ", "") in ("art6.1.p1", "art6.1.p5", "p1", "p5"):
        what = f"'{value}' is no exception of art. 18(5): consent and contract do not lift localisation (LOC-06)."
        refuse("GW-R405", what, "name art6.1.p2, p3, p4 or p8, or record at home first: basis, notice and date.")
    return value


class PassModel(Sentence):
    """A stated reason to let personal data abroad in clear: a notified transfer, or an exception of art. 18(5).

    A transfer is recorded at home first and needs basis, notice and date; an exception needs its legal reference,
    who approved it and when.
    """

    basis: Annotated[Basis, BeforeValidator(_basis)] | None = Field(None, description="art. 6 and 12: the legal basis")
    notice: Text | None = Field(None, description="number of the cross-border notice to Roskomnadzor (art. 12(3))")
    date: Day | None = Field(None, description="day of the notice or approval")
    consent: Text | None = Field(None, description="id of the recorded consent (CON-01)")
    exception: Annotated[Exception18, BeforeValidator(_exception)] | None = Field(None, description="LOC-06")
    reference: Text | None = Field(None, description="exception: the law or act that applies")
    approver: Text | None = Field(None, description="exception: who approved it")

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if (self.basis is None) == (self.exception is None):
            refuse("GW-R203", "pass needs a basis or an exception.", "write {basis, notice, date} or leave it bare.")
        lacking = [key for key in self._needs() if getattr(self, key) is None]
        if lacking:
            code = "GW-R405" if self.exception else "GW-R404" if "consent" in lacking else "GW-R401"
            what = f"this pass lacks {' and '.join(lacking)}: it could not be shown to an inspector."
            refuse(code, what, f"add {', '.join(f'{key}: …' for key in lacking)}")
        return self

    def _needs(self) -> tuple[str, ...]:
        if self.exception:
            return ("reference", "approver", "date")
        if self.basis == "issued_there":
            return ()
        return ("notice", "date", "consent") if self.basis == "consent" else ("notice", "date")


class GeneralizeModel(Sentence):
    """How coarse a value becomes, by what it is; the technique that fits the kind is used."""

    ip: Annotated[list[int], Field(min_length=2, max_length=2)] | None = Field(
        None, description="prefix lengths kept: [IPv4, IPv6]"
    )
    date: Literal["decade", "year", "month"] | None = Field(None, description="what is kept of a date")
    age: int | None = Field(None, description="width of an age band in years")
    number: int | None = Field(None, description="width of a number's bucket")
    geo: int | None = Field(None, description="decimals kept of a coordinate")
    postcode: int | None = Field(None, description="characters kept of a postcode")
    email: Literal["domain"] | None = Field(None, description="what is kept of an e-mail address")
    url: Literal["host", "path"] | None = Field(None, description="what is kept of an address on the web")
    user_agent: Literal["family", "system"] | None = Field(None, description="what is kept of a user agent")


class MaskModel(Sentence):
    """Which letters and digits stay readable; at least three are always hidden."""

    first: int | None = Field(None, description="leading characters kept")
    last: int | None = Field(None, description="trailing characters kept")


class PseudonymizeModel(Sentence):
    """How far a pseudonym can be followed."""

    scope: Literal["destination", "all"] | None = Field(None, description="who gets the same one (destination)")
    rotate: Literal["daily", "weekly", "monthly", "never"] | None = Field(None, description="how long it stays (daily)")


class TokenizeModel(Sentence):
    """What the stand-in of a kind too small to name a record keeps of the original, and how long that is kept."""

    keeps: Annotated[list[str], Field(min_length=1)] | None = Field(
        None, description="over_18, year, within_3, first_2"
    )
    ttl_days: Annotated[int, Field(ge=1)] | None = Field(None, description="days at most that the original is kept")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.keeps is None and self.ttl_days is None:
            refuse("GW-R203", "tokenize with nothing said.", "write the bare word: then: tokenize.")
        return self


class EncryptModel(Sentence):
    """How long the original is kept at home; what went out stays encrypted."""

    ttl_days: Annotated[int, Field(ge=1)] = Field(description="days at most that the original is kept")


class ThenModel(Sentence):
    """One action with its parameters."""

    pass_: PassModel | None = Field(None, alias="pass")
    generalize: GeneralizeModel | None = None
    mask: MaskModel | None = None
    pseudonymize: PseudonymizeModel | None = None
    tokenize: TokenizeModel | None = None
    encrypt: EncryptModel | None = None

    @model_validator(mode="after")
    def _is_one_action(self) -> Self:
        if len(self.model_fields_set) != 1:
            refuse("GW-R203", "a rule does one thing.", "write one action, e.g. then: drop.")
        return self


def _then_form(value: object) -> str:
    return "<map>" if isinstance(value, dict) else "<word>"


Then = Annotated[
    Annotated[ActionWord, Tag("<word>")] | Annotated[ThenModel, Tag("<map>")],
    Discriminator(_then_form),
]


def _region_word(text: str) -> str:
    words = text.split()
    if not words or len(words) > 2 or (len(words) == 2 and words[0] != "not"):
        refuse("GW-R205", f"'{text}' is no region.", "write ru, or not ru.")
    return " ".join(words)


RegionWord = Annotated[str, AfterValidator(_region_word)]
"""``ru``, ``not ru``, ``$residence``, ``not $residence``."""


class DestinationFilterModel(Sentence):
    """Which destinations a rule speaks of; all given facts must hold."""

    name: OneOrMany[Name] | None = None
    role: OneOrMany[Role] | None = None
    region: OneOrMany[RegionWord] | None = Field(None, description="$residence is the person's own region")


def _destination_form(value: object) -> str:
    return "<map>" if isinstance(value, dict) else "<list>" if isinstance(value, list) else "<one>"


DestinationWhen = Annotated[
    Annotated[Name, Tag("<one>")]
    | Annotated[list[Name], Tag("<list>")]
    | Annotated[DestinationFilterModel, Tag("<map>")],
    Discriminator(_destination_form),
]


class WhenModel(Sentence):
    """The facts; all given ones must hold. A rule without kind and category also speaks of leaves without a finding."""

    kind: OneOrMany[KindWord] | None = Field(None, description="email, [phone, email], ru.*")
    category: OneOrMany[Category] | None = Field(
        None, description="personal covers special, biometric and payment too; the other words mean themselves"
    )
    residence: OneOrMany[RegionWord] | None = Field(None, description="ru, not ru, [ru, kz], elsewhere")
    path: OneOrMany[PathText] | None = Field(None, description="body.users.*.email; ** is any number of steps")
    destination: DestinationWhen | None = Field(None, description="a name, a list, or {name, role, region}")
    route: OneOrMany[Text] | None = Field(None, description="names of routes")
    purpose: OneOrMany[Text] | None = Field(None, description="purposes of routes")
    intent: OneOrMany[Intent] | None = None


class RuleModel(Sentence):
    """One sentence: when these facts hold, then do this, because."""

    id: Name = Field(description="what receipts, refusals and overrides call it")
    why: Why = Field(description="the reason, quoted in receipts, refusals and explain")
    when: WhenModel
    then: Then
    overrides: list[Name] = Field(default=[], description="rules that fall away where this one matches")
    until: Day | None = Field(None, description="the last day it is in force, UTC")
    mode: Mode = "enforce"
