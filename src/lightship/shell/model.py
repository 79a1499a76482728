"""A shell script as a list of simple commands, each with where it stands and what it hangs on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from lightship.text import Span

Connector: TypeAlias = Literal["", "&&", "||", ";", "|", "&"]
Nesting: TypeAlias = Literal["subshell", "group", "if", "for", "while", "case", "function", "substitution"]


@dataclass(frozen=True, slots=True)
class ShellWord:
    """One word. ``value`` is what the shell makes of it, None when that cannot be known; ``raw`` is as written.

    Patterns are not expanded: the value of ``*.so`` is ``*.so``, and ``glob`` says that it is a pattern.
    """

    value: str | None
    raw: str
    span: Span
    glob: bool = False


@dataclass(frozen=True, slots=True)
class Assignment:
    """``name=value``, alone, before a command, or after ``export`` and its kin."""

    name: str
    value: ShellWord
    span: Span


@dataclass(frozen=True, slots=True)
class Redirection:
    """``>file``, ``2>&1``, ``<<EOF``, ``<<<text``. ``target`` is the file or the text, None when there is none.

    For a heredoc the target's raw text is the body, and its value is None when variables in it are unknown.
    """

    operator: str
    file_descriptor: str
    target: ShellWord | None
    span: Span


@dataclass(frozen=True, slots=True)
class Command:
    """A simple command.

    ``connector`` is what stands before it (empty at the start of a script or of a nested part). ``nesting`` lists the
    constructs around it, outermost first, and ``function`` names the function whose body it is in. ``conditional``
    is true when the script can succeed without having run it: after ``||``, in a branch or loop body, in a function
    body, and after ``&&`` unless the success of the whole script hangs on it.
    """

    words: tuple[ShellWord, ...]
    assignments: tuple[Assignment, ...]
    redirections: tuple[Redirection, ...]
    connector: Connector
    nesting: tuple[Nesting, ...]
    span: Span
    conditional: bool
    negated: bool = False
    function: str = ""

    @property
    def name(self) -> str | None:
        """The first word's value; None when it is unknown, empty when there are only assignments."""
        return self.words[0].value if self.words else ""

    @property
    def arguments(self) -> tuple[str | None, ...]:
        """The values of the words after the first."""
        return tuple(word.value for word in self.words[1:])


@dataclass(frozen=True, slots=True)
class Script:
    """A shell script. ``errors`` is true when a part of it could not be parsed; ``functions`` are those it defines."""

    source: str
    commands: tuple[Command, ...]
    functions: tuple[str, ...] = ()
    errors: bool = False
    errexit: bool = False
    variables: dict[str, str | None] = field(default_factory=dict)
