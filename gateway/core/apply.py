"""The plan carried out with the home store's receipt: the one place where the outward document is built.

``apply`` needs a Kept, and only a vault builds one, after its commit. Without the receipt there are no tokens, and
without tokens the outward bytes cannot be built.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gateway.core.codec import respell
from gateway.core.enclose import stand_in_of, text_of
from gateway.core.encrypted import EncryptedField, encrypted
from gateway.core.material import Material
from gateway.core.naming import show
from gateway.core.plan import spec_of
from gateway.core.transform import Means, transform
from gateway.model.decision import Action
from gateway.model.document import Document
from gateway.model.errors import WorldError
from gateway.model.kept import Kept, Seek
from gateway.model.kinds import Shape
from gateway.model.names import Kind, RecordId, SubjectId, Token
from gateway.model.protection import Applied, FieldDraft, Plan, Step
from gateway.model.rules import Ruleset

_IN_PLACE_OF_A_SEGMENT = "_"
"""A path segment can't be dropped without choosing another route."""


def apply(
    document: Document, plan: Plan, ruleset: Ruleset, kept: Kept, material: Material, seeks: Sequence[Seek] = ()
) -> Applied:
    """The outward document. Raises WorldError (GW-X503) if the receipt lacks a name that the plan needs."""
    if not plan.steps:
        return Applied(document)
    workshop = _Workshop(document, plan, ruleset, kept, material, seeks)
    by_leaf: dict[int, list[Step]] = defaultdict(list)
    for step in plan.steps:
        by_leaf[step.leaf].append(step)
    edits = {leaf: workshop.edited(leaf, steps) for leaf, steps in by_leaf.items()}
    return Applied(
        respell(document, edits),
        workshop.shown,
    )


@dataclass(frozen=True, slots=True)
class _Workshop:
    document: Document
    plan: Plan
    ruleset: Ruleset
    kept: Kept
    material: Material
    seeks: Sequence[Seek]
    shown: dict[str, tuple[Token, Shape]] = field(default_factory=dict)

    def edited(self, leaf: int, steps: list[Step]) -> str | None:
        """The leaf's new text; None where it is dropped."""
        text, pieces, at = self.document.leaves[leaf].text, list[str](), 0
        if len(steps) > 1:
            steps = sorted(steps, key=lambda step: step.span.start)
        for step in steps:
            if step.treatment.action is Action.DROP:
                return _IN_PLACE_OF_A_SEGMENT if step.path[0] == "path" else None
            pieces += text[at : step.span.start], self.replacement(step)
            at = step.span.end
        return "".join([*pieces, text[at:]])

    def replacement(self, step: Step) -> str:
        original = text_of(self.document, step.leaf, step.span)
        match step.treatment.action:
            case Action.TOKENIZE:
                return self.name(step, original)
            case Action.ENCRYPT:
                return self.ciphertext(step, original)
            case _:
                spec = spec_of(self.ruleset, step.kind)
                material = self.material
                means = Means(material.keys[material.home].pseudonym, material.scope, material.day)
                return transform(step.treatment, spec, original, means)

    def name(self, step: Step, original: str) -> str:
        if step.seek is not None:
            return self.sought(step.seek, original)
        assert step.keep is not None and step.field is not None  # noqa: S101, PT018 - the plan's own promise
        draft = self.plan.keeps[step.keep].fields[step.field]
        record = self.material.records[step.keep]
        stand_in = stand_in_of(self.document, draft, record, self.ruleset, self.material)
        return stand_in if stand_in is not None else self.spelt(self.token(record, draft), draft.shape, original)

    def token(self, record: RecordId, draft: FieldDraft) -> Token:
        token = self.kept.names.get((record, draft.index))
        if token is None:
            raise WorldError(
                "GW-X503",
                f"the home store's receipt has no name for field {draft.index} of a record: nothing was forwarded.",
                "look for errors of the vault in the log; the client may retry.",
            )
        return token

    def sought(self, number: int, original: str) -> str:
        sought = self.seeks[number]
        return self.spelt(self.kept.sought[sought.kind, sought.blind], self.plan.seeks[number].shape, original)

    def spelt(self, token: Token, shape: Shape, original: str) -> str:
        """The token as it goes out, noted if whoever looks for tokens in it finds this one from end to end."""
        text = show(token, shape, original)
        if _is_bare(text, token, shape) and token.partition("@")[2] in ("", self.material.domain.lower()):
            self.shown[text] = token, shape
        return text

    def ciphertext(self, step: Step, original: str) -> str:
        return _ciphertext(step, original, self.plan, self.material)


def encrypted_fields(document: Document, plan: Plan, material: Material) -> Iterator[tuple[str, str, Kind]]:
    """What went out encrypted: the ciphertext, once more the same, the original and its kind."""
    for step in plan.steps:
        if step.treatment.action is Action.ENCRYPT:
            original = text_of(document, step.leaf, step.span)
            yield _ciphertext(step, original, plan, material), original, step.kind


def _ciphertext(step: Step, original: str, plan: Plan, material: Material) -> str:
    at = step.keep
    home = plan.keeps[at].region if at is not None else material.home
    subject = SubjectId(material.people[at].id) if at is not None else SubjectId("")
    return encrypted(
        EncryptedField(step.kind, subject, original),
        material.keys[home],
        material.scope,
        material.draw(f"field/{step.leaf}/{step.span.start}/{original}", 12),
    )


def _is_bare(text: str, token: Token, shape: Shape) -> bool:
    """True if nothing of the original's layout stands around the token: no brace, blank or ``urn:``."""
    return text == token or (shape != "uuid" and text[-1].isalnum() and (text[0].isalnum() or text[0] == "+"))
