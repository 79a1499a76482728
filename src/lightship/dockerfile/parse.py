"""A Dockerfile's text into its tree. Parsing never fails: what BuildKit would refuse becomes a problem."""

from __future__ import annotations

from dataclasses import replace

from lightship.dockerfile import heredoc, split
from lightship.dockerfile.check import check_file, check_instruction
from lightship.dockerfile.lex import SPACES, ExpandError
from lightship.dockerfile.lines import (
    Line,
    Logical,
    Reader,
    blank_run,
    comment,
    directive,
    join,
    wrong_check_option,
)
from lightship.dockerfile.model import (
    Blank,
    Comment,
    Directive,
    Dockerfile,
    Heredoc,
    Instruction,
    Item,
    Problem,
    SourceMap,
)
from lightship.messages import said
from lightship.text import Span

KNOWN_DIRECTIVES = ("check", "escape", "syntax")
MAX_ONBUILD = 8
"""ONBUILD may not be chained at all; inner instructions are read this deep so that the problem can be shown."""


def parse(text: str) -> Dockerfile:
    """The tree of a Dockerfile. Never raises; whatever ``text`` is, the items' texts joined are ``text``."""
    state = _State(text)
    while (line := state.reader.next()) is not None:
        state.read(line)
    if not any(problem.source == "parser" and problem.severity == "error" for problem in state.problems):
        state.problems += check_file(text, tuple(state.items))
    problems = sorted(state.problems, key=lambda problem: (problem.span.start, problem.source == "instructions"))
    directives = tuple(item for item in state.items if isinstance(item, Directive))
    return Dockerfile(text, tuple(state.items), tuple(problems), directives, state.escape)


