"""Layers with what each did, and the bytes that are shipped although nobody can see them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lightship.inspection.model import LayerRow, Waste
from lightship.inspection.tokens import plain_instruction
from lightship.oci import Image, Located, Rootfs, match_history
from lightship.oci.layer_changes import differs
from lightship.oci.merge import Merge

DUPLICATE_LIMIT = 4096
"""Bytes from which on equal files are looked for: below it a header and its padding cost as much as the content."""


@dataclass(frozen=True, slots=True)
class Layers:
    """The rows, the waste (largest first), and the bytes of all files of all layers."""

    rows: tuple[LayerRow, ...]
    waste: tuple[Waste, ...]
    all_bytes: int


def read_layers(image: Image, *, duplicates: bool) -> Layers:
    """What each layer holds and did. Raises InputError.

    ``duplicates`` reads and hashes every file that has another's size.
    """
    merge = Merge(image.reference)
    waste: list[Waste] = []
    counts: list[tuple[int, int, int]] = []
    for layer in image.layers:
        merge.apply(layer.entries)
        counts.append(_count(merge, waste))
    image.keep_rootfs(merge)
    if duplicates:
        waste += _duplicates(image.rootfs())
    wasted: defaultdict[int, int] = defaultdict(int)
    for one in waste:
        wasted[one.layer] += one.size
    instructions = instructions_of(image)
    rows = tuple(
        LayerRow(
            index,
            layer.diff_id,
            instructions[index],
            0,
            layer.size,
            layer.compressed_size,
            sum(entry.stored if entry.sparse else entry.size for entry in layer.entries),
            *counts[index],
            wasted[index],
        )
        for index, layer in enumerate(image.layers)
    )
    order = sorted(waste, key=lambda one: (-one.size, one.path, one.layer))
    return Layers(rows, tuple(order), sum(row.file_bytes for row in rows))


def _count(merge: Merge, waste: list[Waste]) -> tuple[int, int, int]:
    """How many paths the last layer added, changed and removed; what it hides is put to the waste.

    As ``oci.all_changes`` tells it, without a value for each of the many that are only added.
    """
    added = changed = removed = 0
    by = merge.layers - 1
    for path, before in merge.touched.items():
        after = merge.get(path)
        if before is None:
            added += after is not None
            continue
        if after is None:
            removed += 1
        elif before.entry.kind != "dir" or differs(before.entry, after.entry):
            changed += 1
        # A hard link has no bytes of its own; what it links to is another path.
        if before.twin or before.entry.kind != "file" or not before.entry.stored:
            continue
        if after is None:
            waste.append(Waste("removed", path, before.entry.stored, before.layer, by))
        elif (after.body_layer, after.entry.offset) != (before.body_layer, before.entry.offset):
            waste.append(Waste("overwritten", path, before.entry.stored, before.layer, by))
    return added, changed, removed


def instructions_of(image: Image) -> tuple[str, ...]:
    """Each layer's line of the history, as its author wrote it; "" where the history does not tell."""
    texts = [""] * len(image.config.diff_ids)
    for line, index in match_history(image.config):
        if index is not None:
            texts[index] = plain_instruction(line.created_by)
    return tuple(texts)


def _duplicates(rootfs: Rootfs) -> Iterator[Waste]:
    by_size: defaultdict[int, list[Located]] = defaultdict(list)
    for located in rootfs.values():
        if located.entry.kind == "file" and not located.twin and located.entry.stored >= DUPLICATE_LIMIT:
            by_size[located.entry.size].append(located)
    for same in by_size.values():
        if len(same) > 1:
            yield from _equal(rootfs, same)


def _equal(rootfs: Rootfs, files: Sequence[Located]) -> Iterator[Waste]:
    """All but the first of each content. A first piece is compared before whole files are read."""
    groups: defaultdict[bytes, list[Located]] = defaultdict(list)
    for located in files:
        groups[rootfs.read_at(located.entry.path, 0, DUPLICATE_LIMIT)].append(located)
    for group in groups.values():
        first: dict[bytes, Located] = {}
        for located in group if len(group) > 1 else ():
            same = first.setdefault(_digest(rootfs, located), located)
            if same is not located:
                entry = located.entry
                yield Waste("duplicate", entry.path, entry.stored, located.layer, same.layer, same.entry.path)


def _digest(rootfs: Rootfs, located: Located) -> bytes:
    hash_ = hashlib.blake2b(digest_size=20)
    for at in range(0, located.entry.size, 1 << 18):
        hash_.update(rootfs.read_at(located.entry.path, at, 1 << 18))
    return hash_.digest()
