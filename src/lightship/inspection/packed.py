"""What was read of a layer, as few bytes: entries as JSON, bodies behind them, all deflated.

Paths that are no UTF-8 have lone surrogates, which JSON carries as escapes.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from typing import Any

from lightship.oci import Entry
from lightship.oci.blob import Scan


def packed_scan(found: Scan) -> bytes:
    """The inverse of ``unpacked_scan``."""
    head = json.dumps(
        [found.size, found.compression, found.diff_id, found.digest, [_row(entry) for entry in found.entries],
         [(offset, len(body)) for offset, body in found.bodies.items()]],
        separators=(",", ":"),
    ).encode()  # fmt: skip
    return zlib.compress(b"".join([len(head).to_bytes(8, "big"), head, *found.bodies.values()]), 1)


def unpacked_scan(raw: bytes) -> Scan:
    """What was packed. Raises ValueError, TypeError or zlib.error when it is damaged."""
    data = zlib.decompress(raw)
    at = 8 + int.from_bytes(data[:8], "big")
    size, compression, diff_id, digest, rows, places = json.loads(data[8:at])
    bodies: dict[int, bytes] = {}
    for offset, length in places:
        bodies[offset] = data[at : at + length]
        at += length
    if at != len(data):
        raise ValueError("bodies are missing")
    return Scan(tuple(_entry(row) for row in rows), size, compression, diff_id, digest, bodies)


def _row(entry: Entry) -> list[Any]:
    row: list[Any] = [
        entry.path, entry.kind, entry.mode, entry.uid, entry.gid, entry.size, entry.mtime, entry.link,
        entry.offset,
    ]  # fmt: skip
    if entry.xattrs or entry.sparse is not None:
        row.append([(name, b64encode(value).decode()) for name, value in entry.xattrs])
        row.append(entry.sparse)
    return row


def _entry(row: list[Any]) -> Entry:
    xattrs: tuple[tuple[str, bytes], ...] = ()
    sparse: tuple[tuple[int, int], ...] | None = None
    if len(row) > 9:
        xattrs = tuple((name, b64decode(value)) for name, value in row[9])
        sparse = None if row[10] is None else tuple((start, length) for start, length in row[10])
    path, kind, mode, uid, gid, size, mtime, link, offset = row[:9]
    return Entry(path, kind, mode, uid, gid, size, mtime, link, offset, xattrs, sparse)
