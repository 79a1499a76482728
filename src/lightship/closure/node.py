"""A Node program's package: the directory that its package.json stands in, and where its modules are found.

Source: https://nodejs.org/api/modules.html#loading-from-node_modules-folders
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.closure.surroundings import Surroundings


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


def _above(path: str) -> Iterator[str]:
    """The directories above a path, innermost first; the root itself is never a package."""
    directory = path.rpartition("/")[0]
    while directory:
        yield directory
        directory = directory.rpartition("/")[0]
