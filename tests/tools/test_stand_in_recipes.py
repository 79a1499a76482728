"""The table of stand-ins holds together, with no engine and no network."""

import re
from pathlib import Path

import pytest

from stand_ins.build import IMAGES, recipe_keys
from stand_ins.distroless import KEPT, UNWANTED
from stand_ins.recipes import RECIPES, Recipe, chosen


def test_a_base_comes_before_what_is_built_on_it() -> None:
    seen: set[str] = set()
    for recipe in RECIPES:
        assert recipe.base is None or recipe.base in seen, recipe.name
        seen.add(recipe.name)


def test_the_minimal_set_stands_alone() -> None:
    names = {recipe.name for recipe in chosen("minimal")}
    assert all(recipe.base is None or recipe.base in names for recipe in chosen("minimal"))
    assert "python:3.11-slim" in names
    assert len(chosen("full")) == len(RECIPES) > len(names)


def test_every_dockerfile_is_used_and_there() -> None:
    used = {recipe.dockerfile for recipe in RECIPES}
    assert used == {path.name.removesuffix(".Dockerfile") for path in IMAGES.glob("*.Dockerfile")}


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_the_dockerfile_names_the_recipe_s_base_and_files(recipe: Recipe) -> None:
    text = (IMAGES / f"{recipe.dockerfile}.Dockerfile").read_text()
    base = re.search(r"^FROM (\S+)$", text, re.MULTILINE)
    assert base is not None
    assert base[1] in (recipe.base or "scratch", "@BASE@")
    assert set(re.findall(r"\b(\w+\.tar)\b", text.replace("/tmp/", ""))) == set(recipe.files)


def test_names_in_the_registry() -> None:
    by_name = {recipe.name: recipe for recipe in RECIPES}
    assert by_name["python:3.11-slim"].full_name == "docker.io/library/python:3.11-slim"
    assert by_name["gcr.io/distroless/cc-debian12:nonroot"].repository == "gcr.io/distroless/cc-debian12"


def test_a_changed_base_changes_everything_above_it() -> None:
    from dataclasses import replace

    before = recipe_keys(RECIPES)
    changed = [replace(recipe, version="other") if recipe.name == "debian:bookworm" else recipe for recipe in RECIPES]
    differing = {name for name, key in recipe_keys(changed).items() if key != before[name]}
    assert {"debian:bookworm", "buildpack-deps:bookworm", "node:20", "python:3.11", "golang:1.27.3"} <= differing
    assert not {"debian:bookworm-slim", "python:3.11-slim", "node:20-slim"} & differing


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("./usr/lib/x86_64-linux-gnu/libssl.so.3", True),
        ("./usr/share/doc/libc6/copyright", True),
        ("./usr/share/zoneinfo/Europe/Lisbon", True),
        ("./usr/bin/python3.11", True),
        ("./usr/lib/python3.11/json/__init__.py", True),
        ("./usr/bin/tzselect", False),
        ("./sbin/ldconfig", False),
        ("./usr/share/man/man7/libc.7.gz", False),
        ("./usr/share/doc/libc6/changelog.Debian.gz", False),
    ],
)
def test_what_a_distroless_layer_keeps(path: str, kept: bool) -> None:
    assert bool(KEPT.match(path) or not UNWANTED.match(path)) is kept


def test_no_address_but_the_loopback_s(root: Path) -> None:
    for path in sorted((root / "tools").rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            addresses = set(re.findall(r"\b\d+\.\d+\.\d+\.\d+\b", path.read_text()))
            assert addresses <= {"127.0.0.1"}, path
