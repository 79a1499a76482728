"""What a split is: which paths, packages and instructions go into the runtime stage, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lightship.dockerfile import Instruction
from lightship.multistage.cover import Tree

RuntimeKind = Literal["scratch", "distroless", "slim", "same"]


@dataclass(frozen=True, slots=True)
class Copy:
    """One tree that the runtime stage takes from the builder stage, and why. ``size`` in bytes.

    ``owner`` is (uid, gid) when all of the tree has one owner that is not root, else None.
    """

    tree: Tree
    reason: str
    owner: tuple[int, int] | None = None


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
class Partition:
    """The original's effects, divided between the builder and the runtime stage.

    ``head`` stays in the builder stage, ``tail`` moves behind the runtime stage's own lines, both word for word.
    ``removals`` are paths of the base image that the original had removed.
    """

    kind: RuntimeKind
    base: str
    head: tuple[Instruction, ...]
    tail: tuple[Instruction, ...]
    copies: tuple[Copy, ...]
    kept: tuple[KeptPackage, ...]
    dropped: tuple[DroppedPackage, ...]
    removals: tuple[str, ...] = ()
    recommends: bool = False
    ldconfig: bool = False


@dataclass(frozen=True, slots=True)
class Hunk:
    """A change to the Dockerfile: where, why, and the bytes it saves (None where that is not known)."""

    line: int
    reason: str
    saves: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A Dockerfile to build and prove. ``refused`` says why there is none, else it is ""."""

    kind: RuntimeKind
    title: str
    text: str = ""
    hunks: tuple[Hunk, ...] = ()
    refused: str = ""
