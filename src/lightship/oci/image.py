"""An image that is open for reading: its layers, the bodies of files, the merged root file system."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any

from lightship.errors import InputError
from lightship.messages import said
from lightship.oci.blob import Blob, Memory, Scan, Wanted, scan, unpacked
from lightship.oci.limits import BODY_LIMIT, CHUNK, Budget
from lightship.oci.merge import Merge
from lightship.oci.model import Entry, ImageConfig, Layer
from lightship.oci.platforms import Platform, parse_platform
from lightship.oci.rootfs import Rootfs
from lightship.oci.source import open_source, parse_source
from lightship.oci.stored import StoredImage, StoredLayer, lying
from lightship.oci.threads import in_threads
from lightship.oci.told_size import told_sizes


class Image:
    """An open image. Its layers are read when they are first asked for; ``trusted`` says that digests need no check."""

    def __init__(
        self, stored: StoredImage, *, trusted: bool = False, wanted: Wanted | None = None, memory: Memory | None = None
    ) -> None:
        self.reference = stored.reference
        self.config: ImageConfig = stored.config
        self.config_digest = stored.config_digest
        self.manifest_digest = stored.manifest_digest
        self.trusted = trusted
        self._stored = stored
        self._wanted = wanted
        self._memory = memory
        self._bodies: dict[str, Mapping[int, bytes]] = {}
        self._blobs: dict[int, Blob] = {}
        self._plain: dict[int, Blob] = {}
        self._layers: tuple[Layer, ...] | None = None
        self._rootfs: dict[int, Rootfs] = {}
        self.layer_changes: Any = None
        """Where ``layer_changes.all_changes`` keeps what it found."""
        self._lock = Lock()

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers, the lowest first. The first use reads them, and can raise InputError."""
        if self._layers is None:
            self._layers = self._read_layers()
        return self._layers

    def blob(self, index: int) -> Blob:
        """The bytes of a layer as the source keeps them. Raises InputError."""
        with self._lock:
            blob = self._blobs.get(index)
        if blob is None:
            blob = self._stored.layers[index].fetch()
            with self._lock:
                self._blobs[index] = blob
        return blob

    def identity(self) -> tuple[str, ...]:
        """What tells this image from every other: its digests, and the files that local layers are read from.

        Nobody has compared digests with bytes yet, so that a file that lies about its digests is another image.
        """
        parts = [self.config_digest, self.manifest_digest]
        for index, layer in enumerate(self._stored.layers):
            parts += [layer.digest, layer.media_type]
            if not layer.remote:
                parts.append(_place(self.blob(index)))
        return tuple(parts)

    def told_sizes(self, index: int) -> tuple[int | None, int | None]:
        """Bytes of a layer compressed and plain, as far as that is told without reading it; None for what is not.

        Raises InputError. See ``told_size`` for what the plain size rests on.
        """
        return told_sizes(self._stored.layers[index])

    def open_layer(self, index: int) -> Iterator[bytes]:
        """The uncompressed archive of a layer, in pieces of at most about 512 KiB. Raises InputError."""
        return self.blob(index).pieces()

    def read(self, layer: int, entry: Entry, *, limit: int = BODY_LIMIT) -> bytes:
        """The body of one file. Raises InputError when it has more than ``limit`` bytes or is no file.

        In a plain layer this is a seek. A compressed layer is unpacked into a nameless file at the first read.
        """
        if entry.kind != "file":
            raise InputError(
                said("{path} is a {kind}, not a file", path=entry.path, kind=entry.kind), where=self.reference
            )
        if entry.size > limit:
            raise InputError(
                said("{path} is too large to read whole", path=entry.path),
                where=self.reference,
                why=said("it has {size:,} bytes, the limit here is {limit:,}", size=entry.size, limit=limit),
            )
        return b"".join(self.body(layer, entry))

    def span(self, layer: int, entry: Entry, offset: int, length: int) -> bytes:
        """``length`` bytes of a file from ``offset``, fewer at its end. Raises InputError."""
        length = min(length, entry.size - offset)
        if length <= 0:
            return b""
        kept = self._bodies.get(self.config.diff_ids[layer], {}).get(entry.offset, b"")
        if offset + length <= len(kept):
            return kept[offset : offset + length]
        blob = self._plain_blob(layer)
        if entry.sparse is None:
            return _exactly(blob, entry.offset + offset, length)
        return _sparse_span(blob, entry, offset, length)

    def body(self, layer: int, entry: Entry) -> Iterator[bytes]:
        """The body of one file, in pieces of at most 512 KiB; the holes of a sparse file are zeros."""
        for at in range(0, entry.size, CHUNK):
            yield self.span(layer, entry, at, CHUNK)

    def rootfs(self, upto: int | None = None) -> Rootfs:
        """The root file system that the first ``upto`` layers make together; all of them when None."""
        count = len(self.layers) if upto is None else upto
        if count not in self._rootfs:
            # The whole one is asked for all the time; of the others the last one is kept.
            self._rootfs = {key: value for key, value in self._rootfs.items() if key == len(self.layers)}
            merge = Merge(self.reference)
            for layer in self.layers[:count]:
                merge.apply(layer.entries)
            self._rootfs[count] = merge.rootfs(self)
        return self._rootfs[count]

    def keep_rootfs(self, merge: Merge) -> None:
        """Take the root file system that somebody has merged from this image's layers."""
        self._rootfs.setdefault(merge.layers, merge.rootfs(self))

    def close(self) -> None:
        """Close the files; what is in memory can still be used."""
        for blob in (*self._blobs.values(), *self._plain.values()):
            blob.file.close()

    def __enter__(self) -> Image:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _plain_blob(self, index: int) -> Blob:
        blob = self._plain.get(index)
        if blob is None:
            blob = unpacked(self.blob(index))
            self._plain[index] = blob
        return blob

    def _read_layers(self) -> tuple[Layer, ...]:
        budget = Budget()
        stored = self._stored.layers
        # Equal layers (empty ones, mostly) are read once.
        first = {diff_id: index for index, diff_id in reversed(list(enumerate(self.config.diff_ids)))}

        def read(index: int) -> Layer:
            return self._read_layer(index, budget)

        remembered = {index: layer for index in first.values() if (layer := self._remembered(index)) is not None}

        # The largest first, so that no thread waits at the end for the one that has it.
        unread = [index for index in first.values() if index not in remembered]
        order = sorted(unread, key=lambda index: -(stored[index].size or 0))
        if any(layer.remote for layer in stored):
            in_threads(self.blob, order)
        # A header walk alone is all Python: two threads would only wait for each other.
        light = [index for index in order if self.trusted and not self.blob(index).compression()]
        heavy = [index for index in order if index not in light]
        layers = (
            dict(zip(heavy, in_threads(read, heavy), strict=True))
            | {index: read(index) for index in light}
            | remembered
        )
        return tuple(
            self._described(index, stored[index], layers[first[diff_id]])
            for index, diff_id in enumerate(self.config.diff_ids)
        )

    def _read_layer(self, index: int, budget: Budget) -> Layer:
        stored = self._stored.layers[index]
        blob = self.blob(index)
        found = scan(blob, budget, verify=not self.trusted, wanted=self._wanted)
        diff_id = self.config.diff_ids[index]
        if found.diff_id and diff_id.startswith("sha256:") and found.diff_id != diff_id:
            raise lying(f"{blob.where}, diff ID", diff_id, found.diff_id)
        if found.digest and stored.digest.startswith("sha256:") and found.digest != stored.digest:
            raise lying(blob.where, stored.digest, found.digest)
        if self._memory and found.compression:
            self._memory.keep(self._key(index), found)
        self._bodies[diff_id] = found.bodies
        return _layer(diff_id, stored, blob.size, found)

    def _remembered(self, index: int) -> Layer | None:
        """A compressed layer as it was read before, without fetching it where it is remote."""
        stored = self._stored.layers[index]
        if self._memory is None or (not stored.remote and not self.blob(index).compression()):
            return None
        found = self._memory.find(self._key(index))
        if found is None:
            return None
        diff_id = self.config.diff_ids[index]
        self._bodies[diff_id] = found.bodies
        return _layer(diff_id, stored, stored.size or self.blob(index).size, found)

    def _key(self, index: int) -> str:
        """What tells a layer: its digests, and where nobody compares those with bytes the file that it lies in."""
        stored = self._stored.layers[index]
        place = _place(self.blob(index)) if self.trusted and not stored.remote else ""
        return f"{self.config.diff_ids[index]} {stored.digest} {place}"

    def _described(self, index: int, stored: StoredLayer, layer: Layer) -> Layer:
        return layer if stored.digest in ("", layer.digest) else replace(layer, digest=stored.digest)


