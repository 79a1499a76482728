"""A Node program's package: the directory that its package.json stands in, and where its modules are found.

Source: https://nodejs.org/api/modules.html#loading-from-node_modules-folders
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping

from lightship.closure.mentions import language_of
from lightship.closure.surroundings import TEXT_LIMIT, Surroundings

_BESIDE = frozenset(
    {
        *("scripts", "script", "ci", "test", "tests", "__tests__", "spec", "etc", "deps", "tools", "example"),
        *("examples", "demo", "docs", "doc", "benchmark", "benchmarks", "bench", ".github", ".circleci"),
    }
)

# What of a package.json says what of the package is used: https://docs.npmjs.com/cli/configuring-npm/package-json
_ENTRIES = ("main", "module", "exports", "bin", "browser", "imports")
_INSTALLING = ("preinstall", "install", "postinstall")
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
    if not modules or len(parts) < len(name) + 2:
        return False
    what = parts[len(name)]
    if what not in _BESIDE:
        what = parts[-1]
        if not what.endswith((".sh", ".bash")):
            return False
    package = f"{before}{modules}{'/'.join(name)}"
    if (package, what) not in around.named_beside:
        around.named_beside[package, what] = _is_named(around, package, what)
    return not around.named_beside[package, what]


def _is_named(around: Surroundings, package: str, what: str) -> bool:
    """Whether a folder or a script of a package (a path) is named by its other files, in a path or as a string."""
    tree = around.tree
    manifest = tree.read(f"{package}/package.json", TEXT_LIMIT)
    with contextlib.suppress(ValueError, RecursionError):
        manifest = json.dumps(_used(json.loads(manifest))).encode()
    named = re.compile(rb"[\"'`/ ]" + re.escape(what.encode()) + rb"(?:[/\"'` ])")
    if named.search(manifest):
        return True
    for located in tree.walk(package):
        path = located.entry.path
        inside = path[len(package) + 1 :].split("/")
        if located.entry.kind != "file" or language_of(path) != "node":
            continue
        beside = inside[0] in _BESIDE or "node_modules" in inside
        if not beside and named.search(tree.read(path, TEXT_LIMIT)):
            return True
    return False


def _used(manifest: object) -> list[object]:
    """What a package.json says is used of its package, not what its authors test and release it with."""
    if not isinstance(manifest, Mapping):
        return []
    scripts, directories = manifest.get("scripts"), manifest.get("directories")
    return [
        *(manifest.get(key) for key in _ENTRIES),
        *(scripts.get(key) for key in _INSTALLING if isinstance(scripts, Mapping)),
        directories.get("bin") if isinstance(directories, Mapping) else None,
    ]


def _above(path: str) -> Iterator[str]:
    """The directories above a path, innermost first; the root itself is never a package."""
    directory = path.rpartition("/")[0]
    while directory:
        yield directory
        directory = directory.rpartition("/")[0]
