"""What one COPY brings from the build context, and a smaller COPY that brings some of it to the same places."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from lightship.dockerfile import ExpandError, Instruction
from lightship.semantic import Scope, expand_in

_PLAIN = re.compile(r"[\w./@+,%-]+")
_FLAGS = frozenset(("chown", "chmod", "link"))


@dataclass(frozen=True, slots=True)
class Brought:
    """A COPY or ADD of files of the context, whose places are known.

    ``sources`` are relative to the context, "" for all of it; ``destination`` has no leading slash. ``into``: files
    land in the destination and not as it.
    """

    instruction: Instruction
    sources: tuple[str, ...]
    destination: str
    into: bool

    @property
    def is_absolute(self) -> bool:
        """Whether it lands in the same place whatever the working directory is."""
        return self.instruction.words[-1].value.startswith("/")


def brought_by(instruction: Instruction, scope: Scope) -> Brought | None:
    """What a COPY or ADD brings, None when that is not a matter of plain paths of the context."""
    words = instruction.words
    if instruction.keyword not in ("copy", "add") or len(words) < 2 or instruction.heredocs:
        return None
    if instruction.exec_form is not None or any(flag.name not in _FLAGS for flag in instruction.flags):
        return None
    written = words[-1].text
    sources = [word.value for word in words[:-1]]
    if written != words[-1].value or any(not _PLAIN.fullmatch(one) or "://" in one for one in sources):
        return None
    try:
        landed = expand_in(scope, written, "\\")
    except ExpandError:
        return None
    if landed is None or not (landed.startswith("/") or scope.workdir):
        return None
    destination = posixpath.normpath(posixpath.join("/", scope.workdir or "/", landed)).lstrip("/")
    clean = tuple(posixpath.normpath(one).lstrip("/").removeprefix("..") for one in sources)
    into = len(sources) > 1 or landed.endswith(("/", ".")) or posixpath.basename(landed) in ("", ".", "..")
    return Brought(instruction, tuple("" if one == "." else one for one in clean), destination, into)


def manifest_copies(brought: Brought, paths: Collection[str], context: Path) -> tuple[str, ...] | None:
    """The COPY lines that bring only some files, given by their places; None when one's place in the context is unsure.

    They have the flags of the COPY, so that owners and modes are the same.
    """
    if not paths:
        return ()
    folders: dict[str, list[str]] = {}
    for path in sorted(paths):
        found = _in_context(brought, path)
        if found is None or not _PLAIN.fullmatch(found) or not (context / found).is_file():
            return None
        below = posixpath.relpath(f"/{posixpath.dirname(path)}", f"/{brought.destination}")
        folders.setdefault("" if below == "." else f"{below}/", []).append(found)
    flags = "".join(f"{flag.text} " for flag in brought.instruction.flags)
    top = brought.instruction.words[-1].text.rstrip("/")
    top = "" if top == "" else f"{top}/"
    return tuple(f"COPY {flags}{' '.join(names)} {top or '/'}{below}" for below, names in folders.items())


def _in_context(brought: Brought, path: str) -> str | None:
    """The path in the context of what landed at ``path``."""
    below = posixpath.relpath(f"/{path}", f"/{brought.destination}")
    if below.startswith(".."):
        return None
    named = [one for one in brought.sources if posixpath.basename(one) == below]
    if named and (brought.into or len(brought.sources) > 1):
        return named[-1]
    # Of several sources it could come from any; one that is a folder gives its contents.
    if len(brought.sources) != 1 or below == ".":
        return None
    (source,) = brought.sources
    return posixpath.join(source, below) if source else below
