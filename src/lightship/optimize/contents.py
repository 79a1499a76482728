"""What is in the original and in the result: by directory, by instruction, by package, and by what an attacker finds.

Counted from the files of both images, for reports; nothing here decides anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lightship.distros import installed
from lightship.dockerfile import parse
from lightship.errors import UnknownError
from lightship.evidence.history import layers_of
from lightship.inspection.model import Surface
from lightship.inspection.owners import NOBODY, Owned, owned
from lightship.inspection.surface import surface_of
from lightship.oci import Image, ImageConfig, Located
from lightship.optimize.tree import Tree, merged_tree
from lightship.semantic import stages


@dataclass(frozen=True, slots=True)
class Part:
    """What one instruction put into an image.

    ``line`` is the instruction's in the Dockerfile; a FROM stands for all layers of its base image. Sizes are bytes:
    ``size`` of the layer, ``alive`` of those of its files that no later layer removes or replaces, ``shipped`` of
    those whose path is in the result too.
    """

    line: int
    text: str
    size: int
    alive: int
    shipped: int


@dataclass(frozen=True, slots=True)
class PackageRow:
    """A package of either image. A version is "" where it is not there; ``size``: bytes of its files, 0 if unknown."""

    kind: str
    name: str
    before: str
    after: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Contents:
    """Both images from the inside. Without a result its side is empty, and ``after`` is None."""

    tree: Tree
    parts: tuple[Part, ...]
    parts_after: tuple[Part, ...]
    packages: tuple[PackageRow, ...]
    before: Surface
    after: Surface | None


@dataclass(frozen=True, slots=True)
class Opened:
    """An image with what is needed to tell its parts: the text it was built from, and its base's configuration."""

    image: Image
    text: str
    base: ImageConfig
    build_args: tuple[tuple[str, str], ...] = ()
    target: str = ""


def contents(original: Opened, result: Opened | None) -> Contents:
    """The contents of the original, and of what takes its place (None when nothing does)."""
    before = _files(original.image)
    after = _files(result.image) if result else {}
    old, new = _owned(original.image), _owned(result.image) if result else None
    return Contents(
        tree=merged_tree(
            {path: one.entry.stored for path, one in before.items()},
            {path: one.entry.stored for path, one in after.items()},
        ),
        parts=_parts(original, before, frozenset(after)),
        parts_after=_parts(result, after, frozenset(after)) if result else (),
        packages=_packages(old, new),
        before=_surface(original.image, old),
        after=_surface(result.image, new) if result and new else None,
    )


def _files(image: Image) -> dict[str, Located]:
    """The files that take room: regular ones, each hard-linked one once."""
    return {path: one for path, one in image.rootfs().items() if one.entry.kind == "file" and not one.twin}


def _parts(opened: Opened, files: Mapping[str, Located], kept: frozenset[str]) -> tuple[Part, ...]:
    layers = opened.image.layers
    alive: Counter[int] = Counter()
    shipped: Counter[int] = Counter()
    for path, one in files.items():
        alive[one.layer] += one.entry.stored
        if path in kept:
            shipped[one.layer] += one.entry.stored

    def part(line: int, text: str, indices: range) -> Part:
        return Part(
            line,
            " ".join(text.split()),
            sum(layers[index].size for index in indices),
            sum(alive[index] for index in indices),
            sum(shipped[index] for index in indices),
        )

    return tuple(part(line, text, indices) for line, text, indices in _instructions(opened))


def _instructions(opened: Opened) -> Iterator[tuple[int, str, range]]:
    """Line, text and layers of everything that made a layer; one entry for all when the history does not tell."""
    graph = stages(parse(opened.text), build_args=opened.build_args, target=opened.target)
    stage = graph.target
    if stage is None:
        return
    origin = stage.from_instruction
    own = [item for item in stage.instructions if item.keyword != "from"]
    try:
        found = layers_of(own, opened.image.config, opened.base)
    except UnknownError:
        yield origin.line, "all layers", range(len(opened.image.layers))
        return
    if opened.base.diff_ids:
        yield origin.line, origin.text, range(len(opened.base.diff_ids))
    for instruction, layer in found:
        if layer is not None:
            yield instruction.line, instruction.text, range(layer, layer + 1)


def _owned(image: Image) -> Owned:
    rootfs = image.rootfs()
    return owned(rootfs, installed(rootfs))


def _surface(image: Image, found: Owned) -> Surface:
    return surface_of(image.config, image.rootfs(), found.owners, len(found.components))


def _packages(before: Owned, after: Owned | None) -> tuple[PackageRow, ...]:
    sizes: Counter[tuple[str, str]] = Counter()
    for one in before.owners:
        sizes[one.kind, one.name] += one.size
    old, new = _named(before), _named(after) if after else {}
    rows = [PackageRow(*key, old.get(key, ""), new.get(key, ""), sizes[key]) for key in {**old, **new}]
    return tuple(sorted(rows, key=lambda row: (-row.size, row.kind, row.name)))


def _named(found: Owned) -> dict[tuple[str, str], str]:
    """Versions by kind and name; several of one name are joined."""
    versions: dict[tuple[str, str], list[str]] = {}
    known = [(one.kind, one.name, one.version) for one in found.owners if one.kind != NOBODY]
    known += [(one.kind, one.name, one.version) for one in found.components]
    for kind, name, version in known:
        versions.setdefault((kind, name), []).append(version or "-")
    return {key: ", ".join(dict.fromkeys(several)) for key, several in versions.items()}
