"""OCI image layouts, as a directory or an archive, and skopeo's ``dir:``.

Sources: https://github.com/opencontainers/image-spec/blob/main/image-layout.md, containers-transports(5)
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from lightship.errors import InputError
from lightship.messages import said
from lightship.oci.archive import Bundle
from lightship.oci.blob import Blob, document
from lightship.oci.document import Object, inner, objects, parse_object, text
from lightship.oci.manifest import image_of, offered
from lightship.oci.platforms import Platform
from lightship.oci.stored import StoredImage

INDEX = "index.json"
_NAMES = ("org.opencontainers.image.ref.name", "io.containerd.image.name")


def open_layout(bundle: Bundle, reference: str, platform: Platform) -> StoredImage:
    """The image of that name in the layout; its only one when the name is "". Raises InputError."""
    where = f"{bundle.where}, {INDEX}"
    descriptors = objects(parse_object(document(bundle.blob(INDEX)), where), "manifests", where)
    if not reference:
        return offered(_LayoutBlobs(bundle), descriptors, bundle.where, platform)
    named = tuple(item for item in descriptors if reference in _names(item, where))
    if not named:
        names = sorted({name for item in descriptors for name in _names(item, where) if name})
        raise InputError(
            said("no image {reference} in the layout", reference=reference),
            where=where,
            help=said("it holds {names}", names=", ".join(names) or said("no names")),
        )
    return offered(_LayoutBlobs(bundle), named, f"{bundle.where}:{reference}", platform)


def open_directory(bundle: Bundle, platform: Platform) -> StoredImage:
    """The image that skopeo's ``dir:`` keeps: manifest.json, and blobs named by the hex part of their digest."""
    raw = document(bundle.blob("manifest.json"))
    actual = f"sha256:{hashlib.sha256(raw).hexdigest()}"
    return image_of(_DirectoryBlobs(bundle), raw, actual, bundle.where, platform)


def _names(item: Object, where: str) -> list[str]:
    annotations = inner(item, "annotations", where)
    return [text(annotations, key, where) for key in _NAMES]


@dataclass(frozen=True, slots=True)
class _LayoutBlobs:
    bundle: Bundle
    remote: bool = False

    def manifest(self, digest: str) -> bytes:
        return document(self._blob(digest))

    def config(self, digest: str) -> bytes:
        return document(self._blob(digest))

    def layer(self, digest: str, size: int) -> Blob:
        return self._blob(digest)

    def end(self, digest: str, size: int, count: int) -> bytes:
        return self._blob(digest).end(count)

    def _blob(self, digest: str) -> Blob:
        return self.bundle.blob(f"blobs/{digest.replace(':', '/')}")


@dataclass(frozen=True, slots=True)
class _DirectoryBlobs:
    bundle: Bundle
    remote: bool = False

    def manifest(self, digest: str) -> bytes:
        # `skopeo copy --all` keeps the manifests of an index beside it.
        return document(self.bundle.blob(f"{digest.partition(':')[2]}.manifest.json"))

    def config(self, digest: str) -> bytes:
        return document(self.bundle.blob(digest.partition(":")[2]))

    def layer(self, digest: str, size: int) -> Blob:
        return self.bundle.blob(digest.partition(":")[2])

    def end(self, digest: str, size: int, count: int) -> bytes:
        return self.layer(digest, size).end(count)
