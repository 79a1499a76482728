"""The final file system as a tree with sizes: what an explorer walks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from lightship.oci import Rootfs


@dataclass(frozen=True, slots=True)
class Node:
    """A path with the bytes of files at and below it, and the layer that put it there. ``kind`` as in oci."""

    path: str
    kind: str
    size: int
    layer: int
    link: str = ""

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2] or "/"


class SizedTree:
    """Every path of a root file system with its size, each hard-linked file once."""

    def __init__(self, rootfs: Rootfs) -> None:
        self._rootfs = rootfs
        self._below: defaultdict[str, int] = defaultdict(int)
        for path, located in rootfs.items():
            if located.entry.kind == "file" and not located.twin:
                at = path
                while at:
                    at = at.rpartition("/")[0]
                    self._below[at] += located.entry.stored

    def node(self, path: str) -> Node:
        """One path."""
        located = self._rootfs.get(path)
        if located is None or located.entry.kind == "dir":
            return Node(path, "dir", self._below[path], located.layer if located else 0)
        entry = located.entry
        size = 0 if located.twin or entry.kind != "file" else entry.stored
        return Node(path, entry.kind, size, located.layer, located.twin or entry.link)

    def children(self, path: str) -> tuple[Node, ...]:
        """What is in a directory, the largest first."""
        names = self._rootfs.children(path)
        nodes = (self.node(f"{path}/{name}" if path else name) for name in names)
        return tuple(sorted(nodes, key=lambda one: (-one.size, one.path)))

    def search(self, text: str, limit: int) -> tuple[Node, ...]:
        """The largest paths in whose name a text stands, in any case of letters."""
        wanted = text.lower()
        found = [self.node(path) for path in self._rootfs if path and wanted in path.rpartition("/")[2].lower()]
        return tuple(sorted(found, key=lambda one: (-one.size, one.path))[:limit])
