"""Two images held against each other: layers, files, packages, attack surface, in bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from lightship.inspection.model import Inspection, Owner, Surface
from lightship.oci import Image, Located

State = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class FileChange:
    """One path that is not the same in both. Sizes are bytes, 0 where it is not there.

    ``what`` names what differs: kind, size, content, mode, owner, link. Times are not looked at: they differ always.
    """

    state: State
    path: str
    before: int
    after: int
    what: tuple[str, ...] = ()

    @property
    def growth(self) -> int:
        """Bytes that the second image has more."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class DirectoryChange:
    """A directory with what changed below it: bytes more, and how many paths were added, removed, changed."""

    path: str
    growth: int
    added: int
    removed: int
    changed: int


@dataclass(frozen=True, slots=True)
class PackageChange:
    """A package that is not in both in the same version. A version is "" where it is not there."""

    kind: str
    name: str
    before: str
    after: str
    growth: int


@dataclass(frozen=True, slots=True)
class SurfaceChange:
    """One point of the attack surface: what only the second image has, and what only the first one had."""

    point: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LayerChange:
    """A layer that only one of the images has: "added" or "removed". Equal layers are shared and cost nothing."""

    state: State
    instruction: str
    size: int


@dataclass(frozen=True, slots=True)
class ImageDifference:
    """All that differs. ``shared`` is bytes of layers that both have; ``new`` those that only the second has."""

    before: str
    after: str
    size_before: int
    size_after: int
    files_before: int
    files_after: int
    shared: int
    new: int
    layers: tuple[LayerChange, ...]
    directories: tuple[DirectoryChange, ...]
    files: tuple[FileChange, ...]
    packages: tuple[PackageChange, ...]
    surface: tuple[SurfaceChange, ...]
    secrets: SurfaceChange
    content_unread: int
    """Files of equal size in both whose bytes were not compared."""

    @property
    def growth(self) -> int:
        """Bytes that the second image has more."""
        return self.size_after - self.size_before


def difference(
    before: Image, after: Image, first: Inspection, second: Inspection, *, contents: bool = True
) -> ImageDifference:
    """What differs from ``before`` to ``after``, with their inspections. Raises InputError.

    ``contents`` compares the bytes of files of one size that do not come from the same layer.
    """
    files, unread = _files(before, after, contents=contents)
    old, new = {row.diff_id for row in first.layers}, {row.diff_id for row in second.layers}
    gone = [LayerChange("removed", row.instruction, row.size) for row in first.layers if row.diff_id not in new]
    come = [LayerChange("added", row.instruction, row.size) for row in second.layers if row.diff_id not in old]
    order = sorted(files, key=lambda one: (-abs(one.growth), one.path))
    return ImageDifference(
        before=first.reference,
        after=second.reference,
        size_before=first.size,
        size_after=second.size,
        files_before=first.files,
        files_after=second.files,
        shared=sum(row.size for row in second.layers if row.diff_id in old),
        new=sum(one.size for one in come),
        layers=(*gone, *come),
        directories=tuple(_directories(files)),
        files=tuple(order),
        packages=tuple(sorted(_packages(first, second), key=lambda one: (-abs(one.growth), one.kind, one.name))),
        surface=tuple(_surface(first.surface, second.surface)),
        secrets=_sides("secrets", *(tuple(f"{one.kind}: {one.path}" for one in i.secrets) for i in (first, second))),
        content_unread=unread,
    )


def _files(before: Image, after: Image, *, contents: bool) -> tuple[list[FileChange], int]:
    old, new = before.rootfs(), after.rootfs()
    found: list[FileChange] = []
    unread = 0
    for path, left in old.items():
        right = new.get(path)
        if right is None:
            if left.entry.kind != "dir":
                found.append(FileChange("removed", path, _size(left), 0))
            continue
        what = list(_metadata(left, right))
        if not what and left.entry.kind == "file" and not _is_same(before, after, left, right):
            if not contents:
                unread += 1
            elif _bytes_differ(before, after, left, right):
                what = ["content"]
        if what:
            found.append(FileChange("changed", path, _size(left), _size(right), tuple(what)))
    found += [
        FileChange("added", path, 0, _size(right))
        for path, right in new.items()
        if right.entry.kind != "dir" and path not in old
    ]
    return found, unread


