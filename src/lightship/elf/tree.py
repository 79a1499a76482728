"""The files that a loader, a shell or an interpreter would see: what this room asks of a file tree."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

# As many links as the kernel follows (MAXSYMLINKS, path_resolution(7)).
_LINKS_LIMIT = 40


class FileEntry(Protocol):
    """One path of a tree. ``kind`` is "file", "dir", "symlink", "hardlink" or a special file's."""

    @property
    def path(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def mode(self) -> int: ...
    @property
    def size(self) -> int: ...
    @property
    def link(self) -> str: ...


class Located(Protocol):
    """An entry where it was found."""

    @property
    def entry(self) -> FileEntry: ...


class FileTree(Protocol):
    """A root file system to read. Paths have no leading slash, the root is ""; no path goes through a
    symlink.
    """

    def get(self, path: str) -> Located | None:
        """What is at exactly this path; the link itself for a symlink."""
        ...

    def read(self, path: str, limit: int) -> bytes:
        """The first ``limit`` bytes of a regular file; b"" for anything else."""
        ...

    def read_at(self, path: str, offset: int, length: int) -> bytes:
        """``length`` bytes of a regular file from ``offset``; fewer at its end, b"" for anything else."""
        ...

    def names(self, directory: str) -> tuple[str, ...]:
        """The names in a directory, sorted; none when it is not one."""
        ...

    def walk(self, prefix: str) -> Iterator[Located]:
        """Everything at and below a path, in the order of the paths."""
        ...


@dataclass(frozen=True, slots=True)
class Trail:
    """A path followed to its end: the real path, and every symlink that was on the way."""

    path: str
    links: tuple[str, ...] = ()


class Paths:
    """The paths of one tree followed through their symlinks, remembered."""

    __slots__ = ("_directories", "_trails", "tree")

    def __init__(self, tree: FileTree) -> None:
        self.tree = tree
        self._trails: dict[str, Trail | None] = {}
        self._directories: dict[str, Trail | None] = {"": Trail("")}

    def follow(self, path: str) -> Trail | None:
        """Where an absolute or root-relative path leads, or None when nothing is there."""
        path = path.strip("/")
        if path not in self._trails:
            found = self.tree.get(path) if path and "/.." not in path else None
            if found is not None and found.entry.kind != "symlink":
                self._trails[path] = Trail(path)
            else:
                self._trails[path] = self._followed(path)
        return self._trails[path]

    def real(self, path: str) -> str | None:
        """The real path that a path leads to, or None when nothing is there."""
        trail = self.follow(path)
        return None if trail is None else trail.path

    def is_file(self, path: str) -> bool:
        """Whether a path leads to a regular file."""
        return self.kind(path) in ("file", "hardlink")

    def kind(self, path: str) -> str:
        """What a path leads to: "file", "dir", ..., or "" when nothing is there."""
        real = self.real(path)
        if real is None:
            return ""
        if not real:
            return "dir"
        found = self.tree.get(real)
        return "dir" if found is None else found.entry.kind

    def _followed(self, path: str) -> Trail | None:
        # The directory of a path is remembered: a library is looked for in the same few of them.
        parent, _, name = path.rpartition("/")
        if parent and parent not in self._directories:
            self._directories[parent] = self._steps(Trail(""), parent)
        directory = self._directories[parent]
        return None if directory is None else self._steps(directory, name)

    def _steps(self, start: Trail, path: str) -> Trail | None:
        """Where a path leads from a directory, step by step; a hostile path may have thousands of steps."""
        at, links = start.path, list(start.links)
        todo = path.split("/")[::-1]
        while todo:
            part = todo.pop()
            if part in ("", "."):
                continue
            if part == "..":
                at = at.rpartition("/")[0]
                continue
            at = f"{at}/{part}" if at else part
            found = self.tree.get(at)
            if found is None and not self.tree.names(at):
                return None
            # A layer need not have an entry of its own for every directory.
            kind = "dir" if found is None else found.entry.kind
            if found is not None and kind == "symlink":
                links.append(at)
                target = found.entry.link
                if len(links) > _LINKS_LIMIT or not target:
                    return None
                at = "" if target.startswith("/") else at.rpartition("/")[0]
                todo += target.split("/")[::-1]
            elif kind != "dir" and todo:
                return None
        return Trail(at, tuple(links))


class DirectoryTree:
    """A file tree that is a directory of this machine."""

    __slots__ = ("_plain", "_root")

    def __init__(self, root: Path) -> None:
        self._root = os.fspath(root).rstrip("/")
        self._plain: dict[str, bool] = {"": True}

    def get(self, path: str) -> DirectoryEntry | None:
        """What is at exactly this path."""
        if not self._is_plain(path.rpartition("/")[0]) or path.rpartition("/")[2] in (".", ".."):
            return None
        try:
            status = os.lstat(f"{self._root}/{path}")
            link = os.readlink(f"{self._root}/{path}") if stat.S_ISLNK(status.st_mode) else ""  # noqa: PTH115 - its text
        except (OSError, ValueError):
            return None
        return DirectoryEntry(path, _kind(status.st_mode), stat.S_IMODE(status.st_mode), status.st_size, link)

    def read(self, path: str, limit: int) -> bytes:
        """The first ``limit`` bytes of a regular file."""
        return self.read_at(path, 0, limit)

    def read_at(self, path: str, offset: int, length: int) -> bytes:
        """``length`` bytes of a regular file from ``offset``."""
        try:
            handle = os.open(f"{self._root}/{path}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except (OSError, ValueError):
            return b""
        try:
            return os.pread(handle, length, offset) if stat.S_ISREG(os.fstat(handle).st_mode) else b""
        except (OSError, OverflowError):
            return b""
        finally:
            os.close(handle)

    def names(self, directory: str) -> tuple[str, ...]:
        """The names in a directory, sorted."""
        if not self._is_plain(directory):
            return ()
        try:
            return tuple(sorted(os.listdir(f"{self._root}/{directory}")))  # noqa: PTH208 - names are all we need
        except (OSError, ValueError):
            return ()

    def walk(self, prefix: str) -> Iterator[DirectoryEntry]:
        """Everything at and below a path."""
        found = self.get(prefix)
        if found is None:
            return
        yield found
        if found.kind == "dir":
            for name in self.names(prefix):
                yield from self.walk(f"{prefix}/{name}" if prefix else name)

    def _is_plain(self, directory: str) -> bool:
        """Whether a directory is reached through no symlink."""
        known = self._plain.get(directory)
        if known is None:
            parent = directory.rpartition("/")[0]
            try:
                mode = os.lstat(f"{self._root}/{directory}").st_mode
                dots = directory.rpartition("/")[2] in (".", "..")
                known = self._is_plain(parent) and stat.S_ISDIR(mode) and not dots
            except (OSError, ValueError):
                known = False
            self._plain[directory] = known
        return known


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """An entry of a directory tree, which is also where it was found."""

    path: str
    kind: str
    mode: int
    size: int
    link: str

    @property
    def entry(self) -> DirectoryEntry:
        """The entry itself."""
        return self


def _kind(mode: int) -> str:
    kinds = {
        stat.S_IFREG: "file",
        stat.S_IFDIR: "dir",
        stat.S_IFLNK: "symlink",
        stat.S_IFCHR: "char",
        stat.S_IFBLK: "block",
    }
    return kinds.get(stat.S_IFMT(mode), "fifo")
