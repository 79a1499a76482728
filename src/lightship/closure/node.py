"""A Node program's package: the directory that its package.json stands in, and where its modules are found.

Source: https://nodejs.org/api/modules.html#loading-from-node_modules-folders
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightship.closure.mentions import language_of
from lightship.closure.surroundings import TEXT_LIMIT, Surroundings

_BESIDE = frozenset(
    {
        *("scripts", "script", "ci", "test", "tests", "__tests__", "spec", "etc", "deps", "tools", "example"),
        *("examples", "demo", "docs", "doc", "benchmark", "benchmarks", "bench", ".github", ".circleci"),
    }
)


# What compiles native modules, or fetches them compiled, while they are installed.
_BUILDERS = frozenset(
    (
        "node-gyp",
        "prebuild",
        "prebuild-install",
        "cmake-js",
        "node-addon-api",
        "nan",
        "husky",
        "lint-staged",
        "napi-build-utils",
    )
)


def node_trees(around: Surroundings, script: str) -> tuple[str, ...]:
    """The trees from which a script (a real path) may require: its package, node_modules above it, NODE_PATH."""
    trees: dict[str, None] = {}
    package = next((at for at in _above(script) if around.paths.is_file(f"{at}/package.json")), None)
    if package is not None:
        trees.setdefault(package)
    for directory in _above(script):
        modules = f"{directory}/node_modules"
        inside = package is not None and f"{modules}/".startswith(f"{package}/")
        if not inside and not script.startswith(f"{modules}/") and around.paths.kind(modules) == "dir":
            trees.setdefault(modules)
    for part in around.variables.get("NODE_PATH", "").split(":"):
        if part and around.paths.kind(around.at(part)) == "dir":
            trees.setdefault(around.at(part))
    return tuple(trees)


def is_beside_package(around: Surroundings, path: str) -> bool:
    """Whether a file of an installed package lies in a folder of it that only its authors use: tests, releases, sources
    that were compiled. One that the package's own code or its package.json names is not among them. Packages that only
    build others are whole.
    """
    before, modules, inside = path.rpartition("node_modules/")
    parts = inside.split("/")
    name = parts[: 2 if inside.startswith("@") else 1]
    if "/".join(name) in _BUILDERS:
        return True
    if not modules or len(parts) < len(name) + 2 or parts[len(name)] not in _BESIDE:
        return False
    package = f"{before}{modules}{'/'.join(name)}"
    if package not in around.named_folders:
        around.named_folders[package] = _named_folders(around, package)
    return parts[len(name)] not in around.named_folders[package]


def _named_folders(around: Surroundings, package: str) -> frozenset[str]:
    """Which of the folders of a package (a path) its other files name, as a part of a path or as a string."""
    tree = around.tree
    there = [name.encode() for name in tree.names(package) if name in _BESIDE]
    named = re.compile(rb"[\"'`/](" + b"|".join(map(re.escape, there)) + rb")(?:/|[\"'`])")
    found = {name for name in there if name + b"/" in tree.read(f"{package}/package.json", TEXT_LIMIT)}
    for located in tree.walk(package):
        path = located.entry.path
        inside = path[len(package) + 1 :].split("/")
        if located.entry.kind != "file" or language_of(path) != "node":
            continue
        if inside[0] not in _BESIDE and "node_modules" not in inside:
            found.update(named.findall(tree.read(path, TEXT_LIMIT)))
    return frozenset(name.decode() for name in found)


def _above(path: str) -> Iterator[str]:
    """The directories above a path, innermost first; the root itself is never a package."""
    directory = path.rpartition("/")[0]
    while directory:
        yield directory
        directory = directory.rpartition("/")[0]
