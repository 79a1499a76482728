"""Enough of the POSIX shell to say which commands a RUN or a script calls, with positions."""

from lightship.shell.model import Assignment, Command, Connector, Nesting, Redirection, Script, ShellWord
from lightship.shell.parse import parse
from lightship.shell.programs import Program, nested, programs

__all__ = [
    "Assignment",
    "Command",
    "Connector",
    "Nesting",
    "Program",
    "Redirection",
    "Script",
    "ShellWord",
    "nested",
    "parse",
    "programs",
]
