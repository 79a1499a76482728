"""Thousands of wanted paths, named as the few trees and files that a person would write down."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from lightship.oci import Rootfs

# A directory is taken whole, after its unwanted parts were removed in the builder stage, when that reads shorter than
# naming its wanted parts: at most this many removals, and more than this many wanted children.
MOST_REMOVALS = 12
FEWEST_CHILDREN = 4


@dataclass(frozen=True, slots=True)
class Tree:
    """A path to copy with all that is below it.

    ``extras`` are maximal unwanted paths below it that have to be removed first; sizes are bytes of file content.
    """

    path: str
    kind: str
    size: int
    extras: tuple[str, ...] = ()


@dataclass(slots=True)
class _Node:
    """What lies at and below one path. Mutable only while the tree is built."""

    path: str
    kind: str = "dir"
    size: int = 0
    wanted: bool = False
    is_leaf: bool = True
    wanted_size: int = 0
    has_wanted: bool = False
    has_extra: bool = False
    children: dict[str, _Node] = field(default_factory=dict)


def cover(
    files: Rootfs,
    wanted: Collection[str],
    *,
    optional: Callable[[str], bool] = lambda path: False,
    divided: Callable[[str], bool] = lambda path: False,
    removing: bool = True,
) -> tuple[Tree, ...]:
    """The trees that hold every wanted path and nothing else but ``optional`` ones, in path order.

    A directory that itself is wanted but empty gives a tree of its own. ``divided`` names directories that must not
    be taken whole although all that is in them is wanted (/usr, /etc: nobody wants to read ``COPY /usr /usr``); the
    root never is. Without ``removing``, no tree has extras.
    """
    root = _grow(files, wanted, optional)
    _sum(root)
    found: list[Tree] = []
    _collect(root, divided, found, removing=removing)
    return tuple(sorted(found, key=lambda tree: tree.path))


def _grow(files: Rootfs, wanted: Collection[str], optional: Callable[[str], bool]) -> _Node:
    """The directories that lead to wanted paths, each with all that is directly in it."""
    wanted = wanted if isinstance(wanted, (set, frozenset)) else frozenset(wanted)
    inner = {""}
    for path in wanted:
        parent = path.rpartition("/")[0]
        while parent not in inner:
            inner.add(parent)
            parent = parent.rpartition("/")[0]
    root = _Node("", is_leaf=False)
    stack = [root]
    while stack:
        node = stack.pop()
        for name in files.children(node.path):
            path = f"{node.path}/{name}" if node.path else name
            entry = files[path].entry
            child = _Node(path, entry.kind, entry.size if entry.kind == "file" else 0, wanted=path in wanted)
            child.is_leaf = child.kind != "dir" or not files.children(path)
            node.children[name] = child
            if path in inner or (child.wanted and not child.is_leaf):
                stack.append(child)
            else:
                # Nothing below is wanted: all there is to know is whether it may come along.
                child.has_wanted = child.wanted
                child.wanted_size = child.size if child.wanted else 0
                child.has_extra = not child.wanted and _has_extra(files, path, optional)
    return root


def _has_extra(files: Rootfs, top: str, optional: Callable[[str], bool]) -> bool:
    """Whether something at or below a path, where nothing is wanted, may not come along."""
    stack = [top]
    while stack:
        path = stack.pop()
        names = files.children(path) if files[path].entry.kind == "dir" else ()
        if not names and not optional(path):
            return True
        stack += [f"{path}/{name}" for name in names]
    return False


def _sum(root: _Node) -> None:
    # Iterative post-order: a rootfs may nest deeper than Python's stack.
    order, stack = [], [root]
    while stack:
        node = stack.pop()
        if node.children:
            order.append(node)
            stack.extend(node.children.values())
    for node in reversed(order):
        node.has_wanted, node.wanted_size = node.wanted, node.size if node.wanted else 0
        for child in node.children.values():
            node.has_wanted = node.has_wanted or child.has_wanted
            node.has_extra = node.has_extra or child.has_extra
            node.wanted_size += child.wanted_size


def _collect(root: _Node, divided: Callable[[str], bool], found: list[Tree], *, removing: bool) -> None:
    stack = [root]
    while stack:
        node = stack.pop()
        if not node.has_wanted:
            continue
        if node.is_leaf:
            found.append(Tree(node.path, node.kind, node.wanted_size))
            continue
        if node.path and not divided(node.path):
            if not node.has_extra:
                found.append(Tree(node.path, "dir", node.wanted_size))
                continue
            extras = _extras(node) if removing else None
            if extras is not None and _reads_shorter(node, extras):
                found.append(Tree(node.path, "dir", node.wanted_size, extras))
                continue
        stack.extend(node.children.values())


def _extras(node: _Node) -> tuple[str, ...] | None:
    """The maximal unwanted paths below a node; None when there are too many of them to write down."""
    found: list[str] = []
    stack = list(node.children.values())
    while stack:
        child = stack.pop()
        if not child.has_extra:
            continue
        if not child.has_wanted:
            found.append(child.path)
            if len(found) > MOST_REMOVALS:
                return None
        else:
            stack.extend(child.children.values())
    return tuple(sorted(found))


def _reads_shorter(node: _Node, extras: tuple[str, ...]) -> bool:
    wanted_children = sum(child.has_wanted for child in node.children.values())
    subdirectories = sum(child.has_wanted and child.kind == "dir" for child in node.children.values())
    return wanted_children >= FEWEST_CHILDREN and subdirectories > 0 and len(extras) <= max(2 * subdirectories, 2)
