"""Everything that lightship raises on purpose.

    LightshipError            what failed, where, why, what to do; carries an exit code
    ├── UsageError        2   the command line, the configuration or an input file is not usable
    │   └── InputError    2   a file of the user's cannot be read or understood
    ├── EngineError       3   an engine is missing, down, or failed at what it was asked
    │   └── BuildError    3   an instruction of a Dockerfile failed to build
    ├── UnknownError      4   something could not be shown, so nothing is claimed
    └── Interrupted     130   Ctrl-C or SIGTERM

The form is the same everywhere (see DESIGN, "Names of things people see"):

    Dockerfile:12:5: error: heredoc EOF is never closed
       12 | RUN <<EOF
          |     ^^^^^
    help: add a line that is only EOF
"""

from __future__ import annotations

from collections.abc import Callable

EXIT_OK = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_ENGINE = 3
EXIT_UNKNOWN = 4
EXIT_INTERRUPTED = 130


class LightshipError(Exception):
    """An expected failure: what failed, where, why, and what to do about it."""

    exit_code = EXIT_USAGE

    def __init__(self, what: str, *, where: str = "", why: str = "", excerpt: str = "", help: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.excerpt = excerpt
        self.help = help

    def __str__(self) -> str:
        return self.text()

    def text(self, tr: Callable[[str], str] = str) -> str:
        """All of it for people; ``tr`` gives each part in the reader's language."""
        what = f"{tr('error')}: {tr(self.what)}"
        lines = [f"{self.where}: {what}" if self.where else what]
        if self.excerpt:
            lines.append(tr(self.excerpt))
        if self.why:
            lines.append(f"{tr('why')}: {tr(self.why)}")
        if self.help:
            lines.append(f"{tr('help')}: {tr(self.help)}")
        return "\n".join(lines)


class UsageError(LightshipError):
    """The command line, the configuration or an input is not usable."""


class InputError(UsageError):
    """A file of the user's cannot be read or understood."""


class EngineError(LightshipError):
    """An engine is missing, down, or failed at what it was asked."""

    exit_code = EXIT_ENGINE


class BuildError(EngineError):
    """An instruction of a Dockerfile failed to build."""


class UnknownError(LightshipError):
    """Something could not be shown, so nothing is claimed."""

    exit_code = EXIT_UNKNOWN


class Interrupted(LightshipError):
    """The user, or whoever runs lightship, asked it to stop."""

    exit_code = EXIT_INTERRUPTED
