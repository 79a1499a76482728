"""What a first Dockerfile is made of: wishes, entry points, steps with their reasons, stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lightship.errors import UnknownError
from lightship.messages import said

_MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user said on the command line; what is empty or None is left to the evidence."""

    language: str = ""
    base: str = ""
    command: str = ""
    entry: str = ""
    port: int | None = None
    user: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A value that the project states: ``where`` is the file (and line), ``why`` how it follows from there."""

    value: str
    where: str
    why: str = ""

    @property
    def reason(self) -> str:
        """The source as part of a sentence."""
        return f"{self.where}: {self.why}" if self.why else self.where


@dataclass(frozen=True, slots=True)
class Entry:
    """One way to start the program. ``name`` is what ``--entry`` takes, ``port`` the one it then listens on.

    ``path`` is the file or package that is started, empty when there is none. ``installed`` is true when the program
    is there only once the project itself is installed; ``import_root`` is the folder that imports start from;
    ``reads_port`` is true when the program takes its port from the variable PORT.
    """

    name: str
    argv: tuple[str, ...]
    why: str
    path: str = ""
    port: Fact | None = None
    environment: tuple[tuple[str, str], ...] = ()
    installed: bool = False
    import_root: str = ""
    reads_port: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction as it will be written, and why it is there; an empty reason needs none."""

    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class StagePlan:
    """One stage to be written; ``name`` is empty when nothing copies from it."""

    name: str
    base: str
    why: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A first Dockerfile before it is text.

    ``ignored`` are the lines of a new ``.dockerignore``; ``notes`` are what the user should know and no line says.
    """

    language: str
    stages: tuple[StagePlan, ...]
    entry: Entry
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def refusal(what: str, *, where: str, why: str = "", help: str) -> UnknownError:
    """The error of a project that does not say enough."""
    return UnknownError(what, where=where, why=why, help=help)


def chosen_entry(found: Sequence[Entry], everything: Sequence[Entry], wishes: Wishes, where: str) -> Entry:
    """The one entry point: the one that was wished for among ``everything``, else the only one in ``found``.

    Raises UnknownError when there is none or more than one.
    """
    if wishes.entry:
        asked = wishes.entry.removeprefix("./") or "."
        match = [one for one in everything if asked == one.name.removeprefix("./")]
        match = match or [one for one in everything if asked == one.path]
        if len(match) == 1:
            return match[0]
        raise refusal(
            said("--entry {entry} is none of the entry points", entry=wishes.entry),
            where=where,
            why=_listed(everything),
            help="name one of them, or say the whole command with --command",
        )
    if not found:
        raise refusal(
            "nothing here says how the program is started",
            where=where,
            why=_listed(everything) if everything else "",
            help='say it: --command "PROGRAM ARGUMENT ...", or in a Procfile with a line `web: ...`',
        )
    if len(found) > 1:
        raise refusal(
            said("{count} ways to start were found, and nothing says which one is meant", count=len(found)),
            where=where,
            why=_listed(found),
            help=said("choose one with --entry {name}, or say the whole command with --command", name=found[0].name),
        )
    return found[0]


def _listed(entries: Sequence[Entry]) -> str:
    if not entries:
        return "found none"
    lines = [f"  {one.name}  ({one.why})" for one in entries[:_MOST_LISTED]]
    more = len(entries) - len(lines)
    return "\n".join(["found", *lines, *([f"  and {more} more"] if more > 0 else ())])
