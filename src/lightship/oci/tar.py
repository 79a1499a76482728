"""A tar archive as entries: headers are read, bodies are skipped.

Python's ``tarfile`` needs ten times as long, because it makes a rich object of every member. What is read here is what
Docker reads: Go's archive/tar (ustar, GNU, PAX; global PAX headers have no effect).
Sources: https://www.gnu.org/software/tar/manual/html_node/Standard.html,
https://github.com/opencontainers/image-spec/blob/main/layer.md
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from zlib import adler32

from lightship.errors import InputError
from lightship.oci import sparse
from lightship.oci.limits import ENTRY_COST, EXTENSION_LIMIT, PATH_LIMIT, Budget
from lightship.oci.model import Entry, Kind
from lightship.oci.pax import NOTHING, Amendment, amend
from lightship.oci.sparse import BLOCK, header_number, octal
from lightship.text import decode

ReadAt = Callable[[int, int], bytes]
"""Gives ``size`` bytes at an offset that never goes back; fewer only where the archive ends.

An end within a body is for the caller to see: the last entry's ``offset + stored`` lies behind it."""

_ZEROS = bytes(BLOCK)
_KINDS: dict[int, Kind] = {
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
_EXTENSIONS = frozenset(b"LKxX")
_SKIPPED = frozenset(b"gVDMN")
"""Global PAX headers, and GNU members that carry no file (volume label, directory dump, continuation, old names)."""
_SPECIAL = frozenset(range(256)) - (frozenset(_KINDS) - {ord("S")})
_UNUSUAL = ("", "/", ".")
_ENDS = (0, 32)
_MEMORY_LIMIT = 10_000
_COST_STEP = 1 << 17

_Value = TypeVar("_Value")


def walk(read_at: ReadAt, where: str, budget: Budget | None = None) -> list[Entry]:
    """All members of an archive, in order, whiteouts included.

    ``where`` names the archive in errors. Raises InputError when it is damaged, not a tar archive, when a path leaves
    the root, or when there are more entries than ``budget`` allows.
    """
    budget = budget or Budget()
    archive = _Archive(read_at, where)
    entries: list[Entry] = []
    add = entries.append
    sums, owners, times = archive.sums, archive.owners, archive.times
    amendment = NOTHING
    cost = offset = 0
    while True:
        header = read_at(offset, BLOCK)
        if len(header) < BLOCK or header == _ZEROS:
            break
        # adler32's low half is 1 + the sum of the bytes, modulo 65521: the sum in C, which Python's sum() is not.
        if sums.get(header[148:156]) != adler32(header) & 0xFFFF:
            archive.check(header, offset)
        flag = header[156]
        if flag in _SPECIAL or amendment is not NOTHING:
            entry, amendment, offset = _special(archive, header, offset + BLOCK, amendment)
            budget.take(_weight(amendment) if entry is None else ENTRY_COST + _weight(entry), where)
            if entry is not None:
                add(entry)
            continue
        entry, offset = _plain(
            archive,
            header,
            offset + BLOCK,
            owners.get(header[100:124]) or archive.owner(header),
            times.get(header[136:148]) or archive.time(header),
        )
        add(entry)
        cost += len(entry.path) + len(entry.link) + ENTRY_COST
        if cost > _COST_STEP:
            budget.take(cost, where)
            cost = 0
    if header and len(header) < BLOCK:
        raise _damaged(where, f"it ends in the middle of a header, at byte {offset + len(header)}")
    if amendment is not NOTHING:
        raise _damaged(where, "it ends after an extended header, before the member that this belongs to")
    budget.take(cost, where)
    return entries


def clean_path(raw: str, where: str) -> str:
    """A member's name as a path below the root: no leading slash, no ``.``, ``..`` resolved.

    Raises InputError when it leaves the root, has a NUL byte, or is longer than Linux allows.
    """
    if len(raw) > PATH_LIMIT:
        raise _damaged(where, f"a path has more than {PATH_LIMIT} characters: {raw[:60]}…")
    parts: list[str] = []
    for part in raw.split("/"):
        if part == "..":
            if not parts:
                raise InputError(
                    f"a member of the archive leaves its root: {raw!r}",
                    where=where,
                    why="unpacking it would write or link outside the image",
                    help="do not use this image; it was made by hand, or by a broken tool",
                )
            parts.pop()
        elif part and part != ".":
            parts.append(part)
    return "/".join(parts)


class _Archive:
    """The archive being read, and the header fields that were parsed already: most are like one seen before."""

    __slots__ = ("owners", "read_at", "sums", "times", "where")

    def __init__(self, read_at: ReadAt, where: str) -> None:
        self.read_at = read_at
        self.where = where
        self.sums: dict[bytes, int] = {}
        self.owners: dict[bytes, tuple[int, int, int]] = {}
        self.times: dict[bytes, int] = {}

    def check(self, header: bytes, offset: int) -> None:
        """Compare the checksum, with its own field counted as spaces. Remembers the field's sum as adler32 sees it."""
        stored = header[148:156]
        expected = octal(stored)
        # A header's sum is below 2 x 65521, so one wrap is all that the modulus can hide.
        wanted = (expected + sum(stored) - 8 * 32 + 1) % 65521
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
            raise _damaged(self.where, f"the header at byte {offset} has a wrong checksum")
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


def _remember(memory: dict[bytes, _Value], key: bytes, value: _Value) -> None:
    if len(memory) > _MEMORY_LIMIT:
        memory.clear()
    memory[key] = value


def _plain(archive: _Archive, header: bytes, body: int, owner: tuple[int, int, int], time: int) -> tuple[Entry, int]:
    """The entry of a header that nothing amends, and where the next header is."""
    mode, uid, gid = owner
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
    kind = _KINDS[header[156]]
    if kind == "file":
        digits = header[124:135]
        size = (
            int(digits, 8)
            if header[135] in _ENDS and digits.isdigit()
            else header_number(header[124:136], archive.where)
        )
        if size < 0:
            raise _damaged(archive.where, f"{path} has a negative size")
        if header[156] == 0 and raw[-1:] == "/":  # before POSIX a directory was a file with a slash
            return Entry(path, "dir", mode, uid, gid, 0, time, "", body), body + _padded(size)
        return Entry(path, kind, mode, uid, gid, size, time, "", body), body + (size + 511 & -512)
    if kind == "dir":
        return Entry(path, kind, mode, uid, gid, 0, time, "", body), body
    link = decode(header[157:257].partition(b"\0")[0]) if kind in ("symlink", "hardlink") else ""
    if kind == "hardlink":
        link = clean_path(link, archive.where)
    return Entry(path, kind, mode, uid, gid, 0, time, link, body), body


def _special(archive: _Archive, header: bytes, body: int, amendment: Amendment) -> tuple[Entry | None, Amendment, int]:
    """What an extended, amended, sparse or unknown member gives: its entry or none, what amends the next, its end."""
    flag = header[156]
    if flag in _EXTENSIONS:
        amendment, end = _extend(archive, header, body, amendment)
        return None, amendment, end
    if flag not in _KINDS:
        end = body + _padded(_size(header, amendment, archive.where))
        return None, amendment if flag in _SKIPPED else NOTHING, end
    entry, end = _amended(archive, header, body, amendment)
    return entry, NOTHING, end


def _weight(of: Entry | Amendment) -> int:
    """What the parts of variable length are accounted for."""
    size = sum(len(name) + len(value) + 100 for name, value in of.xattrs) + len(of.path or "") + len(of.link or "")
    if isinstance(of, Entry):
        return size + 130 * len(of.sparse or ())
    return size + sum(len(value) + 150 for _, value in of.records)


def _amended(archive: _Archive, header: bytes, body: int, amendment: Amendment) -> tuple[Entry, int]:
    """The entry of a header that extended headers amend or that is sparse, and where the next header is."""
    read_at, where = archive.read_at, archive.where
    first, _ = _plain(archive, header, body, archive.owner(header), archive.time(header))
    records = dict(amendment.records)
    path = first.path
    if name := records.get("name") or amendment.path:
        path = clean_path(name, where)
    link = first.link if amendment.link is None else amendment.link
    if first.kind == "hardlink":
        link = clean_path(link, where)
    size = stored = _size(header, amendment, where) if first.kind == "file" else 0
    following = body + _padded(stored)
    segments: sparse.Segments | None = None
    if header[156] == ord("S"):
        pairs, start = sparse.old_gnu(header, body, read_at, where)
        size = header_number(header[483:495], where)
        following = start + _padded(stored)
        body = start
        segments = sparse.checked(pairs, size, stored, where)
    elif records and first.kind == "file":
        size = sparse.number(records.get("realsize") or records.get("size") or str(stored), where)
        taken = 0
        if records.get("major") == "1":
            pairs, taken = sparse.from_body(body, stored, read_at, where)
        else:
            pairs = sparse.from_records(amendment.records, where)
        body += taken
        segments = sparse.checked(pairs, size, stored - taken, where)
    entry = Entry(
        path,
        first.kind,
        first.mode,
        first.uid if amendment.uid is None else amendment.uid,
        first.gid if amendment.gid is None else amendment.gid,
        size,
        first.mtime if amendment.mtime is None else amendment.mtime,
        link,
        body,
        tuple(dict(amendment.xattrs).items()),
        segments,
    )
    return entry, following


def _extend(archive: _Archive, header: bytes, body: int, amendment: Amendment) -> tuple[Amendment, int]:
    """What an extended header adds to ``amendment``, and where the next header is."""
    where = archive.where
    size = header_number(header[124:136], where)
    if not 0 <= size <= EXTENSION_LIMIT:
        raise _damaged(where, f"an extended header has {size} bytes, more than {EXTENSION_LIMIT} or less than none")
    raw = archive.read_at(body, size)
    if len(raw) < size:
        raise _damaged(where, "it ends in the middle of an extended header")
    return amend(amendment, header[156], raw, where), body + _padded(size)


def _size(header: bytes, amendment: Amendment, where: str) -> int:
    size = header_number(header[124:136], where) if amendment.size is None else amendment.size
    if not 0 <= size < 1 << 63:
        raise _damaged(where, f"a member has the size {size}")
    return size


def _padded(size: int) -> int:
    return size + BLOCK - 1 & -BLOCK


def _damaged(where: str, why: str) -> InputError:
    return InputError("the archive is damaged", where=where, why=why, help="make the archive again, or fetch it again")
