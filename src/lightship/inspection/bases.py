"""Base images side by side: what a registry tells of each, and what is in it where its layers were read too."""

from __future__ import annotations

from dataclasses import dataclass

from lightship.inspection.model import Inspection
from lightship.inspection.surface import is_root
from lightship.oci import Image

STAND_IN = "io.lightship.stand-in"
"""The label of images that only have the shape of the official ones; see CONTRIBUTING.md."""


@dataclass(frozen=True, slots=True)
class BaseContents:
    """What only the layers tell."""

    distribution: str
    package_manager: str
    shells: tuple[str, ...]
    os_packages: int
    files: int
    set_id: int


@dataclass(frozen=True, slots=True)
class BaseImage:
    """One base image. Sizes are bytes, None where they are not told; equal layers count once.

    ``problem`` is "" or says why nothing is known; then the rest says nothing.
    """

    reference: str
    problem: str = ""
    digest: str = ""
    platform: str = ""
    created: str = ""
    user: str = ""
    is_root: bool = True
    layers: int = 0
    compressed: int | None = None
    size: int | None = None
    stand_in: bool = False
    contents: BaseContents | None = None


def base_image(image: Image, reference: str) -> BaseImage:
    """What manifest, configuration and the last bytes of the layers tell of an open image. Raises InputError."""
    config = image.config
    first = {diff_id: index for index, diff_id in reversed(list(enumerate(config.diff_ids)))}
    sizes = [image.told_sizes(index) for index in sorted(first.values())]
    return BaseImage(
        reference=reference,
        digest=image.manifest_digest or image.config_digest,
        platform="/".join(part for part in (config.os, config.architecture, config.variant) if part),
        created=config.created,
        user=config.user or "root",
        is_root=is_root(config.user),
        layers=len(config.diff_ids),
        compressed=_sum([compressed for compressed, _ in sizes]),
        size=_sum([size for _, size in sizes]),
        stand_in=dict(config.labels).get(STAND_IN) == "true",
    )


def base_inspected(found: Inspection, reference: str) -> BaseImage:
    """The same, and what is in it, of an image that was looked into."""
    rows = {row.diff_id: row for row in found.layers}.values()
    return BaseImage(
        reference=reference,
        digest=found.config_digest,
        platform=found.card.platform,
        created=found.card.created,
        user=found.surface.user,
        is_root=found.surface.is_root,
        layers=len(found.layers),
        compressed=_sum([row.compressed for row in rows]),
        size=sum(row.size for row in rows),
        stand_in=dict(found.card.labels).get(STAND_IN) == "true",
        contents=BaseContents(
            found.card.distribution,
            found.card.package_manager,
            found.surface.shells,
            found.surface.os_packages,
            found.files,
            len(found.surface.set_id),
        ),
    )


def _sum(sizes: list[int | None]) -> int | None:
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None
