"""The tree of a Dockerfile: what was written, to the character."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Literal, TypeAlias

from lightship.text import Span


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Where the characters of a joined (logical) text stand in the file.

    A logical line is made of pieces of physical lines, with the continuation characters, line ends, comments and blank
    lines between them left out. ``starts[i]`` is where piece ``i`` begins in the logical line, ``offsets[i]`` where it
    begins in the file; offsets given to the methods count from ``base`` in the logical line.
    """

    starts: tuple[int, ...]
    offsets: tuple[int, ...]
    base: int = 0

    def offset(self, index: int) -> int:
        """The offset in the file of the character at ``index``."""
        at = index + self.base
        piece = bisect_right(self.starts, at) - 1
        return self.offsets[piece] + at - self.starts[piece]

    def span(self, start: int, end: int) -> Span:
        """The span in the file of ``text[start:end]``; what lies between the pieces is covered too."""
        if len(self.starts) == 1:
            shift = self.offsets[0] + self.base
            return Span(shift + start, shift + end)
        starts, at = self.starts, start + self.base
        piece = bisect_right(starts, at) - 1
        shift = self.offsets[piece] - starts[piece]
        if end <= start:
            return Span(at + shift, at + shift)
        last = end - 1 + self.base
        if piece + 1 == len(starts) or last < starts[piece + 1]:
            return Span(at + shift, last + shift + 1)
        return Span(at + shift, self.offset(end - 1) + 1)

    def moved(self, by: int) -> SourceMap:
        """The map for the same text without its first ``by`` characters."""
        return SourceMap(self.starts, self.offsets, self.base + by)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the file that BuildKit refuses (``error``) or warns of (``warning``).

    ``source`` is the part of BuildKit that would say it: ``parser`` stops before any tree exists, ``instructions``
    when a tree is turned into typed instructions and stages.
    """

    message: str
    span: Span
    help: str = ""
    code: str = ""
    severity: Literal["error", "warning"] = "error"
    source: Literal["parser", "instructions"] = "parser"


@dataclass(frozen=True, slots=True)
class Flag:
    """``--name`` or ``--name=value`` before the arguments; ``text`` is as written, ``value`` without its quotes."""

    name: str
    value: str | None
    text: str
    span: Span

    @property
    def argument(self) -> str:
        """The flag as BuildKit's parser hands it on: quotes and escapes taken away."""
        return f"--{self.name}" if self.value is None else f"--{self.name}={self.value}"


@dataclass(frozen=True, slots=True)
class Word:
    """One word as BuildKit's parser splits it.

    ``text`` keeps quotes and escapes (in exec form: the decoded string); ``value`` has them taken away, with no
    variable expanded. The span of a word that lightship had to infer (a missing delimiter) is empty.
    """

    text: str
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Heredoc:
    """A here-document: ``<<NAME``, its lines and the line that ends it.

    ``content`` is as written, line ends included; ``expand`` is false when a part of the name is quoted; ``chomp`` is
    true for ``<<-``. ``span`` is the word ``<<NAME``, ``content_span`` the lines without the terminator.
    """

    name: str
    content: str
    expand: bool
    chomp: bool
    file_descriptor: int
    span: Span
    content_span: Span

    @property
    def body(self) -> str:
        """The content as the build sees it: without leading tabs when ``<<-`` asks for that."""
        if not self.chomp:
            return self.content
        return "".join(line.lstrip("\t") + "\n" for line in self.content.split("\n"))[:-1]


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment line; ``text`` with line end, ``value`` without ``#`` and the white space around it."""

    text: str
    span: Span
    value: str


@dataclass(frozen=True, slots=True)
class Blank:
    """One or more lines of nothing but white space."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Directive:
    """A parser directive, ``# name=value``, at the top of the file. ``name`` is in lower case."""

    text: str
    span: Span
    name: str
    value: str
    value_span: Span


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: all its lines, comments inside and heredocs included.

    ``keyword`` is in lower case and empty when a continuation character stands alone. ``arguments`` is the logical text
    after keyword and flags, joined over continuation lines exactly as BuildKit joins it; ``source`` maps offsets in it
    back to the file. ``exec_form`` is the JSON array's strings, or None in shell form. ``line`` and ``end_line`` count
    from 1 and are BuildKit's ``StartLine`` and ``EndLine``.
    """

    keyword: str
    text: str
    span: Span
    flags: tuple[Flag, ...]
    words: tuple[Word, ...]
    arguments: str
    arguments_span: Span
    exec_form: tuple[str, ...] | None
    heredocs: tuple[Heredoc, ...]
    inner: Instruction | None
    comments: tuple[Comment, ...]
    line: int
    end_line: int
    keyword_span: Span
    source: SourceMap

    def flag(self, name: str) -> Flag | None:
        """The first flag of that name."""
        return next((flag for flag in self.flags if flag.name == name), None)

    @property
    def pairs(self) -> tuple[tuple[Word, Word, Word], ...]:
        """Of ENV and LABEL: name, value and delimiter (``=``, or empty in the legacy form ``ENV name value``)."""
        if self.keyword not in ("env", "label"):
            return ()
        return tuple(zip(self.words[0::3], self.words[1::3], self.words[2::3], strict=False))


Item: TypeAlias = Instruction | Comment | Blank | Directive


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """A Dockerfile read without loss: ``"".join(item.text for item in items) == text``.

    ``problems`` are in the order of the file; ``escape`` is the escape character, ``\\`` or a backtick.
    """

    text: str
    items: tuple[Item, ...]
    problems: tuple[Problem, ...]
    directives: tuple[Directive, ...]
    escape: str

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """The instructions, in order."""
        return tuple(item for item in self.items if isinstance(item, Instruction))

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems with which BuildKit would not build this file."""
        return tuple(problem for problem in self.problems if problem.severity == "error")
