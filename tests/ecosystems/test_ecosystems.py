"""Languages as data: one file each in the registry, and patterns that match part by part."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightship import ecosystems
from lightship.ecosystems import ECOSYSTEMS, PathPatterns, caches, toolchains

FOLDER = Path(ecosystems.__file__).parent


def test_the_registry_is_the_folder() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "model"}
    assert {one.name for one in ECOSYSTEMS} == files


def test_homes_are_written_out() -> None:
    found = caches(("root", "home/app"))
    assert "root/.cache/pip" in found
    assert "home/app/.cache/pip" in found
    assert not any("{home}" in pattern for pattern in found)
    assert not any("{home}" in tree for one in toolchains(("root",)) for tree in one.trees)


def test_a_cache_in_use_is_none() -> None:
    assert "go/pkg/mod" in caches(("root",))
    assert "go/pkg/mod" not in caches(("root",), without={"go"})


@pytest.mark.parametrize(
    ("path", "covered"),
    [
        ("root/.npm", True),
        ("root/.npm/_cacache/x", True),
        ("root/.npmrc", False),
        ("usr/include/python3.11/Python.h", True),
        ("usr/include", False),
        ("opt/tool-1.2/bin/x", True),
        ("opt/tool-1.2x/a/b/c", True),
        ("opt/other", False),
        ("opt", False),
    ],
)
def test_patterns_match_part_by_part(path: str, covered: bool) -> None:
    assert PathPatterns(["root/.npm", "usr/include/python*", "opt/tool-*"]).covers(path) is covered


def test_every_toolchain_says_who_calls_it_and_where_that_is_written() -> None:
    for one in toolchains(("root",), ("usr/local/lib/python3.11/site-packages",)):
        assert (one.programs or one.modules) and one.trees and one.source.startswith("https://"), one.name
        assert not any(" " in program or "/" in program for program in one.programs), "bare names, as they are called"


def test_python_toolchains_lie_in_every_site_packages_and_beside_it() -> None:
    sites = ("usr/local/lib/python3.11/site-packages", "opt/venv/lib/python3.11/site-packages")
    pip = next(one for one in toolchains(("root",), sites) if one.name == "pip")
    assert {"opt/venv/lib/python3.11/site-packages/pip", "opt/venv/bin/pip", "usr/local/bin/pip"} <= set(pip.trees)
    assert not any("{" in tree for one in toolchains(("root",), sites) for tree in one.trees)


def test_without_python_no_toolchain_names_a_place_of_it() -> None:
    assert not any("{" in tree for one in toolchains(("root",)) for tree in one.trees)


def test_a_pattern_remembers_directories_and_still_tells_siblings_apart() -> None:
    patterns = PathPatterns(["a/b*/c"])
    assert [patterns.covers(path) for path in ("a/b1/c", "a/b1/d", "a/b2/c/x", "a/x/c", "a/b1", "a")] == [
        True, False, True, False, False, False,
    ]  # fmt: skip
