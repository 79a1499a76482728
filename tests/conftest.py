"""Fixtures that every test may use: container engines, each tried for real before a test sees it.

``engine`` runs a test once per engine; one that does not work here is skipped with its reason, or fails the test when
``LIGHTSHIP_REQUIRE_ENGINES=1``. ``engines_present`` are the names of those that work. At the end of the session a table
says what ran where.
"""

from __future__ import annotations

import functools
import os
from collections import Counter
from collections.abc import Iterator

import pytest

from lightship.engines import ENGINES, open_engine
from lightship.engines.protocol import Engine
from lightship.engines.self_test import self_test
from lightship.errors import LightshipError

# Expectations are in English, whatever the machine speaks.
os.environ["LANGUAGE"] = "en"
NAMES = tuple(name for name, _ in ENGINES)
_outcomes: Counter[tuple[str, str]] = Counter()


@functools.cache
def _problem(name: str) -> str:
    """Why an engine cannot be used here, "" when it can: it is asked to build and run something tiny.

    Asked twice before it is believed to fail: another process that builds the very same tiny image in the same store
    may remove it in between (buildah #5674).
    """
    return _asked(name) and _asked(name)


def _asked(name: str) -> str:
    try:
        engine = open_engine(name)
        try:
            result = self_test(engine)
        finally:
            engine.clean(engine.run_id)
    except LightshipError as error:
        return f"{error.what} ({error.why})" if error.why else error.what
    return "; ".join(f"{check.name}: {check.problem}" for check in result.checks if check.problem)


@pytest.fixture(scope="session", params=NAMES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each engine in turn, one for the whole session. What tests make with it is removed at the end."""
    problem = _problem(request.param)
    if problem and os.environ.get("LIGHTSHIP_REQUIRE_ENGINES") == "1":
        pytest.fail(f"{request.param} is required: {problem}")
    if problem:
        pytest.skip(f"{request.param}: {problem}")
    engine = open_engine(request.param)
    yield engine
    engine.clean(engine.run_id)


@pytest.fixture(scope="session")
def engines_present() -> tuple[str, ...]:
    """The names of the engines that work here."""
    present = tuple(name for name in NAMES if not _problem(name))
    if not present and os.environ.get("LIGHTSHIP_REQUIRE_ENGINES") == "1":
        pytest.fail("no engine works here: " + "; ".join(f"{name}: {_problem(name)}" for name in NAMES))
    return present


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the expected files of golden cases")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for an engine is marked so: `-m engine` and `-m "not engine"` may then run beside each other."""
    for item in items:
        if {"engine", "engines_present"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.engine)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    name = next((name for name in NAMES if f"[{name}" in report.nodeid or f"-{name}]" in report.nodeid), "")
    if name and (report.when == "call" or report.outcome != "passed"):
        _outcomes[name, report.outcome] += 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _outcomes:
        return
    terminalreporter.section("engines")
    for name in NAMES:
        counts = ", ".join(f"{_outcomes[name, outcome]} {outcome}" for outcome in ("passed", "failed", "skipped"))
        reason = _problem(name)
        terminalreporter.write_line(f"{name:8} {counts}{'  (' + reason + ')' if reason else ''}")
