"""Indexes and manifests: from a digest to an image, wherever the blobs are.

Sources: https://github.com/opencontainers/image-spec/blob/main/image-index.md, …/manifest.md
"""

from __future__ import annotations

from typing import Protocol

from lightship.errors import InputError
from lightship.messages import said
from lightship.oci.blob import Blob
from lightship.oci.document import Object, digest, inner, objects, parse_object, text, whole, wrong
from lightship.oci.model import ImageConfig
from lightship.oci.platforms import Platform, normal, platform_of
from lightship.oci.stored import StoredImage, StoredLayer, check_digest, stored_image

INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
MANIFEST_TYPES = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_INDEX_DEPTH_LIMIT = 5
_NO_PLATFORM = normal("unknown", "unknown")


class Blobs(Protocol):
    """Where the blobs of an image come from; ``remote`` when fetching a layer takes time."""

    @property
    def remote(self) -> bool: ...

    def manifest(self, digest: str) -> bytes:
        """The manifest or index of a digest."""

    def config(self, digest: str) -> bytes:
        """The image config of a digest."""

    def layer(self, digest: str, size: int) -> Blob:
        """The bytes of a layer."""

    def end(self, digest: str, size: int, count: int) -> bytes:
        """The last bytes of a layer; b"" where they cannot be had without the rest."""


def image_of_digest(blobs: Blobs, wanted: str, reference: str, platform: Platform) -> StoredImage:
    """The image that a digest leads to: of a manifest, or of an index. Raises InputError."""
    raw = blobs.manifest(wanted)
    check_digest(raw, wanted, f"{reference}, manifest")
    return image_of(blobs, raw, wanted, reference, platform)


def image_of(
    blobs: Blobs, raw: bytes, manifest_digest: str, reference: str, platform: Platform, *, depth: int = 0
) -> StoredImage:
    """The image that a manifest describes, or that an index offers for a platform. Raises InputError."""
    where = f"{reference}, manifest"
    document = parse_object(raw, where)
    if "manifests" in document:
        if depth > _INDEX_DEPTH_LIMIT:
            raise wrong(where, "its indexes nest too deeply")
        return offered(blobs, objects(document, "manifests", where), reference, platform, depth=depth + 1)
    if document.get("schemaVersion") == 1:
        raise wrong(where, "it is a schema 1 manifest, which registries have given up")
    config = inner(document, "config", where)
    config_digest = digest(config, "digest", where)
    layers = tuple(_layer(blobs, item, where) for item in objects(document, "layers", where))
    return stored_image(
        reference,
        blobs.config(config_digest),
        layers,
        config_digest=config_digest,
        manifest_digest=manifest_digest,
    )


def offered(
    blobs: Blobs, descriptors: tuple[Object, ...], reference: str, platform: Platform, *, depth: int = 0
) -> StoredImage:
    """The image for a platform among the descriptors of an index. Raises InputError.

    A descriptor that names no platform is looked into: layouts of one image often leave it out.
    """
    where = f"{reference}, index"
    found: list[Platform] = []
    unsaid: list[Object] = []
    for item in descriptors:
        of = _platform(item, where)
        if of == platform:
            return _follow(blobs, item, reference, platform, depth=depth)
        if of is None:
            unsaid.append(item)
        elif of != _NO_PLATFORM:  # BuildKit's attestations stand in an index as manifests of unknown/unknown
            found.append(of)
    images = [_follow(blobs, item, reference, platform, depth=depth) for item in unsaid[:100]]
    for image in images:
        if platform_of(image.config) == platform:
            return image
    found += [platform_of(image.config) for image in images]
    if len(images) == 1 and _says_nothing(images[0].config):
        return images[0]
    names = ", ".join(sorted({str(of) for of in found}))
    raise InputError(
        said("no image for {platform}", platform=platform),
        where=reference,
        help=said("name one that is there with --platform: {names}", names=names or said("there is none")),
    )


def _follow(blobs: Blobs, item: Object, reference: str, platform: Platform, depth: int) -> StoredImage:
    wanted = digest(item, "digest", f"{reference}, index")
    raw = blobs.manifest(wanted)
    check_digest(raw, wanted, f"{reference}, manifest")
    return image_of(blobs, raw, wanted, reference, platform, depth=depth)


def _layer(blobs: Blobs, item: Object, where: str) -> StoredLayer:
    wanted = digest(item, "digest", where)
    size = whole(item, "size", where)
    if size < 0:
        raise wrong(where, said("a layer has the size {size}", size=size))
    return StoredLayer(
        wanted,
        text(item, "mediaType", where),
        size,
        lambda: blobs.layer(wanted, size),
        blobs.remote,
        lambda count: blobs.end(wanted, size, count),
    )


def _platform(item: Object, where: str) -> Platform | None:
    of = inner(item, "platform", where)
    if not of:
        return None
    return normal(text(of, "os", where), text(of, "architecture", where), text(of, "variant", where))


def _says_nothing(config: ImageConfig) -> bool:
    return not config.os and not config.architecture
