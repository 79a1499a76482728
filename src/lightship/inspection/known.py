"""Images and layers that were looked at before, in an SQLite file below the cache directory.

The key is what an image is (digests) and, where nothing has compared digests with bytes, also which files it was read
from (device, inode, size, time): an archive that lies about its digests answers for itself alone.
The file is only a cache: one that is locked, damaged, full or not writable is as good as none, and says so to nobody.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lightship import __version__
from lightship.inspection.document import as_document, from_document
from lightship.inspection.model import Inspection
from lightship.inspection.packed import packed_scan, unpacked_scan
from lightship.oci.blob import Scan

if TYPE_CHECKING:
    from sqlite3 import Connection

_Value = TypeVar("_Value")

IMAGE_LIMIT, LAYER_LIMIT = 200, 400
"""Images and layers that are kept; the ones not asked for longest go first."""

LAYER_BYTES = 16 << 20
"""A layer of which there would be more to keep is inflated again."""

FORM = 6
"""Raised whenever the same image would give another inspection."""

_BUSY = 2.0
"""Seconds to wait for another process before doing without."""


class KnownImages:
    """Inspections by key. With ``path`` None it knows nothing and keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        self._table = _Table(path, "images", IMAGE_LIMIT)

    def find(self, key: str) -> Inspection | None:
        """The inspection that was kept under a key, or None."""
        found: Inspection | None = self._table.find(
            key, lambda raw: from_document(Inspection, json.loads(zlib.decompress(raw)))
        )
        return found

    def keep(self, key: str, inspection: Inspection) -> None:
        """Remember an inspection."""
        document = json.dumps(as_document(inspection), separators=(",", ":"))
        self._table.keep(key, zlib.compress(document.encode(), 1))


class KnownLayers:
    """What was read of compressed layers, by key; what an open image asks before it inflates one."""

    def __init__(self, path: Path | None) -> None:
        self._table = _Table(path, "layers", LAYER_LIMIT)

    def find(self, key: str) -> Scan | None:
        """What was kept of a layer, or None."""
        return self._table.find(key_of(key), unpacked_scan)

    def keep(self, key: str, found: Scan) -> None:
        """Remember what was read of a layer."""
        packed = packed_scan(found)
        if len(packed) <= LAYER_BYTES:
            self._table.keep(key_of(key), packed)


class _Table:
    """Rows of bytes by key in one table of the file, at most ``limit`` of them."""

    def __init__(self, path: Path | None, name: str, limit: int) -> None:
        self.path, self.name, self.limit = path, name, limit

    def find(self, key: str, read: Callable[[bytes], _Value]) -> _Value | None:
        def work(base: Connection) -> _Value | None:
            row = base.execute(f"SELECT document FROM {self.name} WHERE key = ?", (key,)).fetchone()
            if row is None:
                return None
            base.execute(f"UPDATE {self.name} SET used = {self._next()} WHERE key = ?", (key,))
            return read(row[0])

        return self._with(work)

    def keep(self, key: str, document: bytes) -> None:
        old = f"SELECT key FROM {self.name} ORDER BY used DESC LIMIT -1 OFFSET ?"

        def work(base: Connection) -> None:
            base.execute(f"INSERT OR REPLACE INTO {self.name} VALUES (?, {self._next()}, ?)", (key, document))
            base.execute(f"DELETE FROM {self.name} WHERE key IN ({old})", (self.limit,))

        self._with(work)

    def _next(self) -> str:
        return f"(SELECT coalesce(max(used), 0) + 1 FROM {self.name})"

    def _with(self, work: Callable[[Connection], _Value]) -> _Value | None:
        """What some work gives, None when the file cannot be used; one that is damaged is removed first."""
        if self.path is None:
            return None
        import sqlite3

        for _ in range(2):
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with closing(sqlite3.connect(self.path, timeout=_BUSY)) as base, base:
                    base.execute(
                        f"CREATE TABLE IF NOT EXISTS {self.name} (key TEXT PRIMARY KEY, used INTEGER, document BLOB)"
                    )
                    return work(base)
            except (sqlite3.OperationalError, OSError):  # locked, full, not writable
                return None
            except (sqlite3.DatabaseError, zlib.error, ValueError, TypeError, KeyError, IndexError):
                if not self._remove(self.path):
                    return None
        return None

    def _remove(self, path: Path) -> bool:
        try:
            path.unlink(missing_ok=True)
        except OSError:
            return False
        return True


def key_of(*parts: object) -> str:
    """A key for everything that an inspection depends on."""
    text = json.dumps([__version__, FORM, *map(str, parts)])
    return hashlib.sha256(text.encode()).hexdigest()
