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
    patterns = (
        pattern for one in ECOSYSTEMS for pattern in (*one.downloads, *(() if one.name in without else one.caches))
    )
    return tuple(sorted({path for pattern in patterns for path in _in_homes(pattern, homes)}))


def toolchains(homes: Iterable[str], sites: Iterable[str] = ()) -> tuple[Toolchain, ...]:
    """Every toolchain, its trees written out for the home directories and the site-packages of one image."""
    homes, sites = tuple(homes), tuple(sites)
    return tuple(
        replace(
            toolchain,
            trees=tuple(path for tree in toolchain.trees for at in _in_homes(tree, homes) for path in _in(at, sites)),
        )
        for ecosystem in ECOSYSTEMS
        for toolchain in ecosystem.toolchains
    )


class PathPatterns:
    """Patterns of files and directories; a pattern covers what it names and all that is below it.

    Patterns are fnmatch patterns that match part by part, so that ``*`` never crosses a slash. They are kept as a
    tree of their parts, and where a directory stands in it is remembered: paths come by the thousand from each.
    """

    __slots__ = ("_places", "_root")

    def __init__(self, patterns: Iterable[str]) -> None:
        self._root = _Part()
        # Where a directory stands in the tree; None once a pattern has named it or one above it.
        self._places: dict[str, tuple[_Part, ...] | None] = {"": (self._root,)}
        for pattern in patterns:
            part = self._root
            for word in pattern.split("/"):
                part = part.child(word)
            part.is_end = True

    def covers(self, path: str) -> bool:
        """Whether a pattern names ``path`` or a directory above it."""
        directory, _, name = path.rpartition("/")
        place = self._places[directory] if directory in self._places else self._place(directory)
        return place is None or (bool(place) and self._below(place, name) is None)

    def _place(self, directory: str) -> tuple[_Part, ...] | None:
        if directory not in self._places:
            above, _, name = directory.rpartition("/")
            self._places[directory] = self._below(self._place(above), name)
        return self._places[directory]

    def _below(self, place: tuple[_Part, ...] | None, name: str) -> tuple[_Part, ...] | None:
        if not place:
            return place
        level = tuple(found for part in place for found in part.matching(name))
        return None if any(part.is_end for part in level) else level


class _Part:
    """One part of some patterns, and what may follow it."""

    __slots__ = ("globs", "is_end", "literal")

    def __init__(self) -> None:
        self.literal: dict[str, _Part] = {}
        self.globs: dict[str, _Part] = {}
        self.is_end = False

    def child(self, word: str) -> _Part:
        """The part for a word, made when it is not there."""
        return (self.globs if _GLOB & set(word) else self.literal).setdefault(word, _Part())

    def matching(self, word: str) -> list[_Part]:
        """The parts that a word of a path may go on to."""
        found = [self.literal[word]] if word in self.literal else []
        if self.globs:
            found += [part for glob, part in self.globs.items() if fnmatchcase(word, glob)]
        return found


_GLOB = frozenset("*?[")


def _in(pattern: str, sites: tuple[str, ...]) -> tuple[str, ...]:
    """A pattern for every site-packages (``usr/local/lib/python3.11/site-packages``) of an image."""
    if "{site}" in pattern:
        return tuple(pattern.replace("{site}", site) for site in sites)
    if "{prefix}" in pattern:
        prefixes = dict.fromkeys(site.rsplit("/", 3)[0] for site in sites if site.count("/") >= 3)
        return tuple(pattern.replace("{prefix}", prefix) for prefix in prefixes)
    return (pattern,)


def _in_homes(pattern: str, homes: tuple[str, ...]) -> tuple[str, ...]:
    if "{home}" not in pattern:
        return (pattern,)
    return tuple(pattern.replace("{home}", home.strip("/")) for home in homes)
