"""Languages: what their package managers leave behind, and which trees only building needs."""

from __future__ import annotations

from collections.abc import Iterable
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

__all__ = ["ECOSYSTEMS", "Ecosystem", "Toolchain", "caches", "matching", "toolchains"]


def caches(homes: Iterable[str]) -> tuple[str, ...]:
    """Patterns of every package manager's cache, for the home directories of one image (no leading slash)."""
    return tuple(
        sorted(
            {
                pattern.replace("{home}", home.strip("/"))
                for ecosystem in ECOSYSTEMS
                for pattern in ecosystem.caches
                for home in (homes if "{home}" in pattern else ("",))
            }
        )
    )


def toolchains(homes: Iterable[str]) -> tuple[Toolchain, ...]:
    """Every toolchain, its trees written out for the home directories of one image."""
    return tuple(
        Toolchain(
            name=toolchain.name,
            trees=tuple(
                tree.replace("{home}", home.strip("/"))
                for tree in toolchain.trees
                for home in (homes if "{home}" in tree else ("",))
            ),
            programs=toolchain.programs,
            source=toolchain.source,
        )
        for ecosystem in ECOSYSTEMS
        for toolchain in ecosystem.toolchains
    )


def matching(path: str, patterns: Iterable[str]) -> str | None:
    """The first pattern that names ``path`` or a directory above it; patterns match part by part."""
    parts = path.split("/")
    for pattern in patterns:
        wanted = pattern.split("/")
        if len(parts) >= len(wanted) and all(
            fnmatchcase(part, glob) for part, glob in zip(parts, wanted, strict=False)
        ):
            return pattern
    return None
