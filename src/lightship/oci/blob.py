"""Bytes that lie somewhere in a file: an archive member, a blob of a layout, a downloaded layer."""

from __future__ import annotations

import hashlib
import os
import queue
import stat
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from lightship.errors import InputError
from lightship.messages import said
from lightship.oci.inflate import Compression, compression, inflate
from lightship.oci.limits import CHUNK, DOCUMENT_LIMIT, KEPT_LIMIT, Budget
from lightship.oci.model import Entry
from lightship.oci.tar import walk
from lightship.oci.threads import ahead

_WINDOW = 4096
"""Bytes read at a header of a plain layer: as cheap as the header alone."""


class OpenFile:
    """A file open for reading at any offset, from any thread; closed when nobody refers to it any more."""

    __slots__ = ("descriptor", "name", "size")

    def __init__(self, descriptor: int, name: str) -> None:
        self.descriptor = descriptor
        self.name = name
        self.size = os.fstat(descriptor).st_size

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def __del__(self) -> None:
        self.close()


def open_file(path: Path) -> OpenFile:
    """A regular file, open. Raises InputError when it is none or cannot be read."""
    try:
        # O_NONBLOCK: opening a FIFO must not wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(reason, where=str(path), help="look at the path and its rights") from None
    file = OpenFile(descriptor, str(path))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise InputError("not a regular file", where=str(path), help="give an archive, a layout or a directory")
    return file


@dataclass(frozen=True, slots=True)
class Blob:
    """``size`` bytes of a file from ``offset`` on. ``where`` names them in errors."""

    file: OpenFile
    offset: int
    size: int
    where: str

    def read(self, at: int, count: int) -> bytes:
        """Up to ``count`` bytes from ``at`` on; fewer only at the blob's end. Raises InputError."""
        count = min(count, self.size - at)
        if count <= 0:
            return b""
        data = os.pread(self.file.descriptor, count, self.offset + at)
        while len(data) < count:  # a signal or a network file system may cut a read short
            more = os.pread(self.file.descriptor, count - len(data), self.offset + at + len(data))
            if not more:
                raise truncated(self.where)
            data += more
        return data

    def end(self, count: int) -> bytes:
        """The last ``count`` bytes."""
        return self.read(max(self.size - count, 0), count)

    def compression(self) -> Compression:
        """How the bytes are compressed, by their magic number."""
        return compression(self.read(0, 6))

    def pieces(self) -> Iterator[bytes]:
        """The plain bytes, inflated where they are compressed, in bounded pieces. Raises InputError."""
        return inflate(self.read, self.size, self.compression(), self.where)


def whole_file(path: Path) -> Blob:
    """A file as one blob. Raises InputError."""
    file = open_file(path)
    return Blob(file, 0, file.size, str(path))


def document(blob: Blob) -> bytes:
    """The bytes of a manifest or config. Raises InputError when there are too many."""
    if blob.size > DOCUMENT_LIMIT:
        raise InputError(
            "the document is too large",
            where=blob.where,
            why=said(
                "it has {size:,} bytes, a manifest or config at most {document_limit:,}",
                size=blob.size,
                document_limit=DOCUMENT_LIMIT,
            ),
        )
    return blob.read(0, blob.size)


@dataclass(frozen=True, slots=True)
class Scan:
    """What reading a layer once has shown. The digests are "" where nobody asked for them."""

    entries: tuple[Entry, ...]
    size: int
    compression: Compression
    diff_id: str = ""
    digest: str = ""
    bodies: Mapping[int, bytes] = field(default_factory=dict)
    """The first bytes of files that were wanted, by the offset of their body."""


Wanted = Callable[[Entry], int]
"""How many bytes of a file, from its start, somebody will want to read; 0 for none."""


class Memory(Protocol):
    """Where what was read of compressed layers is kept between runs."""

    def find(self, key: str) -> Scan | None:
        """What was read of a layer before."""

    def keep(self, key: str, found: Scan) -> None:
        """Remember what was read."""


def scan(blob: Blob, budget: Budget, *, verify: bool, wanted: Wanted | None = None) -> Scan:
    """The entries of a layer. With ``verify`` all its bytes are read and hashed. Raises InputError.

    What is ``wanted`` is kept from a compressed layer while it passes, up to ``KEPT_LIMIT`` bytes: to read it later
    would take inflating the layer once more. A plain layer keeps nothing, since its files are a seek away.
    """
    how = blob.compression()
    if not how and not verify:
        entries = tuple(walk(_reader(blob), blob.where, budget))
        _check_end(entries, blob.size, blob.where)
        return Scan(entries, blob.size, how)
    plain, packed = _Hash(verify), _Hash(verify and how != "")

    def read(at: int, count: int) -> bytes:
        data = blob.read(at, count)
        packed.update(data)
        return data

    # zstd reads frame headers first, out of order; its packed bytes are hashed in a pass of their own.
    pieces = inflate(blob.read if how == "zstd" else read, blob.size, how, blob.where)
    if how and blob.size > CHUNK:
        # Headers are read while the next pieces are inflated: one large layer keeps two processors busy.
        pieces = ahead(pieces)
    try:
        cursor = _Cursor(pieces, plain.update)
        kept = _Kept(cursor, wanted) if wanted else None
        entries = tuple(walk(cursor.read, blob.where, budget, kept.visit if kept else None))
        cursor.drain()
        _check_end(entries, cursor.end, blob.where)
        if how == "zstd" and verify:
            for at in range(0, blob.size, CHUNK):
                packed.update(blob.read(at, CHUNK))
    finally:
        pieces.close()
        diff_id, digest = plain.finish(), packed.finish()
    return Scan(entries, cursor.end, how, diff_id, digest or diff_id, kept.bodies if kept else {})


