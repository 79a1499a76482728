"""Languages: what their package managers leave behind, and which trees only building needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from fnmatch import fnmatchcase

from lightship.ecosystems.c import C
from lightship.ecosystems.dotnet import DOTNET
from lightship.ecosystems.go import GO
from lightship.ecosystems.java import JAVA
from lightship.ecosystems.model import Ecosystem, Toolchain
from lightship.ecosystems.node import NODE
from lightship.ecosystems.php import PHP
from lightship.ecosystems.python import PYTHON
from lightship.ecosystems.ruby import RUBY
from lightship.ecosystems.rust import RUST

ECOSYSTEMS: tuple[Ecosystem, ...] = (PYTHON, NODE, GO, RUST, JAVA, RUBY, PHP, DOTNET, C)

__all__ = ["ECOSYSTEMS", "Ecosystem", "PathPatterns", "Toolchain", "caches", "toolchains"]


def caches(homes: Iterable[str], *, without: Collection[str] = ()) -> tuple[str, ...]:
    """Patterns of every package manager's cache, for the home directories of one image (no leading slash).

    ``without`` names ecosystems whose caches are in use, because a program of theirs runs in the final image.
    """
    homes = tuple(homes)
    patterns = (pattern for one in ECOSYSTEMS if one.name not in without for pattern in one.caches)
    return tuple(sorted({path for pattern in patterns for path in _in_homes(pattern, homes)}))


def toolchains(homes: Iterable[str]) -> tuple[Toolchain, ...]:
    """Every toolchain, its trees written out for the home directories of one image."""
    homes = tuple(homes)
    return tuple(
        replace(toolchain, trees=tuple(path for tree in toolchain.trees for path in _in_homes(tree, homes)))
        for ecosystem in ECOSYSTEMS
        for toolchain in ecosystem.toolchains
    )


class PathPatterns:
    """Patterns of files and directories; a pattern covers what it names and all that is below it.

    Patterns are fnmatch patterns that match part by part, so that ``*`` never crosses a slash.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        patterns = tuple(patterns)
        self._literal = frozenset(pattern for pattern in patterns if not _GLOB & set(pattern))
        self._globs = tuple(tuple(pattern.split("/")) for pattern in patterns if _GLOB & set(pattern))
        self._first = frozenset(glob[0] for glob in self._globs)

    def covers(self, path: str) -> bool:
        """Whether a pattern names ``path`` or a directory above it."""
        if self._literal and self._covered_literally(path):
            return True
        if not self._globs:
            return False
        parts = path.split("/")
        if parts[0] not in self._first:
            return False
        return any(
            len(parts) >= len(glob)
            and all(fnmatchcase(part, wanted) for part, wanted in zip(parts, glob, strict=False))
            for glob in self._globs
        )

    def _covered_literally(self, path: str) -> bool:
        end = len(path)
        while end > 0:
            if path[:end] in self._literal:
                return True
            end = path.rfind("/", 0, end)
        return False


_GLOB = frozenset("*?[")


def _in_homes(pattern: str, homes: tuple[str, ...]) -> tuple[str, ...]:
    if "{home}" not in pattern:
        return (pattern,)
    return tuple(pattern.replace("{home}", home.strip("/")) for home in homes)
