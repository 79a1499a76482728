"""Layers applied one over the other, with whiteouts, as the image specification says.

Source: https://github.com/opencontainers/image-spec/blob/main/layer.md ("Applying Changesets", "Whiteouts")
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lightship.oci.limits import ENTRY_COST, Budget
from lightship.oci.model import OPAQUE_WHITEOUT, WHITEOUT_PREFIX, Entry
from lightship.oci.rootfs import Bodies, Located, Rootfs, located_in

_AUFS_PREFIX = ".wh..wh."
"""Names that aufs kept for itself; Docker skips them when it unpacks, all but the opaque whiteout."""


class Merge:
    """A root file system in the making. ``apply`` it layer after layer; ``touched`` says what the last one met.

    ``touched`` has, for every path that the last layer wrote or removed, what was there before (None: nothing).
    """

    __slots__ = ("_below", "_budget", "_files", "_where", "layers", "touched")

    def __init__(self, where: str) -> None:
        self._where = where
        self._files: dict[str, Located] = {}
        self._below: dict[str, dict[str, None]] = {}
        # Paths may imply many directories: "a/b/c/…" with 2,000 parts, a thousand times over.
        self._budget = Budget()
        self.layers = 0
        self.touched: dict[str, Located | None] = {}

    def rootfs(self, bodies: Bodies) -> Rootfs:
        """What the layers so far make together. It is not a copy: apply no more layers afterwards."""
        return Rootfs(self._files, self._below, bodies)

    def get(self, path: str) -> Located | None:
        """What is at a path now."""
        return self._files.get(path)

    def apply(self, entries: Iterable[Entry]) -> None:
        """Put one more layer on top."""
        layer = self.layers
        self.layers += 1
        self.touched = {}
        additions: list[Entry] = []
        whiteouts: list[Entry] = []
        for entry in entries:
            is_whiteout = ".wh." in entry.path and entry.is_whiteout
            (whiteouts if is_whiteout else additions).append(entry)
        # Whiteouts hide what lower layers have, never what comes in the same layer, wherever in the archive they stand.
        links = {entry.link: self._files.get(entry.link) for entry in additions if entry.kind == "hardlink"}
        for entry in whiteouts:
            self._white_out(entry.path)
        missed: list[Entry] = []
        files, below, touched = self._files, self._below, self.touched
        for entry in additions:
            kind, path = entry.kind, entry.path
            # Nearly all are files that are new, in a directory that is there; the rest takes the long way.
            if kind == "file" and path not in files:
                parent, _, name = path.rpartition("/")
                names = below.get(parent)
                if names is not None and path:
                    names[name] = None
                    if path not in touched:
                        touched[path] = None
                    files[path] = located_in(entry, layer)
                    continue
            if kind == "hardlink":
                if not self._link(entry, layer, links):
                    missed.append(entry)
            else:
                self._put(entry.path, located_in(entry, layer))
        for entry in missed:  # some tools write the link before the file
            if not self._link(entry, layer, links):
                self._put(entry.path, located_in(entry, layer))

    def _link(self, entry: Entry, layer: int, before: dict[str, Located | None]) -> bool:
        target = self._files.get(entry.link) or before.get(entry.link)
        if target is None or target.entry.kind == "dir" or entry.link == entry.path:
            return False
        twin = replace(target.entry, path=entry.path)
        self._put(entry.path, Located(twin, layer, target.body_layer, entry.link))
        return True

    def _put(self, path: str, located: Located) -> None:
        old = self._files.get(path)
        if path and path not in self.touched:
            self.touched[path] = old
        if old is None:
            if path:
                self._imply(path, located.layer)
            elif located.entry.kind != "dir":
                return  # the root is a directory, whatever an archive says
        elif old.entry.kind == "dir" and located.entry.kind != "dir":
            if not path:
                return
            self._remove_below(path)
            del self._below[path]
        self._files[path] = located
        if located.entry.kind == "dir" and path not in self._below:
            self._below[path] = {}

    def _imply(self, path: str, layer: int) -> None:
        """Name ``path`` in its directory; make the directories that are not there.

        A directory that is implied replaces a symlink or file of that name, as it does for overlayfs.
        """
        while path:
            parent, _, name = path.rpartition("/")
            names = self._below.get(parent)
            if names is not None:
                names[name] = None
                return
            self._below[parent] = {name: None}
            old = self._files.get(parent)
            self._budget.take(ENTRY_COST + len(parent), self._where)
            if parent and parent not in self.touched:
                self.touched[parent] = old
            self._files[parent] = Located(Entry(parent, "dir", 0o755, 0, 0, 0, 0), layer, layer)
            if old is not None:
                return
            path = parent

    def _white_out(self, path: str) -> None:
        directory, _, name = path.rpartition("/")
        if name == OPAQUE_WHITEOUT:
            self._remove_below(directory)
            return
        name = name.removeprefix(WHITEOUT_PREFIX)
        # ".wh.." and ".wh..." would name the directory itself and its parent.
        if path.rpartition("/")[2].startswith(_AUFS_PREFIX) or name in ("", ".", ".."):
            return
        hidden = f"{directory}/{name}" if directory else name
        if hidden not in self._files:
            return
        self._remove_below(hidden)
        self._forget(hidden)
        self._below.pop(hidden, None)
        del self._below[directory][name]

    def _remove_below(self, directory: str) -> None:
        """Remove everything in a directory, not the directory itself; its list of names is emptied."""
        stack = [directory]
        while stack:
            path = stack.pop()
            names = self._below.pop(path, None)
            for name in names or ():
                child = f"{path}/{name}" if path else name
                self._forget(child)
                stack.append(child)
        found = self._files.get(directory)
        if found is not None and found.entry.kind == "dir":
            self._below[directory] = {}

    def _forget(self, path: str) -> None:
        old = self._files.pop(path)
        self.touched.setdefault(path, old)