def _size(located: Located) -> int:
    # A hard link takes nothing, as everywhere in this room.
    return located.entry.stored if located.entry.kind == "file" and not located.twin else 0


def _metadata(left: Located, right: Located) -> Iterator[str]:
    a, b = left.entry, right.entry
    if a.kind != b.kind:
        yield "kind"
    if a.size != b.size:
        yield "size"
    if a.mode != b.mode:
        yield "mode"
    if (a.uid, a.gid) != (b.uid, b.gid):
        yield "owner"
    if a.link != b.link:
        yield "link"


def _is_same(before: Image, after: Image, left: Located, right: Located) -> bool:
    """Whether both are the very same entry of the very same layer."""
    layers = before.config.diff_ids[left.body_layer], after.config.diff_ids[right.body_layer]
    return (layers[0] == layers[1] and left.entry.offset == right.entry.offset) or left.entry.size == 0


def _bytes_differ(before: Image, after: Image, left: Located, right: Located) -> bool:
    pieces = zip(before.body(left.body_layer, left.entry), after.body(right.body_layer, right.entry), strict=True)
    return any(a != b for a, b in pieces)


def _directories(files: list[FileChange]) -> Iterator[DirectoryChange]:
    """Each directory below which something changed, once for the deepest one that holds all of it."""
    growth: Counter[str] = Counter()
    counts: Counter[tuple[str, State]] = Counter()
    for one in files:
        at = one.path
        while at:
            at = at.rpartition("/")[0]
            growth[at] += one.growth
            counts[at, one.state] += 1
    rows = {
        path: DirectoryChange(path, size, counts[path, "added"], counts[path, "removed"], counts[path, "changed"])
        for path, size in growth.items()
    }
    same = {(path.rpartition("/")[0], *_figures(row)) for path, row in rows.items() if path}
    told = (row for path, row in rows.items() if (path, *_figures(row)) not in same)
    yield from sorted(told, key=lambda row: (-abs(row.growth), row.path))


def _figures(row: DirectoryChange) -> tuple[int, int, int, int]:
    return row.growth, row.added, row.removed, row.changed


def _packages(first: Inspection, second: Inspection) -> Iterator[PackageChange]:
    old, new = _named(first), _named(second)
    for kind, name in {**old, **new}:
        before, after = old.get((kind, name), ({}, 0)), new.get((kind, name), ({}, 0))
        versions = ", ".join(before[0]), ", ".join(after[0])
        if versions[0] != versions[1]:
            yield PackageChange(kind, name, *versions, after[1] - before[1])


def _named(of: Inspection) -> Mapping[tuple[str, str], tuple[dict[str, None], int]]:
    """Versions and bytes by kind and name; components that have no files count nothing."""
    found: dict[tuple[str, str], tuple[dict[str, None], int]] = {}
    parts = (Owner(one.kind, one.name, one.version, 0, 0) for one in of.components)
    for one in sorted((*of.owners, *parts), key=lambda one: one.version):
        if one.kind != "files":
            versions, size = found.get((one.kind, one.name), ({}, 0))
            found[one.kind, one.name] = ({**versions, one.version or "?": None}, size + one.size)
    return found


def _surface(old: Surface, new: Surface) -> Iterator[SurfaceChange]:
    points = (
        ("user", (old.user,), (new.user,)),
        ("ports", old.ports, new.ports),
        ("setuid, setgid", old.set_id, new.set_id),
        ("capabilities", old.capabilities, new.capabilities),
        ("world-writable", old.world_writable, new.world_writable),
        ("shells", old.shells, new.shells),
        ("package managers", old.package_managers, new.package_managers),
        ("compilers", old.compilers, new.compilers),
        ("network tools", old.network_tools, new.network_tools),
    )
    for point, left, right in points:
        change = _sides(point, left, right)
        if change.added or change.removed:
            yield change


def _sides(point: str, left: tuple[str, ...], right: tuple[str, ...]) -> SurfaceChange:
    return SurfaceChange(
        point, tuple(one for one in right if one not in left), tuple(one for one in left if one not in right)
    )
