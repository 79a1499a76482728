"""Stages, what they rest on, what they take from each other, and what holds at each instruction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

from lightship.dockerfile import Instruction, Problem
from lightship.text import Span

DEFAULT_SHELL = ("/bin/sh", "-c")
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_NOTHING: Mapping[str, str] = MappingProxyType({})

BaseKind: TypeAlias = Literal["image", "stage", "scratch", "unknown"]


@dataclass(frozen=True, slots=True)
class BaseRef:
    """What a stage starts from: an image's reference, an earlier stage, nothing (``scratch``), or unknown.

    ``reference`` is expanded, empty when unknown; ``written`` is the word in the file.
    """

    kind: BaseKind
    reference: str
    written: str
    stage: int | None = None


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a base image's configuration gives to the stage on top of it; None is unknown."""

    env: Mapping[str, str] | None = None
    workdir: str | None = None
    user: str | None = None
    shell: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What holds just before an instruction runs.

    ``env`` is what goes into the image, ``args`` what ARG has declared in this stage (None: declared without a value),
    ``variables`` both together as the build expands them: the later one wins. ``complete`` is false while the base
    image's environment is not known: then a name that is missing here may still be set. ``workdir`` and ``user`` are
    None when they depend on an unknown base; an empty user is root.
    """

    env: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    args: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))
    variables: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    unknown: frozenset[str] = frozenset()
    complete: bool = True
    workdir: str | None = "/"
    user: str | None = ""
    shell: tuple[str, ...] = DEFAULT_SHELL


@dataclass(frozen=True, slots=True)
class CopyEdge:
    """A ``COPY --from`` or ``RUN --mount=from=``: stage ``into`` takes files from a stage or an image."""

    into: int
    source: int | None
    reference: str
    kind: Literal["copy", "mount"]
    instruction: Instruction


@dataclass(frozen=True, slots=True)
class Stage:
    """One FROM and the instructions up to the next. ``scopes[i]`` holds before ``instructions[i]``, ``end`` after all.

    ``instructions`` are without the FROM. ``name`` is in lower case, as BuildKit compares it.
    """

    index: int
    name: str | None
    base: BaseRef
    platform: str
    from_instruction: Instruction
    instructions: tuple[Instruction, ...]
    scopes: tuple[Scope, ...]
    end: Scope
    span: Span

    @property
    def label(self) -> str:
        """The name, or the number of a stage without one."""
        return self.name or str(self.index)


@dataclass(frozen=True, slots=True)
class StageGraph:
    """All stages of a Dockerfile. ``target`` is the stage that is built, None when there is none.

    ``global_args`` are the ARGs before the first FROM with their values, None for those without.
    """

    stages: tuple[Stage, ...]
    target: Stage | None
    edges: tuple[CopyEdge, ...]
    global_args: Mapping[str, str | None]
    problems: tuple[Problem, ...]

    @property
    def final(self) -> Stage | None:
        """The last stage of the file."""
        return self.stages[-1] if self.stages else None

    @property
    def needed(self) -> tuple[Stage, ...]:
        """The stages that building the target takes, in the order of the file."""
        if self.target is None:
            return ()
        seen: set[int] = set()
        stack = [self.target.index]
        while stack:
            index = stack.pop()
            if index in seen:
                continue
            seen.add(index)
            base = self.stages[index].base.stage
            stack += [] if base is None else [base]
            stack += [edge.source for edge in self.copies_into(index) if edge.source is not None]
        return tuple(stage for stage in self.stages if stage.index in seen)

    def copies_into(self, index: int) -> tuple[CopyEdge, ...]:
        """What a stage takes from elsewhere."""
        return tuple(edge for edge in self.edges if edge.into == index)

    def copies_from(self, index: int) -> tuple[CopyEdge, ...]:
        """Who takes what from a stage."""
        return tuple(edge for edge in self.edges if edge.source == index)

    def named(self, name: str) -> Stage | None:
        """The stage of that name, the last one if several have it; names are compared without regard to case."""
        return next((stage for stage in reversed(self.stages) if stage.name == name.lower()), None)

    def chain(self, stage: Stage) -> tuple[Stage, ...]:
        """The stage and the stages below it, the lowest first."""
        found = [stage]
        while (below := found[-1].base.stage) is not None:
            found.append(self.stages[below])
        return tuple(reversed(found))
