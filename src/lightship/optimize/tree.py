"""The directories of two images as one tree of sizes, small enough to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# Paths are as deep as whoever made an image likes; below this all is counted with the directory above.
_DEPTH = 16
# What is smaller than this part of the larger image could not be seen in a picture.
_SHARE = 0.0004


@dataclass(frozen=True, slots=True)
class Tree:
    """A file or directory: its bytes in the original and in the result, and the larger things below it.

    ``name`` is one part of a path, several where a directory holds nothing but another one, and ``N smaller`` for
    those that are too small to be told apart. ``files`` counts those of either image.
    """

    name: str
    before: int
    after: int
    files: int
    children: tuple[Tree, ...] = ()


@dataclass(slots=True)
class _Growing:
    before: int = 0
    after: int = 0
    files: int = 0
    below: dict[str, _Growing] = field(default_factory=dict)


def merged_tree(before: Mapping[str, int], after: Mapping[str, int]) -> Tree:
    """The tree of all paths of two images, given as sizes by path without a leading slash."""
    root = _Growing()
    for path in {**before, **after}:
        old, new = before.get(path, 0), after.get(path, 0)
        node = root
        for name in ("", *path.split("/")[:_DEPTH]):
            node = node.below.setdefault(name, _Growing()) if name else root
            node.before += old
            node.after += new
            node.files += 1
    return _frozen("", root, int(max(root.before, root.after) * _SHARE))


def _frozen(name: str, node: _Growing, least: int) -> Tree:
    if len(node.below) == 1 and name:
        ((inner, only),) = node.below.items()
        if only.files == node.files:
            return _frozen(f"{name}/{inner}", only, least)
    large = {key: one for key, one in node.below.items() if max(one.before, one.after) > least}
    children = [_frozen(key, one, least) for key, one in large.items()]
    small = [one for key, one in node.below.items() if key not in large]
    if small and children:
        children.append(_together(small))
    children.sort(key=lambda one: (-max(one.before, one.after), one.name))
    return Tree(name, node.before, node.after, node.files, tuple(children))


def _together(small: Iterable[_Growing]) -> Tree:
    small = tuple(small)
    return Tree(
        f"{len(small)} smaller",
        sum(one.before for one in small),
        sum(one.after for one in small),
        sum(one.files for one in small),
    )