class _Kept:
    """The bodies that are wanted, taken from the stream in passing."""

    __slots__ = ("_cursor", "_left", "_wanted", "bodies")

    def __init__(self, cursor: _Cursor, wanted: Wanted) -> None:
        self._cursor = cursor
        self._wanted = wanted
        self._left = KEPT_LIMIT
        self.bodies: dict[int, bytes] = {}

    def visit(self, entry: Entry) -> None:
        if entry.kind != "file" or entry.sparse is not None:
            return
        count = min(self._wanted(entry), entry.size)
        if 0 < count <= self._left:
            self._left -= count
            self.bodies[entry.offset] = self._cursor.read(entry.offset, count)


def _check_end(entries: tuple[Entry, ...], end: int, where: str) -> None:
    # Members lie one after the other, so only the last body can be cut. Its padding may be missing: that is no loss.
    if entries and entries[-1].offset + entries[-1].stored > end:
        raise truncated(where)


def digest_of(pieces: Iterator[bytes]) -> str:
    """The sha256 digest of bytes that come in pieces."""
    hash_ = hashlib.sha256()
    for piece in pieces:
        hash_.update(piece)
    return f"sha256:{hash_.hexdigest()}"


def unpacked(blob: Blob) -> Blob:
    """The plain bytes of a compressed blob, as a blob: in a file that has no name and goes when it is closed."""
    if not blob.compression():
        return blob
    descriptor = _nameless_file()
    file = OpenFile(descriptor, blob.where)
    size = 0
    for piece in blob.pieces():
        view = memoryview(piece)
        while view:
            written = os.write(descriptor, view)
            view = view[written:]
        size += len(piece)
    return Blob(file, 0, size, blob.where)


def truncated(where: str) -> InputError:
    """The error for bytes that end before they should."""
    return InputError(
        "the archive is truncated",
        where=where,
        why="it ends before the bytes that its headers promise",
        help="make the archive again, or fetch it again",
    )


def temporary_directory() -> Path:
    """Where large temporary files go: $TMPDIR or /var/tmp, because /tmp is often memory (file-hierarchy(7))."""
    import tempfile  # brings random and shutil along, which reading a plain archive does not need

    named = os.environ.get("TMPDIR")
    if named:
        return Path(named)
    return Path("/var/tmp") if os.access("/var/tmp", os.W_OK) else Path(tempfile.gettempdir())


def _nameless_file() -> int:
    import tempfile

    handle, name = tempfile.mkstemp(prefix="lightship-", dir=temporary_directory())
    Path(name).unlink()
    return handle


def _reader(blob: Blob) -> Callable[[int, int], bytes]:
    """A fast ``ReadAt`` for a plain blob: half of an image's files are so small that the next header is read along."""
    descriptor, base, end = blob.file.descriptor, blob.offset, blob.size
    pread = os.pread
    window, start = b"", 0

    def read_at(offset: int, size: int) -> bytes:
        nonlocal window, start
        at = offset - start
        if at + size <= len(window):
            return window[at : at + size]
        count = size if size > _WINDOW else _WINDOW
        window = pread(descriptor, count if offset + count <= end else max(end - offset, 0), base + offset)
        start = offset
        return window[:size]

    return read_at


class _Cursor:
    """A stream of pieces, read at offsets that only go forward."""

    __slots__ = ("_piece", "_pieces", "_start", "_tap", "end")

    def __init__(self, pieces: Iterator[bytes], tap: Callable[[bytes], None]) -> None:
        self._pieces = pieces
        self._piece = b""
        self._start = 0
        self._tap = tap
        self.end = 0

    def read(self, offset: int, size: int) -> bytes:
        while self.end < offset + size:
            piece = next(self._pieces, b"")
            if not piece:
                break
            self._tap(piece)
            if self.end > offset:  # what is asked for spans two pieces
                piece = self._piece[offset - self._start :] + piece
                self._start = offset
                self.end += len(piece) - (self.end - offset)
            else:
                self._start = self.end
                self.end += len(piece)
            self._piece = piece
        at = offset - self._start
        return self._piece[at : at + size]

    def drain(self) -> None:
        """Read what follows the last entry."""
        for piece in self._pieces:
            self._tap(piece)
            self.end += len(piece)


class _Hash:
    """A sha256 that is computed in a thread of its own, beside the inflating, over a short queue."""

    __slots__ = ("_hash", "_queue", "_thread")

    def __init__(self, wanted: bool) -> None:
        self._hash = hashlib.sha256()
        self._queue: queue.Queue[bytes] = queue.Queue(4)
        self._thread = threading.Thread(target=self._run, daemon=True) if wanted else None
        if self._thread:
            self._thread.start()

    def update(self, data: bytes) -> None:
        if self._thread and data:
            self._queue.put(data)

    def finish(self) -> str:
        if not self._thread:
            return ""
        self._queue.put(b"")
        self._thread.join()
        return f"sha256:{self._hash.hexdigest()}"

    def _run(self) -> None:
        while data := self._queue.get():
            self._hash.update(data)
