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
    optional: bool = False
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
    wanted = wanted if isinstance(wanted, (set, frozenset)) else frozenset(wanted)
    inner = {""}
    for path in wanted:
        parent = path.rpartition("/")[0]
        while parent not in inner:
            inner.add(parent)
            parent = parent.rpartition("/")[0]
    root = _Node("")
    nodes = {"": root}
    for path, located in files.items():
        parent_path = path.rpartition("/")[0]
        parent = nodes.get(parent_path)
        if parent is None and parent_path not in inner:
            continue
        if parent is None:
            parent = _ensure(nodes, parent_path)
        entry = located.entry
        node = nodes[path] if path in nodes else _Node(path)
        node.kind, node.size = entry.kind, entry.size if entry.kind == "file" else 0
        node.wanted = path in wanted
        node.optional = not node.wanted and optional(path)
        nodes[path] = node
        if path:
            parent.children[path.rpartition("/")[2]] = node
    return root


def _ensure(nodes: dict[str, _Node], path: str) -> _Node:
    node = nodes.get(path)
    if node is None:
        node = nodes[path] = _Node(path)
        _ensure(nodes, path.rpartition("/")[0]).children[path.rpartition("/")[2]] = node
    return node


def _sum(root: _Node) -> None:
    # Iterative post-order: a rootfs may nest deeper than Python's stack.
    order, stack = [], [root]
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(node.children.values())
    for node in reversed(order):
        is_leaf = node.kind != "dir" or not node.children
        node.has_wanted = node.wanted or any(child.has_wanted for child in node.children.values())
        node.has_extra = (is_leaf and not node.wanted and not node.optional) or any(
            child.has_extra for child in node.children.values()
        )
        node.wanted_size = (node.size if node.wanted else 0) + sum(
            child.wanted_size for child in node.children.values()
        )


def _collect(root: _Node, divided: Callable[[str], bool], found: list[Tree], *, removing: bool) -> None:
    stack = [root]
    while stack:
        node = stack.pop()
        if not node.has_wanted:
            continue
        if node.kind != "dir" or not node.children:
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
