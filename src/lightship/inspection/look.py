"""Looking inside an image: everything that its files and configuration tell, as one value."""

from __future__ import annotations

import heapq
from collections import Counter

from lightship.distros import installed
from lightship.inspection.caches import caches_in
from lightship.inspection.checkpoints import checkpoints
from lightship.inspection.layers import read_layers
from lightship.inspection.model import Card, Inspection, Place
from lightship.inspection.owners import owned
from lightship.inspection.secrets import secrets_in
from lightship.inspection.surface import surface_of
from lightship.inspection.tokens import redacted
from lightship.oci import Image, Rootfs, compressed_size

MOST = 100
"""How many of the biggest paths are kept."""


def look_inside(
    image: Image,
    reference: str,
    *,
    duplicates: bool = False,
    compress: bool = False,
) -> Inspection:
    """The inspection of an open image. Raises InputError.

    ``duplicates`` also looks for equal files, ``compress`` works out the compressed size where the source keeps layers
    plain: both read all bytes, the rest reads headers and few files.
    """
    layers = read_layers(image, duplicates=duplicates)
    rootfs = image.rootfs()
    database = installed(rootfs)
    owners = owned(rootfs, database)
    caches = caches_in(rootfs, database.manager)
    secrets = secrets_in(image)
    surface = surface_of(image.config, rootfs, owners.owners, len(owners.components))
    wasted = sum(one.size for one in layers.waste)
    hidden = sum(one.size for one in layers.waste if one.kind != "duplicate")
    files, directories = _biggest(rootfs)
    is_packed = all(row.compressed is not None for row in layers.rows) and layers.rows
    release = database.release
    return Inspection(
        reference=reference,
        config_digest=image.config_digest,
        size=sum(layer.size for layer in image.layers),
        compressed=compressed_size(image) if compress or is_packed else None,
        files=sum(one.entry.kind != "dir" for one in rootfs.values()),
        file_bytes=layers.all_bytes - hidden,
        efficiency=1 - wasted / layers.all_bytes if layers.all_bytes else 1.0,
        wasted=wasted,
        card=_card(image, f"{release.id} {release.version}".strip(), database.manager),
        layers=layers.rows,
        waste=layers.waste,
        owners=owners.owners,
        components=owners.components,
        biggest_files=files,
        biggest_directories=directories,
        caches=caches,
        surface=surface,
        secrets=secrets,
        checkpoints=checkpoints(image.config, rootfs, surface, secrets, caches),
        checked=not image.trusted,
        duplicates_looked_for=duplicates,
        unread=(f"OS packages: {database.problem}",) if database.problem else (),
    )


def _card(image: Image, distribution: str, package_manager: str) -> Card:
    config = image.config
    platform = "/".join(part for part in (config.os, config.architecture, config.variant) if part)
    return Card(
        platform=platform,
        created=config.created,
        user=config.user,
        working_dir=config.working_dir,
        entrypoint=tuple(map(redacted, config.entrypoint or ())),
        cmd=tuple(map(redacted, config.cmd or ())),
        ports=config.exposed_ports,
        volumes=config.volumes,
        stop_signal=config.stop_signal,
        healthcheck=tuple(map(redacted, config.healthcheck.test)) if config.healthcheck else (),
        variables=tuple(name for name, _ in config.env),
        labels=tuple((name, redacted(value)) for name, value in config.labels),
        distribution=distribution,
        package_manager=package_manager,
    )


def _biggest(rootfs: Rootfs) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """The biggest files, and the biggest directories with all that is below them."""
    direct: dict[str, tuple[int, int]] = {}
    sizes: list[tuple[int, str]] = []
    for path, located in rootfs.items():
        entry = located.entry
        if entry.kind == "file" and not located.twin:
            parent = path.rpartition("/")[0]
            stored = entry.size if entry.sparse is None else entry.stored
            size, count = direct.get(parent, (0, 0))
            direct[parent] = (size + stored, count + 1)
            sizes.append((stored, path))
    below: Counter[str] = Counter()
    files: Counter[str] = Counter()
    for directory, (size, count) in direct.items():
        at = directory
        while at:
            below[at] += size
            files[at] += count
            at = at.rpartition("/")[0]
    biggest = tuple(Place(path, size, 1) for size, path in heapq.nlargest(MOST, sizes) if size)
    # A directory that holds one directory and nothing else says nothing of its own.
    same = {(path.rpartition("/")[0], size) for path, size in below.items()}
    named = heapq.nlargest(MOST, ((size, path) for path, size in below.items() if size and (path, size) not in same))
    return biggest, tuple(Place(path, size, files[path]) for size, path in named)
