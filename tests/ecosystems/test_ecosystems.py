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
    for one in toolchains(("root",)):
        assert one.programs and one.trees and one.source.startswith("https://"), one.name
        assert not any(" " in program or "/" in program for program in one.programs), "bare names, as they are called"
