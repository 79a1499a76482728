"""What a split is: which paths, packages and instructions go into the runtime stage, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RuntimeKind = Literal["scratch", "distroless", "slim", "same"]


@dataclass(frozen=True, slots=True)
class Trims:
    """What may be taken away beyond what running shows to be unneeded, because the user asked for it.

    ``prune``: parts of a language's own library that nothing imports; ``bytecode``: "drop" Python's compiled modules,
    which it makes again at every start; ``strip``: the symbols of libraries and programs that no package owns.
    """

    prune: bool = False
    bytecode: Literal["keep", "drop"] = "keep"
    strip: bool = False


@dataclass(frozen=True, slots=True)
class KeptPackage:
    """An OS package of the runtime stage, and why it is there."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class DroppedPackage:
    """An OS package that an instruction asked for and the runtime stage leaves out, and why."""

    name: str
    reason: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Hunk:
    """A change to the Dockerfile: where, why, and the bytes it saves (None where that is not known)."""

    line: int
    reason: str
    saves: int | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """Paths that the runtime stage leaves out on purpose, as a pattern (``**`` crosses slashes), and why.

    ``size`` is the bytes of everything that is left for this reason; 0 on all but its first pattern.
    """

    pattern: str
    reason: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A Dockerfile to build and prove. ``refused`` says why there is none, else it is ""."""

    kind: RuntimeKind
    title: str
    text: str = ""
    hunks: tuple[Hunk, ...] = ()
    left: tuple[Left, ...] = ()
    refused: str = ""