def open_image(
    source: str | Path,
    *,
    platform: str = "linux/amd64",
    trusted: bool = False,
    wanted: Wanted | None = None,
    memory: Memory | None = None,
    credential_helper: Callable[[str, str], tuple[str, str] | None] | None = None,
) -> Image:
    """The image that a path or a prefixed name leads to; see ``source``. Raises InputError, UsageError.

    ``trusted`` is for what an engine has just written for us: digests of layers are not checked.
    ``wanted`` says what of compressed layers is kept; see ``blob.scan``. ``memory`` is asked before one is inflated.
    ``credential_helper(name, server)`` runs ``docker-credential-<name> get`` and gives user and secret, or None.
    """

    def download(reference: str, platform: Platform) -> StoredImage:
        from lightship.oci.registry import open_registry  # brings urllib3, which archives do not need

        return open_registry(reference, platform, credential_helper)

    text = str(source)
    parsed = parse_source(text)
    if parsed is None:
        raise InputError(
            "no such file or directory",
            where=text,
            help="give a path, or a name with a prefix: docker-archive:, oci:, oci-archive:, dir:, registry:",
        )
    return Image(open_source(parsed, parse_platform(platform), download), trusted=trusted, wanted=wanted, memory=memory)


def _place(blob: Blob) -> str:
    status = os.fstat(blob.file.descriptor)
    times = f"{status.st_mtime_ns}:{status.st_ctime_ns}"
    return f"{status.st_dev}:{status.st_ino}:{status.st_size}:{times}:{blob.offset}"


def _layer(diff_id: str, stored: StoredLayer, size: int, found: Scan) -> Layer:
    return Layer(
        diff_id=diff_id,
        digest=stored.digest or ("" if found.compression else diff_id),
        media_type=stored.media_type,
        size=found.size,
        compressed_size=size if found.compression else None,
        entries=found.entries,
    )


def _exactly(blob: Blob, at: int, count: int) -> bytes:
    data = blob.read(at, count)
    if len(data) != count:
        raise InputError("the archive is truncated", where=blob.where, help="make the archive again, or fetch it again")
    return data


def _sparse_span(blob: Blob, entry: Entry, offset: int, length: int) -> bytes:
    parts: list[bytes] = []
    at, end = offset, offset + length
    stored = entry.offset
    for start, size in entry.sparse or ():
        low, high = max(start, at), min(start + size, end)
        if low < high:
            parts += [bytes(low - at), _exactly(blob, stored + low - start, high - low)]
            at = high
        stored += size
    return b"".join([*parts, bytes(end - at)])
