"""What a container wrote, read from the upper directory of its overlay mount.

Engines answer ``diff`` by comparing the whole image with what the container sees, which takes seconds for a large image
whatever was written. The upper directory holds just what was: https://docs.kernel.org/filesystems/overlayfs.html
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path


def changes(upper: Path, lowers: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """(kind, absolute path) as ``docker diff`` tells them: "A" added or changed, "D" deleted.

    What was only opened for writing, and folders whose content alone changed, are there unchanged and left out.
    Raises OSError where the directories cannot be read.
    """
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        with os.scandir(f"{upper}/{folder}") as entries:
            found = list(entries)
        for entry in found:
            path = f"{folder}/{entry.name}" if folder else entry.name
            now = entry.stat(follow_symlinks=False)
            if stat.S_ISCHR(now.st_mode) and now.st_rdev == 0:
                yield "D", f"/{path}"
                continue
            if stat.S_ISDIR(now.st_mode):
                waiting.append(path)
            before = _before(path, lowers)
            if before is None or _differs(before, now):
                yield "A", f"/{path}"


def _before(path: str, lowers: Sequence[Path]) -> os.stat_result | None:
    for lower in lowers:
        try:
            found = os.lstat(f"{lower}/{path}")
        except (FileNotFoundError, NotADirectoryError):
            continue
        return None if stat.S_ISCHR(found.st_mode) and found.st_rdev == 0 else found
    return None


def _differs(before: os.stat_result, now: os.stat_result) -> bool:
    """Folders have another size and time whenever their content changes: these say nothing."""
    if (before.st_mode, before.st_uid, before.st_gid) != (now.st_mode, now.st_uid, now.st_gid):
        return True
    same = (before.st_size, before.st_mtime_ns) == (now.st_size, now.st_mtime_ns)
    return not stat.S_ISDIR(now.st_mode) and not same
