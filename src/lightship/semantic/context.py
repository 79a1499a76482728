"""The build context: the files that the build can see."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from lightship.semantic.ignore import IgnoreRules


def context_files(context: Path, ignore: IgnoreRules) -> Iterator[tuple[str, int]]:
    """Path, relative to the context, and size in bytes of every file and link that is sent to the build, sorted.

    Links are not followed and count with the length of their target. What cannot be read is left out.
    """
    stack = [""]
    while stack:
        folder = stack.pop()
        try:
            with os.scandir(context / folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        folders: list[str] = []
        for entry in found:
            path = f"{folder}/{entry.name}" if folder else entry.name
            excluded = ignore.excludes(path)
            if entry.is_dir(follow_symlinks=False):
                if not excluded or ignore.has_exceptions:
                    folders.append(path)
                continue
            if not excluded:
                yield path, entry.stat(follow_symlinks=False).st_size
        stack += reversed(folders)
