"""The merged root file system of an image: what a container sees after all, or the first few, layers."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, ItemsView, Iterator, Mapping, ValuesView
from dataclasses import dataclass
from typing import Protocol, cast

from lightship.oci.limits import BODY_LIMIT
from lightship.oci.model import Entry
from lightship.text import decode

_LINKS_LIMIT = 40
"""Links that one path may lead through: MAXSYMLINKS, path_resolution(7)."""


@dataclass(frozen=True, slots=True)
class Located:
    """An entry, and the index of the layer that put its path there.

    A hard link's entry is that of the file it shares, under its own path: kind, size, offset and the rest are the
    file's, ``body_layer`` is the layer that has the bytes, and ``twin`` the path that was linked to. For all others
    ``body_layer`` is ``layer`` and ``twin`` is "".
    """

    entry: Entry
    layer: int
    body_layer: int
    twin: str = ""


class _Draft:
    """A ``Located`` while it is written: see ``tar_header``, which does the same for entries and says why."""

    __slots__ = Located.__slots__

    def __init__(self, entry: Entry, layer: int) -> None:
        self.entry = entry
        self.layer = self.body_layer = layer
        self.twin = ""
        self.__class__ = Located  # type: ignore[assignment]  # same slots


located_in = cast("Callable[[Entry, int], Located]", _Draft)
"""An entry that is no hard link, in the layer that has it."""


class Bodies(Protocol):
    """What reads the bytes of files: an open image."""

    def span(self, layer: int, entry: Entry, offset: int, length: int) -> bytes:
        """``length`` bytes of a file from ``offset``, fewer at its end."""


class Rootfs(Mapping[str, Located]):
    """Paths to what is there. A path has no leading slash, the root is ""; a path is exact unless ``resolve`` is asked.

    Directories that layers imply without an entry of their own are there too, as root's with mode 0755.
    """

    __slots__ = ("_below", "_bodies", "_files")

    def __init__(self, files: dict[str, Located], below: dict[str, dict[str, None]], bodies: Bodies) -> None:
        self._files = files
        self._below = below
        self._bodies = bodies

    def __getitem__(self, path: str) -> Located:
        return self._files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, path: object) -> bool:
        return path in self._files

    # Mapping's own views look every path up again, one call of Python each.
    def items(self) -> ItemsView[str, Located]:
        """Paths with what is there."""
        return self._files.items()

    def values(self) -> ValuesView[Located]:
        """What is there."""
        return self._files.values()

    def without(self, paths: Collection[str]) -> Rootfs:
        """The same without some paths; what lies below one of them has to be among them too."""
        gone = frozenset(paths)
        files = {path: located for path, located in self._files.items() if path not in gone}
        below = {
            folder: {name: None for name in names if (f"{folder}/{name}" if folder else name) not in gone}
            for folder, names in self._below.items()
            if folder not in gone
        }
        return Rootfs(files, below, self._bodies)

    def resolve(self, path: str) -> str | None:
        """The path of what ``path`` leads to, every symlink followed, also the last; None when nothing is there.

        ``path`` may have a leading slash. Absolute targets start at the root of the image, ``..`` never leaves it.
        """
        found = self.resolve_parent(path)
        for _ in range(_LINKS_LIMIT):
            located = self._files.get(found) if found is not None else None
            if found is None or located is None or located.entry.kind != "symlink":
                return found if located is not None else None
            parent = found.rpartition("/")[0]
            link = located.entry.link
            found = self.resolve_parent(link if link.startswith("/") else f"{parent}/{link}")
        return None

    def resolve_parent(self, path: str) -> str | None:
        """``path`` with the symlinks of its directories followed, its last part left as it is, there or not.

        None when a directory on the way is missing, is none, or links lead in a loop.
        """
        todo = [part for part in reversed(path.split("/")) if part and part != "."]
        at = ""
        links = 0
        while todo:
            part = todo.pop()
            if part == "..":
                at = at.rpartition("/")[0]
                continue
            following = f"{at}/{part}" if at else part
            if not todo:
                return following
            located = self._files.get(following)
            if located is None:
                return None
            if located.entry.kind == "symlink":
                links += 1
                if links > _LINKS_LIMIT:
                    return None
                link = located.entry.link
                at = "" if link.startswith("/") else at
                todo += [part for part in reversed(link.split("/")) if part and part != "."]
                continue
            if located.entry.kind != "dir":
                return None
            at = following
        return at

    def exists(self, path: str) -> bool:
        """Whether ``path`` leads, through symlinks, to something."""
        return self.resolve(path) is not None

    def is_file(self, path: str) -> bool:
        """Whether ``path`` leads, through symlinks, to a regular file."""
        found = self.resolve(path)
        return found is not None and self._files[found].entry.kind == "file"

    def is_executable(self, path: str) -> bool:
        """Whether ``path`` leads, through symlinks, to a regular file that someone may execute."""
        found = self.resolve(path)
        entry = self._files[found].entry if found is not None else None
        return entry is not None and entry.kind == "file" and entry.mode & 0o111 != 0

    def read(self, path: str, limit: int = BODY_LIMIT) -> bytes:
        """The first ``limit`` bytes of the regular file at exactly this path; b"" for anything else."""
        return self.read_at(path, 0, limit)

    def read_at(self, path: str, offset: int, length: int) -> bytes:
        """``length`` bytes of the regular file at exactly this path, fewer at its end; b"" for anything else."""
        located = self._files.get(path)
        if located is None or located.entry.kind != "file":
            return b""
        return self._bodies.span(located.body_layer, located.entry, offset, length)

    def read_text(self, path: str, limit: int = BODY_LIMIT) -> str:
        """The text that ``path`` leads to, through symlinks; "" when there is none."""
        found = self.resolve(path)
        return "" if found is None else decode(self.read(found, limit))

    def names(self, directory: str) -> tuple[str, ...]:
        """The names in a directory, sorted; none when it is not one."""
        return tuple(sorted(self._below.get(directory, ())))

    def children(self, directory: str) -> tuple[str, ...]:
        """The names in a directory, in the order the layers have them."""
        return tuple(self._below.get(directory, ()))

    def walk(self, prefix: str = "") -> Iterator[Located]:
        """Everything at and below a path, each directory before what is in it, names sorted."""
        stack = [prefix] if prefix in self._files else []
        while stack:
            path = stack.pop()
            yield self._files[path]
            if path in self._below:
                names = sorted(self._below[path], reverse=True)
                stack += [f"{path}/{name}" if path else name for name in names]

    def glob(self, pattern: str) -> Iterator[Located]:
        """What matches a pattern such as ``usr/lib/**/*.so*``: ``*`` stays within a name, ``**/`` does not."""
        match = _glob(pattern.strip("/"))
        return (located for path, located in self._files.items() if match(path))

    def size(self, prefix: str = "") -> int:
        """Bytes of all regular files at and below a path; what hard links share counts once."""
        seen = set()
        total = 0
        for located in self.walk(prefix):
            entry = located.entry
            if entry.kind != "file" or (located.body_layer, entry.offset) in seen:
                continue
            # A file without hard links cannot come again, but nothing here says that it has none.
            seen.add((located.body_layer, entry.offset))
            total += entry.size
        return total


def _glob(pattern: str) -> Callable[[str], object]:
    parts = []
    for piece in re.split(r"(\*\*/|\*\*|\*|\?|\[[^]/]*\])", pattern):
        if piece in ("**/", "**"):
            parts.append("(?:.*/)?" if piece == "**/" else ".*")
        elif piece in ("*", "?"):
            parts.append("[^/]*" if piece == "*" else "[^/]")
        elif piece[:1] == "[" and piece[-1:] == "]":
            parts.append("[" + piece[1:-1].replace("\\", "\\\\").replace("!", "^", 1) + "]")
        else:
            parts.append(re.escape(piece))
    return re.compile("".join(parts), re.DOTALL).fullmatch
