"""Which cases of the corpus a run of the tests takes: a few quick ones, or all."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from lightship.engines import open_engine
from lightship.engines.protocol import Engine

from .corpus import Case, cases

QUICK = (
    "c/dlopen_plugins",
    "go/cli_ends",
    "node/express_npm_ci",
    "python/console_script",
    "python/tini_gosu_entry",
    "python/volume_seeded",
)
"""One of each kind, none slower than half a minute to build on one core."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("lightship e2e")
    group.addoption("--all-cases", action="store_true", help="build every case of tests/e2e, not only a few quick ones")
    group.addoption("--case", action="append", default=[], metavar="TEXT", help="only cases with TEXT in their name")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", selected(metafunc.config), ids=lambda case: case.name)


def selected(config: pytest.Config) -> tuple[Case, ...]:
    """The cases that this run takes. pytest knows the options only when it was pointed at this folder or a file in it;
    ``LIGHTSHIP_ALL_CASES=1`` does the same from anywhere."""
    wanted = config.getoption("case", default=[])
    if wanted:
        return tuple(case for case in cases() if any(text in case.name for text in wanted))
    if all_cases(config):
        return cases()
    return tuple(case for case in cases() if case.name in QUICK)


def all_cases(config: pytest.Config) -> bool:
    """Whether this run has the time for everything."""
    return bool(config.getoption("all_cases", default=False)) or os.environ.get("LIGHTSHIP_ALL_CASES") == "1"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What builds and runs every candidate of a case belongs to a run of all cases, and is no part of another."""
    if not all_cases(config):
        items[:] = [item for item in items if item.get_closest_marker("all_cases") is None]


@pytest.fixture
def case_engine(case: Case, engines_present: tuple[str, ...]) -> Iterator[Engine]:
    """One engine a case, another for the next one: all engines see some, and a run stays bearable.

    What works on which engine is tested in ``tests/engines`` and on the FastAPI sample, on all of them.
    """
    names = [one.name for one in cases()]
    engine = open_engine(engines_present[names.index(case.name) % len(engines_present)])
    yield engine
    engine.clean(engine.run_id)
