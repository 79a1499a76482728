"""Paths that match a pattern with ``*`` and ``?`` in its parts, found by reading only the directories on the way."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from lightship.closure.surroundings import Surroundings


def matching_files(around: Surroundings, pattern: str) -> Iterator[str]:
    """The files that match, as the pattern writes their paths."""
    return (place for place in _places(around, pattern) if around.paths.is_file(place))


def matching_directories(around: Surroundings, pattern: str) -> Iterator[str]:
    """The directories that match, by their real paths."""
    for place in _places(around, pattern):
        real = around.paths.real(place)
        if real and around.paths.kind(real) == "dir":
            yield real


def _places(around: Surroundings, pattern: str) -> list[str]:
    places = [""]
    for part in pattern.split("/"):
        found = []
        for place in places:
            prefix = f"{place}/" if place else ""
            if not any(sign in part for sign in "*?["):
                found.append(f"{prefix}{part}")
                continue
            real = around.paths.real(place) or place
            found += [f"{prefix}{name}" for name in around.tree.names(real) if fnmatchcase(name, part)]
        places = found
    return places