class _State:
    """What is known while the file is read from top to bottom."""

    __slots__ = ("above", "escape", "items", "problems", "reader", "seen", "shebang", "text", "top")

    def __init__(self, text: str) -> None:
        self.text = text
        self.reader = Reader(text)
        self.items: list[Item] = []
        self.problems: list[Problem] = []
        self.escape = "\\"
        self.seen: set[str] = set()
        self.top = True
        self.shebang = False
        self.above: list[Comment] = []

    def read(self, line: Line) -> None:
        """Read the item that starts at ``line``."""
        self.note_length(line)
        token = self.reader.content(line).lstrip(SPACES)
        if not token:
            self.top = False
            self.above.clear()
            end = blank_run(self.reader)
            self.items.append(Blank(self.text[line.start : end], Span(line.start, end)))
            return
        if token[0] != "#":
            self.top = False
            self.items.append(self.instruction(line))
            self.above.clear()
            return
        self.items.append(self.directive(line, token) or self.comment(line))

    def note_length(self, line: Line) -> None:
        """Say so when a line is longer than BuildKit can read."""
        if self.reader.too_long(line):
            self.problems.append(
                Problem(
                    "dockerfile line greater than max allowed size of 65535",
                    Span(line.start, min(line.start + 20, line.end)),
                    "break the line with a continuation character, or move the text into a file",
                    "line-too-long",
                )
            )

    def comment(self, line: Line) -> Comment:
        """An ordinary comment, which the next instruction may own."""
        found = comment(self.reader, line)
        # BuildKit looks for syntax and check, but not for escape, below a shebang as well.
        self.shebang = line.number == 1 and found.value.startswith("!")
        self.top = self.shebang
        self.above.append(found)
        return found

    def directive(self, line: Line, token: str) -> Directive | None:
        """The parser directive on this line; they stand before everything else and not twice."""
        found = directive(token) if self.top else None
        if found is None or found[0] not in KNOWN_DIRECTIVES:
            return None
        if self.shebang and found[0] == "escape":
            return None
        name, value = found
        start = self.text.rindex(value, line.start, line.end)
        span = Span(start, start + len(value))
        if name in self.seen:
            message = said("only one {name} parser directive can be used", name=name)
            self.problems.append(Problem(message, span, "keep one of them", "duplicate-directive"))
        elif name == "escape" and value not in ("\\", "`"):
            message = said("invalid escape token '{value}' does not match ` or \\", value=value)
            self.problems.append(Problem(message, span, "use \\ or `", "invalid-escape"))
        elif name == "escape":
            self.escape = value
        elif name == "check" and (wrong := wrong_check_option(value)):
            message = said('failed to parse check options: invalid check option "{wrong}"', wrong=wrong)
            self.problems.append(Problem(message, span, "write skip=RULE,... or error=true", "check-option"))
        self.seen.add(name)
        return Directive(self.text[line.start : line.end], Span(line.start, line.end), name, value, span)

    def instruction(self, line: Line) -> Instruction:
        """The instruction that begins on ``line``, its continuation lines and its heredocs."""
        logical = join(self.reader, line, self.escape)
        outer = self.build(logical.text, logical.source, line.number, 0)
        holder = outer.inner if outer.keyword == "onbuild" and outer.inner is not None else outer
        heredocs: tuple[Heredoc, ...] = ()
        if holder.keyword in heredoc.CAN_HOLD and holder.exec_form is None:
            heredocs = self.heredocs(logical)
        end = self.reader.at
        span = Span(line.start, end)
        inner = outer.inner
        if inner is not None and heredocs:
            inner = replace(inner, heredocs=heredocs, end_line=self.reader.number)
        # Written out: dataclasses.replace would be a tenth of the time of reading a file.
        found = Instruction(
            outer.keyword,
            self.text[line.start : end],
            span,
            outer.flags,
            outer.words,
            outer.arguments,
            outer.arguments_span,
            outer.exec_form,
            heredocs,
            inner,
            (*self.above, *logical.comments),
            outer.line,
            self.reader.number,
            outer.keyword_span,
            outer.source,
        )
        self.note_blanks(logical)
        self.problems += check_instruction(found)
        return found

    def note_blanks(self, logical: Logical) -> None:
        """Warn of blank lines inside an instruction: BuildKit's NoEmptyContinuation."""
        if logical.blanks:
            first = logical.blanks[0]
            self.problems.append(
                Problem(
                    "empty continuation line",
                    Span(first.start, first.end),
                    "remove the empty line, or make it a comment: it will become an error in a future release",
                    "no-empty-continuation",
                    "warning",
                )
            )

    def build(self, line: str, source: SourceMap, number: int, depth: int) -> Instruction:
        """The instruction in a logical line, without heredocs and comments."""
        head = split.head(line, source)
        rest = line[head.start : head.end]
        keyword = head.keyword.lower()
        moved = source.moved(head.start)
        found = split.words(keyword, rest, moved, self.escape)
        arguments_span = moved.span(0, len(rest))
        if found.error:
            span = found.at or arguments_span
            self.problems.append(
                Problem(found.error, span, _HELP.get(keyword, 'write every element as a string: ["a", "b"]'), "syntax")
            )
        inner = None
        if keyword == "onbuild" and rest and depth < MAX_ONBUILD:
            inner = self.build(rest, moved, number, depth + 1)
        keyword_span = source.span(head.keyword_start, head.keyword_start + len(head.keyword))
        whole = source.span(head.keyword_start, head.end)
        return Instruction(
            keyword,
            whole.of(self.text),
            whole,
            head.flags,
            found.words,
            rest,
            arguments_span,
            found.exec_form,
            (),
            inner,
            (),
            number,
            self.reader.number,
            keyword_span,
            moved,
        )

    def heredocs(self, logical: Logical) -> tuple[Heredoc, ...]:
        """The heredocs that a logical line opens, their lines read from the file."""
        try:
            openings = heredoc.openings(logical.text)
        except ExpandError as error:
            self.problems.append(
                Problem(error.what, logical.source.span(0, len(logical.text)), "close the quote", "heredoc-name")
            )
            return ()
        found: list[Heredoc] = []
        for opening in openings:
            one, closed = self.heredoc(opening, logical.source)
            found.append(one)
            if not closed:
                break
        return tuple(found)

    def heredoc(self, opening: heredoc.Opening, source: SourceMap) -> tuple[Heredoc, bool]:
        """One heredoc, up to and with its terminator, and whether there is one."""
        start = end = self.reader.at
        closed = False
        while (line := self.reader.next()) is not None:
            self.note_length(line)
            candidate = self.text[line.start : line.end].rstrip("\r\n")
            if (candidate.lstrip("\t") if opening.chomp else candidate) == opening.name:
                closed = True
                break
            end = line.end
        span = source.span(opening.start, opening.end)
        if not closed:
            help_ = said("add a line that is only {name}", name=opening.name)
            self.problems.append(Problem("unterminated heredoc", span, help_, "unterminated-heredoc"))
        return (
            Heredoc(
                opening.name,
                self.text[start:end],
                opening.expand,
                opening.chomp,
                opening.file_descriptor,
                span,
                Span(start, end),
            ),
            closed,
        )


_HELP = {
    "env": "write ENV name=value",
    "label": "write LABEL name=value",
}
