"""What a comparison says: differences, one result per comparator, one per level, and the verdict over all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lightship.messages import said

State = Literal["same", "different", "unknown", "not reached by the original", "not checked"]
Word = Literal["SAME", "DIFFERENT", "UNKNOWN"]

LEVELS: tuple[str, ...] = (
    "parses",
    "builds",
    "image configuration kept",
    "same packages, files and owners",
    "libraries, interpreters and surroundings resolve",
    "imports, answers to --version, ways to end",
    "starts, listens, answers",
    "healthy, stops, runs hardened",
    "the user's own commands",
)
"""What each level of the ladder asks, L0 to L8 (DESIGN, section 6)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same. Values are text for people; "" means: not there."""

    path: tuple[str, ...]
    """From the general to the particular: ``("image config", "ENV", "PATH")``."""
    original: str = ""
    candidate: str = ""
    children: tuple[Difference, ...] = ()

    @property
    def name(self) -> str:
        """``image config > ENV > PATH``."""
        return " > ".join(self.path)


@dataclass(frozen=True, slots=True)
class Allowed:
    """A difference that does not count, and why."""

    difference: Difference
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one comparator found. ``detail`` says in words what was compared, or why it was not."""

    state: State
    detail: str = ""
    differences: tuple[Difference, ...] = ()
    allowed: tuple[Allowed, ...] = ()
    doubts: tuple[Difference, ...] = ()
    """What is not the same and may or may not matter, or was not stable in the original: makes a level unknown."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LevelResult:
    """One rung of the ladder."""

    level: int
    state: State
    detail: str = ""
    differences: tuple[Difference, ...] = ()
    doubts: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the candidate does what the original does, and how far up the ladder that was shown."""

    word: Word
    level: int
    """The highest level up to which the original and the candidate were shown to be the same; -1 for none."""
    levels: tuple[LevelResult, ...]
    differences: tuple[Difference, ...]
    doubts: tuple[Difference, ...] = ()
    allowed: tuple[Allowed, ...] = ()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return said("{word} up to L{level}", word=self.word, level=self.level) if self.word == "SAME" else self.word

    def holds(self, level: int) -> bool:
        """Whether the two are the same, and were shown to be so up to ``level`` at least."""
        return self.word == "SAME" and self.level >= level


def settle(
    detail: str,
    differences: Iterable[Difference] = (),
    *,
    doubts: Iterable[Difference] = (),
    allowed: Iterable[Allowed] = (),
    notes: Iterable[str] = (),
) -> Comparison:
    """A comparison whose state follows from what was found: any difference, else any doubt, else the same."""
    differences, doubts = tuple(differences), tuple(doubts)
    state: State = "different" if differences else "unknown" if doubts else "same"
    return Comparison(state, detail, differences, tuple(allowed), doubts, tuple(notes))


def not_reached(detail: str, notes: Iterable[str] = ()) -> Comparison:
    """The original itself does not get here, so there is nothing to be the same as."""
    return Comparison("not reached by the original", detail, notes=tuple(notes))


def not_checked(detail: str) -> Comparison:
    """Nobody looked, so nothing is said."""
    return Comparison("not checked", detail)
