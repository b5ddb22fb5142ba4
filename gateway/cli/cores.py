"""How many cores this process may use: its affinity, and the quota of the control groups it runs in."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

_GROUPS = Path("/sys/fs/cgroup")
_OWN_GROUP = Path("/proc/self/cgroup")


def usable_cores(groups: Path = _GROUPS, own_group: Path = _OWN_GROUP) -> int:
    """At least 1. A quota of 1.5 cores counts as two; where there are no control groups (version 2) there is none."""
    return max(1, min(len(os.sched_getaffinity(0)), *_quotas(groups, own_group)))


def _quotas(groups: Path, own_group: Path) -> Iterator[int]:
    """Of the own group and of all above it. Source: kernel.org, cgroup-v2, cpu.max."""
    yield os.cpu_count() or 1
    group = groups / _group(own_group)
    for place in (group, *group.parents):
        if not place.is_relative_to(groups):
            return
        try:
            quota, period = (place / "cpu.max").read_text("ascii").split()
        except (OSError, ValueError):
            continue
        if quota != "max":
            yield math.ceil(int(quota) / int(period))


def _group(own_group: Path) -> str:
    try:
        lines = own_group.read_text("utf-8").splitlines()
    except OSError:
        return ""
    return next((line[3:].strip("/") for line in lines if line.startswith("0::")), "")
