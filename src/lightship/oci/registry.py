"""Images in a registry: manifest and config at once, each layer when it is asked for, kept in a cache by digest."""

from __future__ import annotations

import hashlib
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from lightship.errors import InputError
from lightship.messages import said
from lightship.oci.blob import Blob, whole_file
from lightship.oci.cache import cache_directory
from lightship.oci.manifest import INDEX_TYPES, MANIFEST_TYPES, image_of
from lightship.oci.platforms import Platform
from lightship.oci.registry_client import RegistryClient
from lightship.oci.registry_login import Helper, login_for
from lightship.oci.registry_reference import parse_reference
from lightship.oci.stored import StoredImage, check_digest, lying

CACHE_LIMIT = 10 << 30
"""Bytes of layers that are kept; the ones not used for longest go first."""

# Layers are downloaded side by side: the last one stays, whichever that is.
_PRUNING = threading.Lock()

_MANIFESTS = ", ".join((*MANIFEST_TYPES, *INDEX_TYPES))


def open_registry(text: str, platform: Platform, helper: Helper | None = None) -> StoredImage:
    """The image of a reference; its layers are downloaded when they are fetched. Raises InputError, UsageError."""
    reference = parse_reference(text)
    client = RegistryClient(reference, login_for(reference, helper))
    raw = client.document(f"manifests/{reference.digest or reference.tag}", _MANIFESTS)
    digest = reference.digest or f"sha256:{hashlib.sha256(raw).hexdigest()}"
    check_digest(raw, digest, f"{reference}, manifest")
    return image_of(_RegistryBlobs(client), raw, digest, str(reference), platform)


@dataclass(frozen=True, slots=True)
class _RegistryBlobs:
    client: RegistryClient
    remote: bool = True

    def manifest(self, digest: str) -> bytes:
        return self.client.document(f"manifests/{digest}", _MANIFESTS)

    def config(self, digest: str) -> bytes:
        return self.client.document(f"blobs/{digest}", "*/*")

    def layer(self, digest: str, size: int) -> Blob:
        where = f"{self.client.reference}, layer {digest}"
        kept = cache_directory() / "blobs" / digest.replace(":", "-")
        try:
            os.utime(kept)
            blob = whole_file(kept)
        except FileNotFoundError:
            kept.parent.mkdir(parents=True, exist_ok=True)
            blob = self._download(digest, size, kept, where)
        return Blob(blob.file, 0, blob.size, where)

    def end(self, digest: str, size: int, count: int) -> bytes:
        return self.client.end(f"blobs/{digest}", size, count)

    def _download(self, digest: str, size: int, kept: Path, where: str) -> Blob:
        """Put a blob into the cache: checked, and whole or not at all. It is open before anybody can prune it."""
        import tempfile

        handle, name = tempfile.mkstemp(prefix=".part-", dir=kept.parent)
        try:
            algorithm, _, promised = digest.partition(":")
            hash_ = hashlib.new(algorithm)
            got = 0
            with os.fdopen(handle, "wb") as file:
                for piece in self.client.pieces(f"blobs/{digest}"):
                    got += len(piece)
                    if got > size:
                        raise _wrong_size(where, size)
                    hash_.update(piece)
                    file.write(piece)
            if got != size:
                raise _wrong_size(where, size)
            if hash_.hexdigest() != promised:
                raise lying(where, digest, f"{algorithm}:{hash_.hexdigest()}")
            blob = whole_file(Path(name))
            with _PRUNING:
                Path(name).replace(kept)
                _prune(kept, size)
            return blob
        finally:
            Path(name).unlink(missing_ok=True)


def _prune(newest: Path, size: int) -> None:
    """Remove the layers not used for longest, until the rest fits ``CACHE_LIMIT``. Open ones stay readable."""
    sizes = []
    for path in newest.parent.iterdir():
        try:
            status = path.stat()
        except FileNotFoundError:  # another lightship pruned it
            continue
        if path != newest and not path.name.startswith(".part-"):
            sizes.append((status.st_mtime, status.st_size, path))
    left = CACHE_LIMIT - size
    for _, other, path in sorted(sizes, reverse=True):
        left -= other
        if left < 0:
            path.unlink(missing_ok=True)


def _wrong_size(where: str, size: int) -> InputError:
    return InputError(
        "a layer does not have the size that its manifest says",
        where=where,
        why=said("promised are {size:,} bytes", size=size),
        help="the registry or a proxy in between is broken: try again",
    )
