"""Compressed bytes as plain bytes, a bounded piece at a time.

gzip (RFC 1952) and zstd (RFC 8878) are what the OCI media types name; Docker also loads bzip2 and xz.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import IO, Literal, Protocol, cast

from lightship.errors import InputError
from lightship.messages import said
from lightship.oci.limits import BOMB_RATIO, BOMB_SIZE, CHUNK, ZSTD_WINDOW_LIMIT

Compression = Literal["", "gzip", "zstd", "bzip2", "xz"]
Read = Callable[[int, int], bytes]


class _Decompressor(Protocol):
    """What the decompressors of isal, bz2 and lzma have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def compression(head: bytes) -> Compression:
    """How bytes that start with ``head`` are compressed, by their magic number; "" when they are not."""
    if head[:2] == b"\x1f\x8b":
        return "gzip"
    # A zstd stream may start with a skippable frame, 0x184D2A5? (as pzstd writes).
    if head[:4] == b"\x28\xb5\x2f\xfd" or (head[1:4] == b"\x2a\x4d\x18" and head[0] & 0xF0 == 0x50):
        return "zstd"
    if head[:3] == b"BZh":
        return "bzip2"
    if head[:6] == b"\xfd7zXZ\0":
        return "xz"
    return ""


def inflate(read: Read, size: int, how: Compression, where: str) -> Generator[bytes, None, None]:
    """The plain bytes of ``size`` bytes that ``read(offset, count)`` gives, in pieces of at most about CHUNK bytes.

    Raises InputError when the data are damaged, end early, or are a decompression bomb.
    """
    if how == "":
        pieces: Iterator[bytes] = _pieces(read, size)
    elif how == "zstd":
        pieces = _zstd(read, size, where)
    else:
        pieces = _members(read, size, how, where)
    total = 0
    for piece in pieces:
        total += len(piece)
        if how and total > BOMB_SIZE and total > BOMB_RATIO * size:
            raise InputError(
                "the layer is a decompression bomb",
                where=where,
                why=said(
                    "{size:,} compressed bytes hold more than {bomb_ratio} times as many",
                    size=size,
                    bomb_ratio=BOMB_RATIO,
                ),
                help="do not use this image",
            )
        yield piece


def _pieces(read: Read, size: int) -> Iterator[bytes]:
    for at in range(0, size, CHUNK):
        yield read(at, min(CHUNK, size - at))


def _members(read: Read, size: int, how: Compression, where: str) -> Iterator[bytes]:
    """All members of a gzip, bzip2 or xz file; zeros after the last one are padding, as gzip(1) has it."""
    new = _decompressor(how)
    decompressor = new()
    data = read(0, min(CHUNK, size))
    at = len(data)
    while True:
        try:
            piece = decompressor.decompress(data, CHUNK)
        except Exception as error:  # isal, bz2 and lzma each raise their own
            raise _damaged(where, f"{how}: {error}") from None
        if piece:
            yield piece
        data = b""
        if decompressor.eof:
            data = decompressor.unused_data
            while not data.strip(b"\0") and at < size:
                data = read(at, min(CHUNK, size - at))
                at += len(data)
            if not data.strip(b"\0"):
                return
            if compression(data[:6].lstrip(b"\0") or data) != how:
                raise _damaged(where, said("bytes that are not {how} follow the {how} data", how=how))
            decompressor = new()
        elif decompressor.needs_input:
            data = read(at, min(CHUNK, size - at))
            at += len(data)
            if not data:
                raise _damaged(where, said("the {how} data end early", how=how))


def _decompressor(how: Compression) -> Callable[[], _Decompressor]:
    # Imported here: a plain archive needs none of them, and each costs milliseconds at start-up.
    if how == "gzip":
        from isal import igzip_lib

        return lambda: igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
    if how == "bzip2":
        import bz2

        return bz2.BZ2Decompressor
    import lzma

    return lambda: lzma.LZMADecompressor(memlimit=ZSTD_WINDOW_LIMIT)


def _zstd(read: Read, size: int, where: str) -> Iterator[bytes]:
    import zstandard

    # The reader below takes an early end for the end; and the one that would notice gives pieces without a bound.
    _check_zstd_frames(read, size, where)
    decompressor = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_LIMIT)
    source = cast("IO[bytes]", _Source(read, size))  # read() is all that is used of it
    reader = decompressor.stream_reader(source, read_size=CHUNK, read_across_frames=True)
    try:
        while piece := reader.read(CHUNK):
            yield piece
    except zstandard.ZstdError as error:
        raise _damaged(where, said("zstd: {error}", error=error)) from None


class _Source:
    """A blob as the readable object that zstandard wants."""

    def __init__(self, read: Read, size: int) -> None:
        self._read = read
        self._size = size
        self._at = 0

    def read(self, count: int = -1) -> bytes:
        count = min(count if count >= 0 else CHUNK, self._size - self._at)
        data = self._read(self._at, count)
        self._at += len(data)
        return data


def _check_zstd_frames(read: Read, size: int, where: str) -> None:
    """Raise InputError unless the blob is whole zstd frames. Only the headers of frames and blocks are read.

    Source: RFC 8878, section 3.1.
    """
    at = 0
    while at < size:
        head = read(at, min(18, size - at)).ljust(18, b"\0")
        if head[1:4] == b"\x2a\x4d\x18" and head[0] & 0xF0 == 0x50:
            at += 8 + int.from_bytes(head[4:8], "little")
            continue
        if head[:4] != b"\x28\xb5\x2f\xfd":
            raise _damaged(where, "bytes that are not zstd follow the zstd data")
        descriptor = head[4]
        single_segment = descriptor >> 5 & 1
        content_size = (single_segment, 2, 4, 8)[descriptor >> 6]
        at += 5 + (1 - single_segment) + (0, 1, 2, 4)[descriptor & 3] + content_size
        last = 0
        while not last and at < size:
            block = int.from_bytes(read(at, min(3, size - at)), "little")
            last = block & 1
            run_length = block >> 1 & 3 == 1
            at += 3 + (1 if run_length else block >> 3)
        if not last:
            raise _damaged(where, "the zstd data end early")
        at += 4 if descriptor & 4 else 0
    if at != size:
        raise _damaged(where, "the zstd data end early")


def _damaged(where: str, why: str) -> InputError:
    return InputError("the layer is damaged", where=where, why=why, help="make the archive again, or fetch it again")
