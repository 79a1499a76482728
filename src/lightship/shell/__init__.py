"""Enough of the POSIX shell to say which commands a RUN or a script calls, with positions."""

from lightship.shell.model import Assignment, Command, Connector, Nesting, Redirection, Script, ShellWord
from lightship.shell.parse import parse

__all__ = ["Assignment", "Command", "Connector", "Nesting", "Redirection", "Script", "ShellWord", "parse"]
