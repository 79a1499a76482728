"""What a program needs in order to run, and why each file is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

RootKind = Literal["entrypoint", "cmd", "healthcheck", "argument", "tree", "named"]

ReasonKind = Literal[
    "root",  # asked for: see the root
    "tree",  # below a directory that is a root
    "symlink",  # a link on the way to a file that is needed
    "interpreter",  # the loader that an ELF program names
    "needed",  # a library that an ELF file NEEDs
    "variant",  # the same library for another CPU (glibc-hwcaps)
    "preload",  # /etc/ld.so.preload or LD_PRELOAD
    "dlopen",  # a library that a binary or source opens by its name
    "shebang",  # the interpreter of a script
    "called",  # a program that a script, a command or source starts
    "mentioned",  # a file that a script or command names
    "python",  # of a Python environment: standard library, site-packages, path files
    "node",  # of a Node package
    "runtime",  # of another interpreter's own library (Perl, Ruby, PHP, Java, ...)
    "group",  # of a named group: libc's own files, certificates, time zones, locales
]


@dataclass(frozen=True, slots=True)
class Root:
    """Something that must work: a path, or a directory of which everything must.

    ``path`` has no leading slash and its symlinks are not followed. ``text`` is what it was found in;
    ``language`` is set when a command hands the file to an interpreter (``sh script``), whatever the file
    says.
    """

    path: str
    kind: RootKind
    text: str = ""
    language: str = ""
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a file is in: because of ``via`` (a path; "" for a root), which names it as ``name``.

    ``certain`` says that running needs it; otherwise it may (a program that some library could call).
    """

    kind: ReasonKind
    via: str = ""
    name: str = ""
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A name that leads to nothing in the tree: it was missing before, and counts against no result.

    A ``source`` is what a program was compiled from and would have to be read to know which programs it starts.
    """

    kind: Literal["library", "program", "interpreter", "root", "source"]
    name: str
    by: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Closure:
    """Every path that running needs, with the first and most certain reason of each.

    ``reasons`` has files, symlinks and, for empty directories of trees, directories; paths have no leading
    slash. ``calls`` are the certain calls of programs, (path of who calls, name as it stands there): the reason that a
    program is in for may be another one. ``others`` are further reasons of paths that are named more than once.
    """

    roots: tuple[Root, ...] = ()
    reasons: Mapping[str, Reason] = field(default_factory=dict)
    unresolved: tuple[Unresolved, ...] = ()
    calls: tuple[tuple[str, str], ...] = ()
    others: Mapping[str, tuple[Reason, ...]] = field(default_factory=dict)

    def __contains__(self, path: object) -> bool:
        return path in self.reasons

    def __iter__(self) -> Iterator[str]:
        return iter(self.reasons)

    def __len__(self) -> int:
        return len(self.reasons)

    @property
    def certain(self) -> frozenset[str]:
        """The paths that running needs for certain."""
        return frozenset(path for path, reason in self.reasons.items() if reason.certain)

    @property
    def possible(self) -> frozenset[str]:
        """The paths that running may need."""
        return frozenset(path for path, reason in self.reasons.items() if not reason.certain)

    def chain(self, path: str) -> tuple[tuple[str, Reason], ...]:
        """From a path back to its root: each path with its reason; empty for a path that is not in."""
        steps: list[tuple[str, Reason]] = []
        seen: set[str] = set()
        while path in self.reasons and path not in seen:
            seen.add(path)
            steps.append((path, self.reasons[path]))
            path = self.reasons[path].via
        return tuple(steps)

    def explain(self, path: str) -> str:
        """The chain in words: ``usr/lib/libpq.so.5 <- needed libpq.so.5 by app/_psycopg.so <- tree app``."""
        parts = [path]
        for _, reason in self.chain(path):
            name = f" {reason.name}" if reason.name else ""
            by = f" by {reason.via}" if reason.via else ""
            parts.append(f"{'' if reason.certain else 'possibly '}{reason.kind}{name}{by}")
        return " <- ".join(parts)
