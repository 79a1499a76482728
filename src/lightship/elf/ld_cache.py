"""What ldconfig leaves for the loader: /etc/ld.so.cache, and the /etc/ld.so.conf that it was made from."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

MAGIC = b"glibc-ld.so.cache1.1"
_OLD_MAGIC = b"ld.so-1.7.0"
_HEADER_SIZE = 48
_INCLUDE_DEPTH = 8


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """One line of ``ldconfig -p``: a soname, where it is, and for which ABI (``flags``) and CPU
    (``hwcap``).
    """

    soname: str
    path: str
    flags: int
    hwcap: int = 0


def read_ld_cache(raw: bytes) -> tuple[CacheEntry, ...]:
    """The entries of an ``ld.so.cache`` in the new format, in its order; none when it cannot be read.

    The old format may stand before the new one ("compat"), and is passed over.
    Format: glibc, sysdeps/generic/dl-cache.h.
    """
    start = 0
    if raw.startswith(_OLD_MAGIC):
        start = raw.find(MAGIC)
    if start < 0 or raw[start : start + len(MAGIC)] != MAGIC or len(raw) < start + _HEADER_SIZE:
        return ()
    # Byte 28 holds the byte order: 2 little, 3 big, 0 in caches older than glibc 2.33, 1 invalid.
    mark = raw[start + 28] & 3
    order = ">" if mark == 3 else "<"
    (count,) = struct.unpack_from(order + "I", raw, start + 20)
    if mark == 0 and count > len(raw) // 24:
        order = ">"
        (count,) = struct.unpack_from(">I", raw, start + 20)
    form = struct.Struct(order + "iIIIQ")
    table = raw[start + _HEADER_SIZE :][: count * form.size]
    if count * form.size > len(raw) or len(table) < count * form.size:
        return ()
    entries = []
    for flags, key, value, _, hwcap in form.iter_unpack(table):
        soname, path = _string(raw, start + key), _string(raw, start + value)
        if soname and path:
            entries.append(CacheEntry(soname, path, flags, hwcap))
    return tuple(entries)


def read_ld_conf(
    read: Callable[[str], str | None],
    names: Callable[[str], Iterable[str]],
    path: str = "etc/ld.so.conf",
) -> tuple[str, ...]:
    """The directories that ``ldconfig`` would scan for an ``ld.so.conf`` and what it includes, in order,
    once each.

    ``read`` gives a file's text or None; ``names`` the names in a directory. Paths have no leading slash.
    """
    found: dict[str, None] = {}
    _read_conf(read, names, path, found, 0)
    return tuple(found)


def _read_conf(
    read: Callable[[str], str | None],
    names: Callable[[str], Iterable[str]],
    path: str,
    found: dict[str, None],
    depth: int,
) -> None:
    text = read(path)
    if text is None or depth > _INCLUDE_DEPTH:
        return
    for line in text.split("\n"):
        words = line.partition("#")[0].strip()
        if words.startswith(("include ", "include\t")):
            for pattern in words.split()[1:]:
                for included in _matching(pattern, path, names):
                    _read_conf(read, names, included, found, depth + 1)
        elif words and not words.startswith("hwcap "):
            # "dir=libc6" once set a flag for the directory; also ":" and "," part directories (ldconfig.c).
            for directory in words.replace(",", ":").replace("\t", ":").replace(" ", ":").split(":"):
                if directory:
                    found.setdefault(directory.partition("=")[0].strip("/"))


def _matching(pattern: str, by: str, names: Callable[[str], Iterable[str]]) -> Iterable[str]:
    full = pattern.lstrip("/") if pattern.startswith("/") else f"{by.rpartition('/')[0]}/{pattern}"
    directory, _, last = full.rpartition("/")
    return [f"{directory}/{name}" for name in sorted(names(directory)) if fnmatchcase(name, last)]


def _string(raw: bytes, at: int) -> str:
    end = raw.find(b"\0", at)
    return raw[at:end].decode("utf-8", "surrogateescape") if 0 <= at < end else ""
