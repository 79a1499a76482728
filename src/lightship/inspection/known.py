"""Images that were looked at before: their inspections in an SQLite file below the cache directory.

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

if TYPE_CHECKING:
    from sqlite3 import Connection

_Value = TypeVar("_Value")

LIMIT = 200
"""Images that are kept; the ones not asked for longest go first."""

FORM = 2
"""Raised whenever the same image would give another inspection."""

_BUSY = 2.0
"""Seconds to wait for another process before doing without."""

_SCHEMA = "CREATE TABLE IF NOT EXISTS images (key TEXT PRIMARY KEY, used INTEGER, document BLOB) WITHOUT ROWID"


class KnownImages:
    """Inspections by key. With ``path`` None it knows nothing and keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def find(self, key: str) -> Inspection | None:
        """The inspection that was kept under a key, or None."""

        def read(base: Connection) -> Inspection | None:
            row = base.execute("SELECT document FROM images WHERE key = ?", (key,)).fetchone()
            if row is None:
                return None
            base.execute(f"UPDATE images SET used = {_NEXT} WHERE key = ?", (key,))
            raw = zlib.decompress(row[0])
            found: Inspection = from_document(Inspection, json.loads(raw))
            return found

        return self._with(read)

    def keep(self, key: str, inspection: Inspection) -> None:
        """Remember an inspection."""
        document = zlib.compress(json.dumps(as_document(inspection), separators=(",", ":")).encode(), 1)

        def write(base: Connection) -> None:
            base.execute(f"INSERT OR REPLACE INTO images VALUES (?, {_NEXT}, ?)", (key, document))
            base.execute(
                "DELETE FROM images WHERE key IN (SELECT key FROM images ORDER BY used DESC LIMIT -1 OFFSET ?)",
                (LIMIT,),
            )

        self._with(write)

    def _with(self, work: Callable[[Connection], _Value]) -> _Value | None:
        """What some work gives, None when the file cannot be used; one that is damaged is put away first."""
        if self.path is None:
            return None
        import sqlite3

        for _ in range(2):
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with closing(sqlite3.connect(self.path, timeout=_BUSY)) as base, base:
                    base.execute(_SCHEMA)
                    return work(base)
            except sqlite3.OperationalError:  # locked, full, not writable
                return None
            except (sqlite3.DatabaseError, zlib.error, ValueError, TypeError):
                if not self._remove():
                    return None
            except OSError:
                return None
        return None

    def _remove(self) -> bool:
        assert self.path is not None
        try:
            self.path.unlink(missing_ok=True)
        except OSError:
            return False
        return True


_NEXT = "(SELECT coalesce(max(used), 0) + 1 FROM images)"


def key_of(*parts: object) -> str:
    """A key for everything that an inspection depends on."""
    text = json.dumps([__version__, FORM, *map(str, parts)])
    return hashlib.sha256(text.encode()).hexdigest()
