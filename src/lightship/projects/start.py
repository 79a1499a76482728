"""Start commands as people write them (Procfile, package.json, ``--command``), as exec-form words where they can be."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lightship.errors import UsageError
from lightship.projects.files import Project
from lightship.projects.model import Entry, Wishes
from lightship.shell import parse

_PROCESS = re.compile(r"([\w-]+):[ \t]*(\S.*)")


@dataclass(frozen=True, slots=True)
class Start:
    """``argv`` is for an exec-form CMD. ``plain`` is false when a shell must be there to make sense of it."""

    argv: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
    plain: bool = True


def start_of(text: str) -> Start:
    """A command line. One plain command becomes its words; everything else is handed to a shell, as it is written."""
    commands = parse(text).commands
    one = commands[0] if len(commands) == 1 else None
    if one is None or one.redirections or one.nesting or one.negated or not one.words:
        return Start(("/bin/sh", "-c", text), plain=False)
    values = [word.value for word in (*one.words, *(each.value for each in one.assignments))]
    if any(value is None for value in values) or any(word.glob for word in one.words) or text.rstrip().endswith("&"):
        # With exec the program, not the shell, gets the signals.
        return Start(("/bin/sh", "-c", text if one.assignments else f"exec {text}"), plain=False)
    words = tuple(word.value or "" for word in one.words)
    return Start(words, tuple((each.name, each.value.value or "") for each in one.assignments))


def wished(wishes: Wishes) -> Entry | None:
    """The entry point that ``--command`` gives. Raises UsageError when it is empty."""
    if not wishes.command:
        return None
    if not wishes.command.strip():
        raise UsageError("the command is empty", where="--command", help="write the program and its arguments")
    start = start_of(wishes.command.strip())
    reads_port = re.search(r"\$\{?PORT\b", wishes.command) is not None
    return Entry(wishes.command, start.argv, "--command", environment=start.environment, reads_port=reads_port)


def procfile(project: Project, wishes: Wishes) -> tuple[Entry, ...]:
    """The process ``web`` of a Procfile; without one, all of its processes."""
    processes: list[tuple[str, str]] = []
    for line in (project.text("Procfile") or "").split("\n"):
        match = _PROCESS.fullmatch(line.strip())
        if match and match[1] != "release":
            processes.append((match[1], match[2]))
    web = [one for one in processes if one[0] == "web"]
    entries = []
    for name, text in web or processes:
        start = start_of(text)
        notes: tuple[str, ...] = ()
        # gunicorn binds to every address only when PORT is set: https://docs.gunicorn.org/en/stable/settings.html#bind
        unbound = start.argv[0] == "gunicorn" and not re.search(r"\s(?:-b|--bind|-c|--config)\b", text)
        reads_port = unbound or re.search(r"\$\{?PORT\b", text) is not None
        if reads_port and wishes.port is None:
            notes = ("the command reads PORT: give it with `docker run -e PORT=...`, or fix it with --port",)
        why = f"the process {name} in Procfile"
        entries.append(Entry(name, start.argv, why, environment=start.environment, reads_port=reads_port, notes=notes))
    return tuple(entries)
