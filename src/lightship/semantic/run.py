"""The shell scripts in a RUN, CMD, ENTRYPOINT or HEALTHCHECK, with spans that point into the Dockerfile."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lightship.dockerfile import Heredoc, Instruction
from lightship.shell import Assignment, Command, Redirection, Script, ShellWord
from lightship.shell import parse as parse_shell
from lightship.text import Span

_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
_SHELL_FORM = frozenset({"run", "cmd", "entrypoint", "healthcheck"})
_ONLY_HEREDOC = re.compile(r"[0-9]*<<-?[\t\r ]*(?:'[^']*'|\"[^\"]*\"|[^\s<>|&;'\"])+[\t\r ]*([\w./+-][^<>|&;]*)?")


@dataclass(frozen=True, slots=True)
class RunScript:
    """One shell script of an instruction, and the heredoc that it stands in, None when in the instruction itself."""

    script: Script
    heredoc: Heredoc | None


def run_scripts(instruction: Instruction, *, variables: Mapping[str, str] | None = None) -> tuple[RunScript, ...]:
    """The shell scripts of an instruction: its own text in shell form, or the heredocs that a shell reads.

    An exec form is no script; nor is a heredoc that another program reads (``RUN <<EOF python3``), or one with a
    shebang that names no shell.
    """
    if instruction.exec_form is not None or instruction.keyword not in _SHELL_FORM:
        return ()
    if instruction.keyword == "healthcheck" and len(instruction.words) < 2:
        return ()
    text = instruction.words[-1].text if instruction.words else ""
    reader = _heredoc_reader(text) if instruction.heredocs else None
    if reader is None:
        return (_own_script(instruction, text, variables),)
    heredoc = instruction.heredocs[0]
    if (_shebang(heredoc.body) or reader) not in _SHELLS:
        return ()
    start = heredoc.content_span.start
    script = parse_shell(heredoc.content, variables=variables)
    return (RunScript(_mapped(script, lambda span: Span(span.start + start, span.end + start)), heredoc),)


def _own_script(instruction: Instruction, text: str, variables: Mapping[str, str] | None) -> RunScript:
    """The script in the instruction's own text; heredocs that its commands read are a part of it."""
    source = instruction.source.moved(len(instruction.arguments) - len(text))
    if not instruction.heredocs:
        script = parse_shell(text, variables=variables)
        return RunScript(_mapped(script, lambda span: source.span(span.start, span.end)), None)
    start = instruction.heredocs[0].content_span.start
    tail = instruction.text[start - instruction.span.start :]
    script = parse_shell(f"{text}\n{tail}", variables=variables)

    def place(at: int) -> int:
        return source.offset(at) if at < len(text) else start + max(at - len(text) - 1, 0)

    def span(old: Span) -> Span:
        return Span(place(old.start), place(old.end - 1) + 1) if old.end > old.start else Span(*[place(old.start)] * 2)

    return RunScript(_mapped(script, span), None)


def _heredoc_reader(text: str) -> str | None:
    """The program that reads the heredoc, when the instruction is nothing but a heredoc: a shell by default.

    https://docs.docker.com/reference/dockerfile/#example-running-a-multi-line-script
    """
    match = _ONLY_HEREDOC.fullmatch(text)
    if match is None:
        return None
    words = (match[1] or "sh").split()
    return posixpath.basename(words[0])


def _shebang(text: str) -> str | None:
    """The program that ``#!`` names, without its path."""
    if not text.startswith("#!"):
        return None
    words = text.split("\n", 1)[0][2:].split()
    name = posixpath.basename(words[0]) if words else ""
    return posixpath.basename(words[1]) if name == "env" and len(words) > 1 else name


def _mapped(script: Script, span: Callable[[Span], Span]) -> Script:
    """The script with every span replaced."""

    # Written out: dataclasses.replace takes four times as long, and there are thousands of words.
    def word(old: ShellWord) -> ShellWord:
        return ShellWord(old.value, old.raw, span(old.span), old.glob)

    def assignment(old: Assignment) -> Assignment:
        return Assignment(old.name, word(old.value), span(old.span))

    def redirection(old: Redirection) -> Redirection:
        return Redirection(old.operator, old.file_descriptor, word(old.target) if old.target else None, span(old.span))

    def command(old: Command) -> Command:
        return Command(
            tuple(map(word, old.words)),
            tuple(map(assignment, old.assignments)),
            tuple(map(redirection, old.redirections)),
            old.connector,
            old.nesting,
            span(old.span),
            old.conditional,
            old.negated,
            old.function,
        )

    return replace(script, commands=tuple(map(command, script.commands)))
