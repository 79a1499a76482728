"""What `docker save`, `podman save` and skopeo write: manifest.json, a config, and layers.

Two layouts, one manifest.json: the legacy one keeps layers as ``<id>/layer.tar``; since Docker 25 the same manifest
names blobs of an OCI layout. Source: https://github.com/moby/docker-image-spec/blob/main/v1.2.md
"""

from __future__ import annotations

import re

from lightship.errors import InputError
from lightship.messages import said
from lightship.oci.archive import Bundle
from lightship.oci.blob import document
from lightship.oci.document import Object, parse, text, texts, wrong
from lightship.oci.platforms import Platform, platform_of
from lightship.oci.stored import StoredImage, StoredLayer, stored_image

MANIFEST = "manifest.json"
TAR = "application/vnd.docker.image.rootfs.diff.tar"
_HEX = re.compile(r"(?:^|/)([0-9a-f]{64})(?:\.json|\.tar)?$")


def open_docker_archive(bundle: Bundle, reference: str, platform: Platform) -> StoredImage:
    """The image of that name in the archive; its only one when the name is "". Raises InputError."""
    where = f"{bundle.where}, {MANIFEST}"
    value = parse(document(bundle.blob(MANIFEST)), where)
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        raise wrong(where, "it is not a list of images")
    named = [item for item in value if not reference or reference in _names(item, where)]
    if not named:
        names = sorted(name for item in value for name in _names(item, where))
        raise InputError(
            said("no image {reference} in the archive", reference=reference),
            where=where,
            help=said("it holds {names}", names=", ".join(names) or said("no names")),
        )
    images = [_image(bundle, item, where) for item in named]
    fitting = [image for image in images if platform_of(image.config) == platform] or images
    if len(fitting) > 1 and not reference:
        names = sorted(name for item in value for name in _names(item, where))
        raise InputError(
            said("the archive holds {count} images", count=len(value)),
            where=bundle.where,
            help=said(
                "say which one: docker-archive:{where}:{names}", where=bundle.where, names=names[0] if names else "NAME"
            ),
        )
    return fitting[0]


def _names(item: Object, where: str) -> tuple[str, ...]:
    names = texts(item, "RepoTags", where) or ()
    # Docker itself takes the short form of its own names.
    return names + tuple(name.removeprefix("docker.io/library/").removeprefix("docker.io/") for name in names)


def _image(bundle: Bundle, item: Object, where: str) -> StoredImage:
    config_name = text(item, "Config", where)
    raw = document(bundle.blob(config_name))
    names = texts(item, "RepoTags", where) or ()
    layers = tuple(_layer(bundle, name) for name in texts(item, "Layers", where) or ())
    return stored_image(names[0] if names else bundle.where, raw, layers, config_digest=_digest(config_name))


def _layer(bundle: Bundle, name: str) -> StoredLayer:
    # skopeo names a layer for its diff ID, Docker 25 for the digest of its bytes; both keep it plain, so both are its
    # digest. The directory of ``<id>/layer.tar`` is neither.
    blob = bundle.blob(name)
    return StoredLayer(_digest(name), TAR, blob.size, lambda: blob, end=blob.end)


def _digest(name: str) -> str:
    found = _HEX.search(name)
    return f"sha256:{found[1]}" if found else ""
