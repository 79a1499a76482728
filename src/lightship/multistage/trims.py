"""What is taken away only because the user asked for it: symbols and compiled modules; as shell, with its reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from lightship import distros
from lightship.elf import strippable_size
from lightship.evidence import Evidence
from lightship.messages import said
from lightship.multistage.emission import Block, spread
from lightship.multistage.gather_stage import shell_word
from lightship.multistage.model import Hunk, Trims

# Symbols of less are not worth a line.
_WORTH_STRIPPING = 64 << 10
_STRIP = ("usr/bin/strip", "bin/strip", "usr/local/bin/strip")


@dataclass(frozen=True, slots=True)
class Trim:
    """One thing to take away: the reason, one shell command as lines, and the bytes that it saves.

    ``package`` is the OS package that has to be installed for it, "" when its program is there.
    """

    reason: str
    lines: tuple[str, ...]
    saves: int
    package: str = ""


def trims_of(evidence: Evidence, paths: Collection[str], trims: Trims, *, root: str = "") -> tuple[Trim, ...]:
    """What to do to ``paths`` below ``root`` (``rootfs``, or "" for the root itself; the shell works in /)."""
    found = [_bytecode(evidence, paths, root)] if trims.bytecode == "drop" else []
    found += [_symbols(evidence, paths, root)] if trims.strip else []
    return tuple(one for one in found if one)


def preparation(evidence: Evidence, trims: Iterable[Trim]) -> list[Block]:
    """The instructions that have to come before the trims' commands."""
    names = sorted({one.package for one in trims if one.package})
    if not names:
        return []
    command = distros.install_command(evidence.installed.manager, names)
    return [Block(tuple(f"RUN {command}".split("\n")), "Needed here only.")]


def trim_hunks(line: int, trims: Iterable[Trim]) -> list[Hunk]:
    """What the trims change, for the report."""
    return [Hunk(line, one.reason, -one.saves) for one in trims]


def _bytecode(evidence: Evidence, paths: Collection[str], root: str) -> Trim | None:
    compiled = [path for path in paths if "/__pycache__/" in path and path.endswith(".pyc")]
    size = sum(evidence.files[path].entry.size for path in compiled)
    if not size:
        return None
    places = [root] if root else sorted({shell_word(_packages_directory(path)) for path in compiled})
    command = spread("find", [*places, "-type d -name __pycache__ -prune -exec rm -rf {} +"], indent="        ")
    return Trim(said("Python compiles its modules again whenever it imports them (--bytecode drop)."), command, size)


def _packages_directory(path: str) -> str:
    """The site-packages that a compiled module is in, or else the directory of its source."""
    for part in ("/site-packages/", "/dist-packages/"):
        if part in path:
            return path.split(part, maxsplit=1)[0] + part.rstrip("/")
    return path.split("/__pycache__/", maxsplit=1)[0]


def _symbols(evidence: Evidence, paths: Collection[str], root: str) -> Trim | None:
    files = evidence.files
    sizes = {}
    for path in paths:
        entry = files[path].entry
        if entry.kind != "file" or not (entry.mode & 0o111 or ".so" in path) or evidence.installed.owner(path):
            continue
        # mypy cannot type a lambda whose default binds the loop's value.
        size = strippable_size(lambda offset, length, path=path: files.read_at(path, offset, length))  # type: ignore[misc]
        if size >= _WORTH_STRIPPING:
            sizes[path] = size
    if not sizes or not evidence.installed.manager:
        return None
    words = [shell_word(f"{root}/{path}".lstrip("/")) for path in sorted(sizes)]
    package = "" if any(path in files for path in _STRIP) else "binutils"
    command = spread("strip --strip-unneeded", words, indent="        ")
    return Trim(
        said("Symbols, which only debuggers and linkers read (--strip)."), command, sum(sizes.values()), package
    )
