"""The package managers' commands in a RUN: what is installed, removed, refreshed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lightship.dockerfile import mounts
from lightship.rules.model import Placed, Subject
from lightship.semantic import Stage

if TYPE_CHECKING:
    from lightship.shell import Program, ShellWord

APT = ("apt-get", "apt", "aptitude")
MANAGERS = (*APT, "apk", "dnf", "microdnf", "yum")


@dataclass(frozen=True, slots=True)
class Installed:
    """One command that installs packages. ``names`` are those that are known, ``complete`` says whether that is all."""

    placed: Placed
    program: Program
    manager: str
    names: tuple[str, ...]
    complete: bool
    virtual: str


def installed(subject: Subject, stages: Iterable[Stage]) -> Iterator[Installed]:
    """Every command that installs packages in some stages, in order."""
    for stage in stages:
        for index, instruction in enumerate(stage.instructions):
            if instruction.keyword == "run":
                yield from installed_by(subject, Placed(stage, index, instruction))


def installed_by(subject: Subject, placed: Placed) -> Iterator[Installed]:
    """The commands of a RUN that install packages."""
    calls = subject.programs(placed, *MANAGERS)
    if not calls:
        return
    # Imported here: reading package databases comes with it, which most files never need.
    from lightship.distros import asked_by

    for program in calls:
        found = asked_by((posixpath.basename(program.name), *program.arguments))
        if found is not None:
            yield Installed(placed, program, found.manager, found.names, found.complete, found.virtual)


def verb(subject: Subject, program: Program, *names: str) -> ShellWord | None:
    """The word of a call that is one of these verbs, standing before any other argument that is not an option."""
    for word in words_of(subject, program)[1:]:
        if word.value in names:
            return word
        if word.value is None or not word.value.startswith("-"):
            # An option's value may stand before the verb: ``apt-get -o Dpkg::Use-Pty=0 install``.
            if word.value is not None and ("=" in word.value or word.value.isdecimal()):
                continue
            return None
    return None


def words_of(subject: Subject, program: Program) -> tuple[ShellWord, ...]:
    """The words of a call, the program's own first; none when it is not known where they stand in the file."""
    words = program.command.words
    at = next((at for at, word in enumerate(words) if word.span == program.span), None)
    if at is None or words[at].span.of(subject.text) != words[at].raw:
        return ()
    return words[at:]


def mounted(placed: Placed, *folders: str) -> bool:
    """Whether a cache or tmpfs mount of a RUN lies on one of these folders, above one, or at one of its name."""
    for mount in mounts(placed.instruction):
        if mount.type not in ("cache", "tmpfs"):
            continue
        target = mount.get("target").rstrip("/")
        if "$" in target:
            return True
        for folder in folders:
            if folder == target or folder.startswith(target + "/") or target.endswith(folder.rpartition("/")[2]):
                return True
    return False


def removed(subject: Subject, placed: Placed, *fragments: str) -> bool:
    """Whether a RUN deletes something whose path holds one of these texts."""
    for program in subject.programs(placed, "rm", "find", "unlink"):
        for word in words_of(subject, program)[1:]:
            if any(fragment in word.raw for fragment in fragments):
                return True
    return False
