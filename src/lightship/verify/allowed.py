"""Whether a difference between two images' files counts.

A caller (``optimize``, the user's `[[verify.allow]]`) adds its own allowances to the built-in ones for one comparison;
nothing else is ever let through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from lightship.verify.built_in import ANY, BUILT_IN, Allowance, Change

__all__ = ["ANY", "BUILT_IN", "NONE", "Allowance", "Allowances", "Change", "allowance", "allowance_of_difference"]


class Allowances:
    """A caller's own allowances, looked up by path: there may be thousands, and as many paths to ask for.

    Patterns are kept by the directory that they all start with, so that a path meets only those that can match it.
    """

    __slots__ = ("_below", "_exact")

    def __init__(self, given: Iterable[Allowance] = ()) -> None:
        self._exact: dict[str, list[Allowance]] = {}
        self._below: dict[str, list[tuple[re.Pattern[str], Allowance]]] = {}
        for one in given:
            if "*" in one.pattern:
                literal = one.pattern[: one.pattern.index("*")].rpartition("/")[0]
                pattern = re.compile(_translate(one.pattern), re.DOTALL)
                self._below.setdefault(literal, []).append((pattern, one))
            else:
                self._exact.setdefault(one.pattern, []).append(one)

    def of(self, path: str) -> Iterator[Allowance]:
        """Those that name a path."""
        yield from self._exact.get(path, ())
        at = path
        while True:
            # ``x/**`` names x itself too, so the path is looked up like the directories above it.
            for pattern, one in self._below.get(at, ()):
                if pattern.fullmatch(path):
                    yield one
            if not at:
                return
            at = at.rpartition("/")[0]


NONE = Allowances()


def allowance(path: str, change: Change, extra: Allowances = NONE) -> str:
    """Why this change of this path does not count, or ""."""
    for one in extra.of(path):
        if change in one.changes:
            return one.why
    if not _compiled(_patterns(change)).fullmatch(path):
        return ""
    return next(one.why for one in BUILT_IN if change in one.changes and _compiled((one.pattern,)).fullmatch(path))


@lru_cache(maxsize=8)
def _patterns(change: Change) -> tuple[str, ...]:
    return tuple(one.pattern for one in BUILT_IN if change in one.changes)


@lru_cache(maxsize=1024)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(_translate(pattern) for pattern in patterns), re.DOTALL)


def _translate(pattern: str) -> str:
    """A pattern as a regular expression; ``x/**`` also matches ``x`` itself, ``**/x`` also a plain ``x``."""
    head = "(?:.*/)?" if pattern.startswith("**/") else ""
    tail = "(?:/.*)?" if pattern.endswith("/**") else ""
    core = pattern.removeprefix("**/").removesuffix("/**")
    words = (".*" if word == "**" else re.escape(word).replace(r"\*", "[^/]*") for word in re.split(r"(\*\*)", core))
    return f"{head}{''.join(words)}{tail}"


def allowance_of_difference(path: str, extra: Allowances) -> str:
    """Why a difference does not count by the caller's own allowances, or ""; ``path`` is its path joined with "/"."""
    return next((one.why for one in extra.of(path)), "")
