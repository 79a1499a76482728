"""Scripts: which interpreter their first line names."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

_LINE_LIMIT = 256


@dataclass(frozen=True, slots=True)
class Shebang:
    """A script's first line: every program that it starts, in order (``/usr/bin/env`` then ``python3``), as
    written.
    """

    programs: tuple[str, ...]
    line: str


def interpreter_of(head: bytes) -> Shebang | None:
    """What the ``#!`` line of a file that starts with ``head`` says, or None when it has none.

    The kernel splits off one argument only; ``env -S`` splits again, and may set variables first
    (execve(2), env(1)).
    """
    if head[:2] != b"#!":
        return None
    line = head[2 : 2 + _LINE_LIMIT].partition(b"\n")[0].decode("utf-8", "surrogateescape").strip()
    program, _, argument = line.partition(" ") if "\t" not in line else line.replace("\t", " ").partition(" ")
    if not program:
        return None
    argument = argument.strip()
    if program.rpartition("/")[2] != "env" or not argument:
        return Shebang((program,), line)
    if argument.startswith(("-S", "--split-string=", "-vS")):
        argument = argument.partition("=")[2] if argument.startswith("--") else argument.partition("S")[2]
        words = _words(argument)
    else:
        words = [argument.split()[0]]
    started = next((word for word in words if not word.startswith("-") and "=" not in word), "")
    return Shebang((program, started) if started else (program,), line)


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
