"""What every test lives under: loopback only, deterministic examples, and no skip that goes unnoticed."""

from __future__ import annotations

import ipaddress
import os
import signal
import sys
from collections import Counter
from collections.abc import Generator
from typing import TypeVar

import hypothesis
import pytest

pytest_plugins = ["pytester"]

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.register_profile("dev", deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

signal.signal(signal.SIGINT, signal.default_int_handler)
"""Who starts the tests in the background may have had it ignored, and every process they start would inherit that."""

REQUIRE_TOOLS = os.environ.get("REQUIRE_TOOLS", "") not in ("", "0")
"""Set by `.ci/run`: there a skipped test is a failed one."""

_strangers: list[str] = []
"""Addresses outside loopback that the running test reached for; it fails even if it swallowed the error."""


def _is_loopback(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    return host in (None, "", "localhost") or ((address := _literal(host)) is not None and address.is_loopback)


def _literal(host: object) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return None


def _only_loopback(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse connections and name look-ups that leave the machine. (uvloop connects below this hook.)"""
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        host: object = address[0] if isinstance(address, tuple) else "localhost"
    elif event == "socket.getaddrinfo" and _literal(arguments[0]) is None:
        host = arguments[0]
    else:
        return
    if not _is_loopback(host):
        _strangers.append(f"{event} {host!r}")
        msg = f"tests stay on loopback: {event} {host!r}"
        raise PermissionError(msg)


sys.addaudithook(_only_loopback)


@pytest.fixture(autouse=True)
def _loopback_only() -> Generator[None]:
    _strangers.clear()
    yield
    assert not _strangers, f"the test reached outside loopback: {_strangers}"


def _judge_skip(report: Report) -> Report:
    """The report itself; a failed one in place of a skip where skips are not allowed."""
    if report.outcome == "skipped" and REQUIRE_TOOLS and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"REQUIRE_TOOLS is set, so this skip is a failure: {_reason(report)}"
    return report


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    told = report.longrepr
    return str(told[2]) if isinstance(told, tuple) else str(told)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _judge_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _judge_skip((yield))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not tested on this machine."""
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", ()))
    if reasons:
        terminalreporter.section("NOT TESTED HERE", sep="!", red=True)
        for reason, count in sorted(reasons.items()):
            terminalreporter.line(f"{count:4} skipped: {reason.removeprefix('Skipped: ')}", yellow=True)
