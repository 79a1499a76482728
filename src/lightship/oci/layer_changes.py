"""What each layer did to the file system below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lightship.oci.image import Image
from lightship.oci.merge import Merge
from lightship.oci.model import Entry
from lightship.oci.rootfs import Located


@dataclass(frozen=True, slots=True)
class Change:
    """One path before and after a layer; None on the side where it is not there.

    ``metadata`` names what differs of kind, size, mode, owner, mtime, link, xattrs. ``content`` tells whether the
    content differs: None when that takes reading both bodies (``content_differs`` does).
    """

    path: str
    before: Located | None
    after: Located | None
    metadata: tuple[str, ...] = ()
    content: bool | None = None


@dataclass(frozen=True, slots=True)
class LayerChanges:
    """Paths that a layer added, changed and removed, in the order of the layer; ``all`` has both sides of each.

    A directory that a layer only repeats, because something in it changed, is no change when nothing of it differs.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    all: tuple[Change, ...]


def changes(image: Image, layer: int) -> LayerChanges:
    """What one layer did. The first call reads all layers of the image; raises InputError."""
    return all_changes(image)[layer]


def all_changes(image: Image) -> tuple[LayerChanges, ...]:
    """What each layer did, in order; kept with the image. Raises InputError."""
    if image.layer_changes is None:
        merge = Merge(image.reference)
        found = []
        for layer in image.layers:
            merge.apply(layer.entries)
            found.append(_of_last_layer(merge))
        image.layer_changes = tuple(found)
        image.keep_rootfs(merge)
    kept: tuple[LayerChanges, ...] = image.layer_changes
    return kept


def content_differs(image: Image, change: Change) -> bool:
    """Whether the bytes of a file that is there before and after differ; both are read when nothing else tells."""
    if change.content is not None or change.before is None or change.after is None:
        return change.content is not False
    old = image.body(change.before.body_layer, change.before.entry)
    new = image.body(change.after.body_layer, change.after.entry)
    return not _equal(old, new)


def differs(old: Entry, new: Entry) -> bool:
    """Whether kind, size, mode, owner, mtime, link or xattrs of two entries differ."""
    return any(_differing(old, new))


def _of_last_layer(merge: Merge) -> LayerChanges:
    found = [
        change
        for path, before in merge.touched.items()
        if (change := _change(path, before, merge.get(path))) is not None
    ]
    return LayerChanges(
        tuple(change.path for change in found if change.before is None),
        tuple(change.path for change in found if change.before is not None and change.after is not None),
        tuple(change.path for change in found if change.after is None),
        tuple(found),
    )


def _change(path: str, before: Located | None, after: Located | None) -> Change | None:
    if before is None or after is None:
        return None if before is after else Change(path, before, after, content=True)
    old, new = before.entry, after.entry
    metadata = tuple(_differing(old, new))
    if old.kind == "dir" and not metadata:
        return None
    return Change(path, before, after, metadata, _content(before, after))


def _differing(old: Entry, new: Entry) -> Iterator[str]:
    if old.kind != new.kind:
        yield "kind"
    if old.size != new.size:
        yield "size"
    if old.mode != new.mode:
        yield "mode"
    if (old.uid, old.gid) != (new.uid, new.gid):
        yield "owner"
    if old.mtime != new.mtime:
        yield "mtime"
    if old.link != new.link:
        yield "link"
    if old.xattrs != new.xattrs:
        yield "xattrs"


def _content(before: Located, after: Located) -> bool | None:
    old, new = before.entry, after.entry
    if (old.kind, old.size, old.link) != (new.kind, new.size, new.link):
        return True
    if old.kind != "file" or old.size == 0:
        return False
    if (before.body_layer, old.offset) == (after.body_layer, new.offset):
        return False
    return None


def _equal(left: Iterator[bytes], right: Iterator[bytes]) -> bool:
    # Both sides have the same size here, but holes of sparse files may cut the pieces differently.
    a = b = b""
    while True:
        a = a or next(left, b"")
        b = b or next(right, b"")
        count = min(len(a), len(b))
        if not count:
            return len(a) == len(b)
        if a[:count] != b[:count]:
            return False
        a, b = a[count:], b[count:]
