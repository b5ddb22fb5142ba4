"""The conditions that conftest.py sets for every test hold."""

from __future__ import annotations

from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")


def outcome(pytester: pytest.Pytester, test: str) -> dict[str, int]:
    """What pytest says of one file of tests under our conftest."""
    pytester.makeconftest(CONFTEST.read_text())
    pytester.makepyfile(test)
    return pytester.runpytest_subprocess("-p", "no:cacheprovider").parseoutcomes()


def test_a_connection_to_another_machine_fails_the_test_even_if_the_error_is_swallowed(
    pytester: pytest.Pytester,
) -> None:
    test = """
        import contextlib, socket
        def test_it():
            with contextlib.suppress(OSError):
                socket.create_connection(("192.0.2.1", 80), timeout=1)
    """
    assert outcome(pytester, test) == {"passed": 1, "errors": 1}


def test_a_connection_to_loopback_is_fine(pytester: pytest.Pytester) -> None:
    test = """
        import socket
        def test_it():
            with socket.create_server(("127.0.0.1", 0)) as server:
                socket.create_connection(server.getsockname()).close()
    """
    assert outcome(pytester, test) == {"passed": 1}


def test_a_skip_is_a_failure_where_tools_are_required(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUIRE_TOOLS", "1")
    assert outcome(pytester, "import pytest\ndef test_it():\n    pytest.skip('no such tool')") == {"failed": 1}


def test_a_skip_is_told_loudly_where_tools_are_optional(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUIRE_TOOLS", raising=False)
    pytester.makeconftest(CONFTEST.read_text())
    pytester.makepyfile("import pytest\ndef test_it():\n    pytest.skip('no such tool')")
    pytester.runpytest_subprocess().stdout.fnmatch_lines(["*NOT TESTED HERE*", "*1 skipped: no such tool"])
