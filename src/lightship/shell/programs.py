"""The programs that a script calls: through wrappers, through ``sh -c``, but not its own functions and builtins."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lightship.shell.model import Command, Script, ShellWord
from lightship.shell.parse import parse
from lightship.text import Span

SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
BUILTINS = frozenset(
    [
        ".",
        ":",
        "[",
        "[[",
        "alias",
        "bg",
        "break",
        "builtin",
        "cd",
        "command",
        "continue",
        "declare",
        "dirs",
        "eval",
        "exec",
        "exit",
        "export",
        "false",
        "fc",
        "fg",
        "getopts",
        "hash",
        "help",
        "jobs",
        "kill",
        "let",
        "local",
        "logout",
        "mapfile",
        "popd",
        "printf",
        "pushd",
        "pwd",
        "read",
        "readarray",
        "readonly",
        "return",
        "set",
        "shift",
        "shopt",
        "source",
        "suspend",
        "test",
        "times",
        "trap",
        "true",
        "type",
        "typeset",
        "ulimit",
        "umask",
        "unalias",
        "unset",
        "wait",
        "echo",
    ]
)
"""What dash or bash do by themselves; some of them are programs as well, but a script does not need those."""

MAX_NESTED = 4
"""``sh -c`` within ``sh -c``, followed this deep."""

# Programs that run the program that their arguments name. The value: options that take a value of their own, and how
# many other arguments come before the program.
_WRAPPERS: dict[str, tuple[frozenset[str], int]] = {
    "chroot": (frozenset(), 1),
    "chrt": (frozenset(), 1),
    "dumb-init": (frozenset({"-r", "--rewrite"}), 0),
    "env": (frozenset({"-u", "--unset", "-C", "--chdir", "-S"}), 0),
    "eatmydata": (frozenset(), 0),
    "fakeroot": (frozenset(), 0),
    "gosu": (frozenset(), 1),
    "ionice": (frozenset({"-c", "-n", "-p"}), 0),
    "nice": (frozenset({"-n"}), 0),
    "nohup": (frozenset(), 0),
    "runuser": (frozenset({"-u", "-g", "-G"}), 0),
    "setpriv": (frozenset({"--reuid", "--regid", "--groups"}), 0),
    "setsid": (frozenset(), 0),
    "stdbuf": (frozenset({"-i", "-o", "-e"}), 0),
    "su-exec": (frozenset(), 1),
    "sudo": (frozenset({"-u", "-g", "-C", "-h", "-p"}), 0),
    "time": (frozenset({"-f", "-o"}), 0),
    "timeout": (frozenset({"-k", "-s", "--signal", "--kill-after"}), 1),
    "tini": (frozenset({"-e", "-p"}), 0),
    "xargs": (frozenset({"-n", "-I", "-P", "-L", "-d", "-s", "-E", "-a"}), 0),
}
_SHELL_WRAPPERS = frozenset({"exec", "command", "builtin"})


@dataclass(frozen=True, slots=True)
class Program:
    """A call of a program. ``name`` is as written, with its path when it has one.

    ``conditional`` as in ``Command``; ``through`` names the wrappers in front of it, outermost first.
    """

    name: str
    arguments: tuple[str | None, ...]
    conditional: bool
    span: Span
    command: Command
    through: tuple[str, ...] = ()


def programs(script: Script, *, depth: int = 0) -> tuple[Program, ...]:
    """Every call of a program whose name is known, in order: wrappers and what they run, ``sh -c`` and its commands.

    Builtins and functions of the script are left out; a function's body counts as conditional.
    """
    own = frozenset(script.functions)
    found: list[Program] = []
    for command in script.commands:
        for program in _called(command):
            name = program.name
            if "/" not in name and (name in BUILTINS or name in own):
                continue
            found.append(program)
        inner = nested(command) if depth < MAX_NESTED else None
        if inner is not None:
            found += [
                replace(program, conditional=program.conditional or command.conditional)
                for program in programs(inner, depth=depth + 1)
            ]
    return tuple(found)


def nested(command: Command) -> Script | None:
    """The script in ``sh -c '...'`` or ``eval '...'``, None when the command is neither or its text is unknown.

    Spans point into the same file; where the text was escaped they all cover the whole word.
    """
    word = _script_word(command)
    if word is None or word.value is None:
        return None
    script = parse(word.value)
    at = word.raw.find(word.value)
    if at < 0:
        return replace(script, commands=tuple(replace(one, span=word.span) for one in script.commands))
    return replace(script, commands=tuple(_moved(one, word.span.start + at) for one in script.commands))


def _script_word(command: Command) -> ShellWord | None:
    words = list(command.words)
    while words:
        name = posixpath.basename(words[0].value or "")
        if name == "eval":
            return words[1] if len(words) == 2 else None
        if name in SHELLS:
            return _after_c(words[1:])
        start = _wrapped(words)
        if start is None:
            return None
        words = words[start:]
    return None


def _after_c(words: list[ShellWord]) -> ShellWord | None:
    for index, word in enumerate(words):
        value = word.value or ""
        if not value.startswith("-"):
            return None
        if not value.startswith("--") and "c" in value:
            return words[index + 1] if index + 1 < len(words) else None
    return None


def _called(command: Command) -> Iterator[Program]:
    words = list(command.words)
    through: tuple[str, ...] = ()
    while words and words[0].value:
        name = words[0].value
        arguments = tuple(word.value for word in words[1:])
        yield Program(name, arguments, command.conditional, words[0].span, command, through)
        start = _wrapped(words)
        if start is None:
            return
        through = (*through, name)
        words = words[start:]


def _wrapped(words: list[ShellWord]) -> int | None:
    """Where the program starts that the first word runs, None when it runs none."""
    name = posixpath.basename(words[0].value or "")
    if name in _SHELL_WRAPPERS:
        options, before = frozenset({"-a"}), 0
    elif name in _WRAPPERS:
        options, before = _WRAPPERS[name]
    else:
        return None
    at = 1
    while at < len(words):
        value = words[at].value
        if value is None:
            return None
        if name == "command" and value in ("-v", "-V"):
            return None
        if value == "--":
            at += 1
            break
        if value.startswith("-"):
            at += 2 if value in options else 1
        elif name in ("env", "sudo") and "=" in value:
            at += 1
        else:
            break
    at += before
    return at if at < len(words) else None


def _moved(command: Command, by: int) -> Command:
    """The command with all its spans moved."""

    def span(old: Span) -> Span:
        return Span(old.start + by, old.end + by)

    def word(old: ShellWord) -> ShellWord:
        return replace(old, span=span(old.span))

    return replace(
        command,
        span=span(command.span),
        words=tuple(word(one) for one in command.words),
        assignments=tuple(replace(one, span=span(one.span), value=word(one.value)) for one in command.assignments),
        redirections=tuple(
            replace(one, span=span(one.span), target=word(one.target) if one.target else None)
            for one in command.redirections
        ),
    )
