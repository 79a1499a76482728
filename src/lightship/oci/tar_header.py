"""One header of a tar archive as an entry: names, numbers, checksum.

Source: https://www.gnu.org/software/tar/manual/html_node/Standard.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast
from zlib import adler32

from lightship.errors import InputError
from lightship.messages import said
from lightship.oci.limits import PATH_LIMIT
from lightship.oci.model import Entry, Kind
from lightship.oci.sparse import BLOCK, header_number, octal
from lightship.text import decode

ReadAt = Callable[[int, int], bytes]
"""Gives ``size`` bytes at an offset that never goes back; fewer only where the archive ends.

An end within a body is for the caller to see: the last entry's ``offset + stored`` lies behind it."""

KINDS: dict[int, Kind] = {
    ord("0"): "file",
    0: "file",
    ord("7"): "file",
    ord("S"): "file",
    ord("1"): "hardlink",
    ord("2"): "symlink",
    ord("3"): "char",
    ord("4"): "block",
    ord("5"): "dir",
    ord("6"): "fifo",
}
_UNUSUAL = ("", "/", ".")
_ENDS = (0, 32)
_MEMORY_LIMIT = 10_000

_Value = TypeVar("_Value")


_SUMS: dict[bytes, int] = {}
"""Checksum fields as adler32 sees their sums: the same in every archive, and most are in several layers."""


class Archive:
    """The archive being read, and the header fields that were parsed already: most are like one seen before."""

    __slots__ = ("owners", "read_at", "sums", "times", "where")

    def __init__(self, read_at: ReadAt, where: str) -> None:
        self.read_at = read_at
        self.where = where
        self.sums = _SUMS
        self.owners: dict[bytes, tuple[int, int, int]] = {}
        self.times: dict[bytes, int] = {}

    def check(self, header: bytes, offset: int) -> None:
        """Compare the checksum, with its own field counted as spaces. Remembers the field's sum as adler32 sees it."""
        stored = header[148:156]
        expected = _usual(stored)
        if expected < 0:
            expected = octal(stored)
        # A header's sum is below 2 x 65521, so one wrap is all that the modulus can hide.
        wanted = (expected + (adler32(stored) & 0xFFFF) - 8 * 32) % 65521
        if expected < 0 or wanted != adler32(header) & 0xFFFF:
            signed = sum(byte - 256 if byte > 127 else byte for byte in header[:148] + header[156:]) + 256
            if expected == signed:  # tar of SunOS and others summed signed characters
                return
            if offset == 0:
                raise InputError(
                    "not a tar archive",
                    where=self.where,
                    why="its first header has a wrong checksum",
                    help="give an image archive",
                )
            raise damaged(self.where, said("the header at byte {offset} has a wrong checksum", offset=offset))
        _remember(self.sums, stored, wanted)

    def owner(self, header: bytes) -> tuple[int, int, int]:
        """Mode, user ID and group ID."""
        field = header[100:124]
        mode = header_number(field[:8], self.where) & 0o7777
        found = (mode, header_number(field[8:16], self.where), header_number(field[16:], self.where))
        _remember(self.owners, field, found)
        return found

    def time(self, header: bytes) -> int:
        """Seconds since 1970."""
        field = header[136:148]
        found = header_number(field, self.where)
        _remember(self.times, field, found)
        return found


def _usual(stored: bytes) -> int:
    """A checksum that is written as nearly all are: six digits, a NUL, a space; -1 for any other."""
    if stored[6:] != b"\0 " or not stored[:6].isdigit():
        return -1
    try:
        return int(stored[:6], 8)
    except ValueError:  # an 8 or a 9
        return -1


def plain_entry(
    archive: Archive, header: bytes, body: int, owner: tuple[int, int, int], time: int
) -> tuple[Entry, int]:
    """The entry of a header that nothing amends, and where the next header is."""
    name = header[: header.find(0, 0, 100)] if header[99] == 0 else header[:100].partition(b"\0")[0]
    # "ustar\0" has a prefix field; GNU's "ustar  \0" keeps times there.
    if header[345] and header[257:263] == b"ustar\0":
        name = header[345:500].partition(b"\0")[0] + b"/" + name
    raw = name.decode("utf-8", "surrogateescape")
    # Nearly all names are like "usr/bin/env" or "usr/bin/"; the rest takes the long way.
    if "/." in raw or "//" in raw or raw[:1] in _UNUSUAL:
        path = clean_path(raw, archive.where)
    else:
        path = raw[:-1] if raw[-1] == "/" else raw
    kind = KINDS[header[156]]
    if kind == "file":
        digits = header[124:135]
        size = (
            int(digits, 8)
            if header[135] in _ENDS and digits.isdigit()
            else header_number(header[124:136], archive.where)
        )
        if size < 0:
            raise damaged(archive.where, said("{path} has a negative size", path=path))
        if header[156] == 0 and raw[-1:] == "/":  # before POSIX a directory was a file with a slash
            return new_entry(path, "dir", owner, 0, time, "", body), body + padded(size)
        return new_entry(path, kind, owner, size, time, "", body), body + (size + 511 & -512)
    if kind == "dir":
        return new_entry(path, kind, owner, 0, time, "", body), body
    link = decode(header[157:257].partition(b"\0")[0]) if kind in ("symlink", "hardlink") else ""
    if kind == "hardlink":
        link = clean_path(link, archive.where)
    return new_entry(path, kind, owner, 0, time, link, body), body


def clean_path(raw: str, where: str) -> str:
    """A member's name as a path below the root: no leading slash, no ``.``, ``..`` resolved.

    Raises InputError when it leaves the root, has a NUL byte, or is longer than Linux allows.
    """
    if len(raw) > PATH_LIMIT:
        raise damaged(
            where, said("a path has more than {path_limit} characters: {raw}…", path_limit=PATH_LIMIT, raw=raw[:60])
        )
    parts: list[str] = []
    for part in raw.split("/"):
        if part == "..":
            if not parts:
                raise InputError(
                    said("a member of the archive leaves its root: {raw!r}", raw=raw),
                    where=where,
                    why="unpacking it would write or link outside the image",
                    help="do not use this image; it was made by hand, or by a broken tool",
                )
            parts.pop()
        elif part and part != ".":
            parts.append(part)
    return "/".join(parts)


def padded(size: int) -> int:
    return size + BLOCK - 1 & -BLOCK


def damaged(where: str, why: str) -> InputError:
    return InputError("the archive is damaged", where=where, why=why, help="make the archive again, or fetch it again")


def _remember(memory: dict[bytes, _Value], key: bytes, value: _Value) -> None:
    if len(memory) > _MEMORY_LIMIT:
        memory.clear()
    memory[key] = value


class _Draft:
    """An ``Entry`` while it is written; it turns into one at the end of ``__init__``.

    A frozen dataclass sets each field through ``object.__setattr__``: 2 µs an entry, a fifth of the whole walk. The
    two classes have the same slots, which is what Python asks of classes that an instance may move between.
    """

    __slots__ = Entry.__slots__

    def __init__(  # noqa: PLR0917 - half a million calls: keywords would cost what this saves
        self, path: str, kind: Kind, owner: tuple[int, int, int], size: int, time: int, link: str, offset: int
    ) -> None:
        self.path = path
        self.kind = kind
        self.mode, self.uid, self.gid = owner
        self.size = size
        self.mtime = time
        self.link = link
        self.offset = offset
        self.xattrs = ()
        self.sparse = None
        self.__class__ = Entry  # type: ignore[assignment]  # same slots


new_entry = cast("Callable[[str, Kind, tuple[int, int, int], int, int, str, int], Entry]", _Draft)
