"""A gateway that crashes leaves no core behind: originals and keys would stand in it."""

from __future__ import annotations

import resource


def leave_no_core() -> None:
    """For this process and those it starts.

    One byte, not none, where that is allowed: Linux hands a core to a program (``|/usr/…`` in ``core_pattern``) also
    under a limit of 0, but never under 1, and a file of less than a page is not written. Source: core(5), and the
    kernel's fs/coredump.c.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    most = 1 if hard == resource.RLIM_INFINITY else min(1, hard)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
