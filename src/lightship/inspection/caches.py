"""Caches that package managers left behind: shipped, and of no use to whoever runs the image."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lightship.distros import caches as distro_caches
from lightship.ecosystems import PathPatterns
from lightship.ecosystems import caches as language_caches
from lightship.inspection.model import Place
from lightship.oci import Rootfs

# Anybody's: temporary files, and the caches of a home directory that no pattern names.
_TEMPORARY = ("tmp", "var/tmp")


def caches_in(rootfs: Rootfs, manager: str) -> tuple[Place, ...]:
    """The caches of the final file system by directory, largest first. ``manager`` is the OS package manager's name."""
    homes = tuple(home_directories(rootfs))
    named = (
        (f"cache or log of {manager}", distro_caches(manager)),
        ("cache of a language's package manager", language_caches(homes)),
        ("temporary file", _TEMPORARY),
        ("cache in a home directory", tuple(f"{home}/.cache" for home in homes)),
    )
    groups = [(what, PathPatterns(patterns)) for what, patterns in named]
    # Nearly no path is in a cache: one look tells.
    anything = PathPatterns(pattern for _, patterns in named for pattern in patterns)
    sizes: Counter[tuple[str, str]] = Counter()
    files: Counter[tuple[str, str]] = Counter()
    for path, located in rootfs.items():
        entry = located.entry
        if entry.kind != "file" or located.twin or not entry.stored or not anything.covers(path):
            continue
        for what, patterns in groups:
            if patterns.covers(path):
                key = (what, _directory(patterns, path))
                sizes[key] += entry.stored
                files[key] += 1
                break
    found = (Place(path, sizes[what, path], files[what, path], what) for what, path in sizes)
    return tuple(sorted(found, key=lambda one: (-one.size, one.path)))


def home_directories(rootfs: Rootfs) -> Iterator[str]:
    """Home directories: root's, all below /home, and those that /etc/passwd names (none of the system's own)."""
    seen = {"root"}
    yield "root"
    named = [line.split(":") for line in rootfs.read_text("etc/passwd", 1 << 20).split("\n")]
    below = (f"home/{name}" for name in rootfs.children("home"))
    said = (fields[5].strip("/") for fields in named if len(fields) > 6)
    for home in (*below, *said):
        if home not in seen and home.startswith(("home/", "var/lib/", "opt/", "app", "srv/")):
            seen.add(home)
            yield home


def _directory(patterns: PathPatterns, path: str) -> str:
    """The directory that a cache's file is counted under: the highest that is all cache, else the one it lies in."""
    at = path
    while (above := at.rpartition("/")[0]) and patterns.covers(above):
        at = above
    return at if at != path else path.rpartition("/")[0] or path
