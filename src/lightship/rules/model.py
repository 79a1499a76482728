"""A rule, what it looks at, and what it says. A rule yields findings and edits; someone else applies them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from lightship.dockerfile import Dockerfile, Instruction
from lightship.semantic import Scope, Stage, StageGraph
from lightship.text import Edit, Span

if TYPE_CHECKING:
    from lightship.rules.context import ContextFacts
    from lightship.shell import Command, Program

Severity: TypeAlias = Literal["error", "warning", "info"]
Category: TypeAlias = Literal["size", "layers", "cache", "security", "correctness"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
CATEGORIES: tuple[Category, ...] = ("size", "layers", "cache", "security", "correctness")

_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that belong together. ``safe``: the built image does what it did before."""

    edits: tuple[Edit, ...]
    safe: bool
    title: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One bad thing at one place. ``bytes`` is what it costs in the image, None when that is not known."""

    rule: str
    message: str
    span: Span
    help: str = ""
    fixes: tuple[Fix, ...] = ()
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of bad thing; the docstring of the module that ``check`` is in is its page.

    ``since`` is the version of the rule set that it came with. ``codes`` are the names that BuildKit and hadolint have
    for the same thing, so that their ignore comments count. A rule that is not ``default`` runs only when selected.
    A ``grammar`` rule looks at single instructions only, so that it is asked about a file with errors too, up to the
    first of them.
    """

    name: str
    severity: Severity
    category: Category
    check: Callable[[Subject], Iterator[Finding]]
    since: str = "2026.11"
    fixable: bool = False
    codes: tuple[str, ...] = ()
    default: bool = True
    grammar: bool = False


class ImageFacts(Protocol):
    """What is known of an image that was built from the Dockerfile."""

    @property
    def platform(self) -> str:
        """The platform that was built for (``linux/amd64``), empty when not known."""
        ...

    def bytes_below(self, instruction: Instruction, *folders: str) -> int | None:
        """Bytes that an instruction's layer adds below ``folders`` (``var/lib/apt/lists``); None when not known."""
        ...

    def platform_of(self, reference: str) -> str | None:
        """The platform (``linux/amd64``) of a base image, None when not known."""
        ...


@dataclass(frozen=True, slots=True)
class Placed:
    """An instruction and where it stands: ``stage.instructions[index]``, or the stage's FROM when index is -1."""

    stage: Stage
    index: int
    instruction: Instruction

    @property
    def scope(self) -> Scope:
        """What holds just before the instruction."""
        return self.stage.scopes[self.index] if self.index >= 0 else Scope()


@dataclass(frozen=True, slots=True)
class Subject:
    """One Dockerfile with everything that rules may know about it. ``context`` and ``image`` are None when unknown."""

    dockerfile: Dockerfile
    graph: StageGraph
    path: Path | None = None
    context: ContextFacts | None = None
    image: ImageFacts | None = None
    _known: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def text(self) -> str:
        """The Dockerfile's text."""
        return self.dockerfile.text

    @property
    def image_stages(self) -> tuple[Stage, ...]:
        """The stages whose layers are in the final image: the target and what it stands on, the lowest first."""
        if "chain" not in self._known:
            target = self.graph.target
            self._known["chain"] = self.graph.chain(target) if target is not None else ()
        chain: tuple[Stage, ...] = self._known["chain"]
        return chain

    def in_image(self, stage: Stage) -> bool:
        """Whether the stage's layers are in the final image; false for builder stages."""
        return any(stage.index == one.index for one in self.image_stages)

    def instructions(self, *keywords: str) -> tuple[Placed, ...]:
        """The instructions with one of these keywords (any when none is given) in all stages, FROM included."""
        return self._placed("all", keywords)

    def image_instructions(self, *keywords: str) -> tuple[Placed, ...]:
        """As ``instructions``, in the stages whose layers are in the final image."""
        return self._placed("image", keywords)

    def _placed(self, where: str, keywords: tuple[str, ...]) -> tuple[Placed, ...]:
        key = (where, *keywords)
        found: tuple[Placed, ...] | None = self._known.get(key)
        if found is None:
            if keywords:
                found = tuple(one for one in self._placed(where, ()) if one.instruction.keyword in keywords)
            else:
                found = tuple(_placed(self.graph.stages if where == "all" else self.image_stages))
            self._known[key] = found
        return found

    def commands(self, placed: Placed, *mentions: str) -> tuple[Command, ...]:
        """The shell commands of a RUN, CMD, ENTRYPOINT or HEALTHCHECK in shell form, or its heredoc.

        Empty when the instruction's text has none of ``mentions``: then the shell text is not even parsed.
        """
        text = placed.instruction.text
        if mentions and not any(word in text for word in mentions):
            return ()
        key = ("commands", placed.instruction.span.start)
        found: tuple[Command, ...] | None = self._known.get(key)
        if found is None:
            found = self._known[key] = tuple(_commands(placed))
        return found

    def programs(self, placed: Placed, *names: str) -> tuple[Program, ...]:
        """The programs of these names that an instruction calls, through ``sudo``, ``sh -c`` and exec form too.

        All programs when no name is given. A name has no path; text that holds none of the names is not parsed.
        """
        text = placed.instruction.text
        if names and not any(name in text for name in names):
            return ()
        key = ("programs", placed.instruction.span.start)
        found: tuple[tuple[str, Program], ...] | None = self._known.get(key)
        if found is None:
            called = _programs(placed, self.commands(placed))
            found = self._known[key] = tuple((posixpath.basename(one.name), one) for one in called)
        return tuple([one for name, one in found if not names or name in names])


def _placed(stages: tuple[Stage, ...]) -> Iterator[Placed]:
    for stage in stages:
        yield Placed(stage, -1, stage.from_instruction)
        for index, instruction in enumerate(stage.instructions):
            yield Placed(stage, index, instruction)


def _commands(placed: Placed) -> Iterator[Command]:
    if posixpath.basename(placed.scope.shell[0]) not in _SHELLS:
        return
    # Imported here: most files have rules to run before any shell text must be read.
    from lightship.semantic.run import run_scripts

    for one in run_scripts(placed.instruction, variables=placed.scope.variables):
        yield from one.script.commands


def _programs(placed: Placed, commands: tuple[Command, ...]) -> tuple[Program, ...]:
    from lightship.shell import Command, Script, ShellWord, programs

    instruction = placed.instruction
    if instruction.exec_form is not None and instruction.keyword in ("run", "cmd", "entrypoint", "healthcheck"):
        words = instruction.words[1:] if instruction.keyword == "healthcheck" else instruction.words
        shell_words = tuple(ShellWord(word.text, word.text, word.span) for word in words)
        commands = (Command(shell_words, (), (), "", (), instruction.arguments_span, False),) if words else ()
    if not commands:
        return ()
    functions = tuple({one.function for one in commands if one.function})
    return programs(Script(instruction.arguments, commands, functions))
