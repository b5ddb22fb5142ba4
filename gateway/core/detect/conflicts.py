"""Which hits stay when they lie over one another: alternatives do, mere parts of a surer find don't."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gateway.core.detect.detector import Hit
from gateway.core.detect.kinds import KINDS

_WHOLE_PROTECTS_PART = frozenset({"personal", "special", "biometric", "payment", "credential"})
_DEEPEST = 64


def without_parts(hits: Iterable[Hit]) -> list[Hit]:
    """The hits in reading order, less those inside a surer one and those inside another of their kind.

    Two kinds over the same stretch are both kept: ten digits may be a passport or an organisation's INN. Inside what
    rules may let pass (an organisation's name, a kind of the operator's own) nothing is dropped.
    """
    kept: list[Hit] = []
    around: list[Hit] = []
    for hit in sorted(hits, key=_place):
        around = [one for one in around[-_DEEPEST:] if one.end > hit.start and one.text == hit.text]
        if not any(_covers(other, hit) for other in around):
            kept.append(hit)
            around.append(hit)
    return kept


def best(hits: Iterable[Hit]) -> list[Hit]:
    """One kind a stretch, in reading order: of hits that overlap, the surest, then the longest."""
    chosen: list[Hit] = []
    cluster: list[Hit] = []
    reach = 0
    for hit in without_parts(hits):
        if cluster and (hit.text != cluster[-1].text or hit.start >= reach):
            chosen += _disjoint(cluster)
            cluster, reach = [], 0
        cluster.append(hit)
        reach = max(reach, hit.end)
    return chosen + _disjoint(cluster)


def _place(hit: Hit) -> tuple[int, int, int, float]:
    return hit.text, hit.start, -hit.end, -hit.score


def _covers(outer: Hit, inner: Hit) -> bool:
    if outer.text != inner.text or inner.end > outer.end:
        return False
    kind = outer.detector.kind
    if kind == inner.detector.kind:
        return True
    same = (outer.start, outer.end) == (inner.start, inner.end)
    spec = KINDS.get(kind)
    return not same and outer.score >= inner.score and spec is not None and spec.category in _WHOLE_PROTECTS_PART


def _disjoint(cluster: Sequence[Hit]) -> list[Hit]:
    chosen: list[Hit] = []
    for hit in sorted(cluster, key=lambda hit: (-hit.score, hit.start - hit.end)):
        if not any(hit.start < other.end and other.start < hit.end for other in chosen):
            chosen.append(hit)
    return sorted(chosen, key=_place)
