"""A tar archive as entries: headers are read, bodies are skipped.

Python's ``tarfile`` needs ten times as long, because it makes a rich object of every member. What is read here is what
Docker reads: Go's archive/tar (ustar, GNU, PAX; global PAX headers have no effect).
Sources: https://www.gnu.org/software/tar/manual/html_node/Standard.html,
https://github.com/opencontainers/image-spec/blob/main/layer.md
"""

from __future__ import annotations

from collections.abc import Callable
from zlib import adler32

from lightship.errors import InputError
from lightship.oci import sparse
from lightship.oci.limits import ENTRY_COST, EXTENSION_LIMIT, PATH_LIMIT, Budget
from lightship.oci.model import Entry, Kind
from lightship.oci.pax import NOTHING, Amendment, amend
from lightship.oci.sparse import BLOCK, header_number
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


def walk(read_at: ReadAt, where: str, budget: Budget | None = None) -> list[Entry]:
    """All members of an archive, in order, whiteouts included.

    ``where`` names the archive in errors. Raises InputError when it is damaged, not a tar archive, when a path leaves
    the root, or when there are more entries than ``budget`` allows.
    """
    budget = budget or Budget()
    entries: list[Entry] = []
    owners: dict[bytes, tuple[int, int, int]] = {}
    amendment = NOTHING
    offset = 0
    while True:
        header = read_at(offset, BLOCK)
        if len(header) < BLOCK or header == _ZEROS:
            break
        _check(header, offset, where)
        flag = header[156]
        body = offset + BLOCK
        if flag in _EXTENSIONS:
            amendment, offset = _extend(amendment, flag, header, body, read_at, where)
            budget.take(sum(len(value) for _, value in amendment.xattrs), where)
            continue
        if flag in _SKIPPED or flag not in _KINDS:
            offset = body + _padded(_size(header, amendment, where))
            amendment = NOTHING if flag not in _SKIPPED else amendment
            continue
        owner = header[100:124]
        if owner not in owners:
            owners[owner] = (
                header_number(owner[:8], where) & 0o7777,
                header_number(owner[8:16], where),
                header_number(owner[16:], where),
            )
        if amendment is NOTHING and flag != 83:  # "S"
            entry, offset = _plain(header, body, owners[owner], where)
        else:
            entry, offset = _amended(header, body, owners[owner], amendment, read_at, where)
            amendment = NOTHING
        entries.append(entry)
        budget.take(ENTRY_COST + len(entry.path) + len(entry.link), where)
    if header and len(header) < BLOCK:
        raise _damaged(where, f"it ends in the middle of a header, at byte {offset + len(header)}")
    if amendment is not NOTHING:
        raise _damaged(where, "it ends after an extended header, before the member that this belongs to")
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


def _check(header: bytes, offset: int, where: str) -> None:
    """Compare the checksum, with the checksum's own field counted as spaces."""
    stored = header[148:156]
    # adler32's low half is 1 + the sum of the bytes, modulo 65521: the sum in C, which Python's sum() is not.
    # A header's sum is below 2 x 65521, so one wrap is all that can be hidden.
    total = (adler32(header) & 0xFFFF) - 1 - sum(stored) + 256
    digits = stored.strip(b" \0")
    expected = int(digits, 8) if digits.isdigit() and b"8" not in digits and b"9" not in digits else -1
    if (expected - total) % 65521 == 0 and expected >= 0:
        return
    signed = sum(byte - 256 if byte > 127 else byte for byte in header[:148] + header[156:]) + 256
    if expected == signed:  # tar of SunOS and others summed signed characters
        return
    if offset == 0:
        raise InputError(
            "not a tar archive",
            where=where,
            why="its first header has a wrong checksum",
            help="give an image archive",
        )
    raise _damaged(where, f"the header at byte {offset} has a wrong checksum")


def _plain(header: bytes, body: int, owner: tuple[int, int, int], where: str) -> tuple[Entry, int]:
    """The entry of a header that nothing amends, and where the next header is."""
    flag = header[156]
    kind = _KINDS[flag]
    name = decode(header[:100].partition(b"\0")[0])
    # "ustar\0" has a prefix field; GNU's "ustar  \0" keeps times there.
    if header[345] and header[257:263] == b"ustar\0":
        prefix = header[345:500].partition(b"\0")[0]
        name = f"{decode(prefix)}/{name}"
    path = _path(name, where)
    size = 0
    if kind == "file":
        size = header_number(header[124:136], where)
        if size < 0:
            raise _damaged(where, f"{path} has a negative size")
        if name[-1:] == "/" and flag == 0:  # before POSIX a directory was a file with a slash
            kind = "dir"
    link = decode(header[157:257].partition(b"\0")[0]) if kind in ("symlink", "hardlink") else ""
    entry = Entry(
        path,
        kind,
        owner[0],
        owner[1],
        owner[2],
        size if kind == "file" else 0,
        header_number(header[136:148], where),
        _path(link, where) if kind == "hardlink" else link,
        body,
    )
    return entry, body + (size + 511 & -512)


def _path(raw: str, where: str) -> str:
    # Nearly all names are like "usr/bin/env" or "usr/bin/"; the rest takes the long way.
    if raw[:1] not in ("", "/", ".") and "/." not in raw and "//" not in raw:
        return raw.removesuffix("/")
    return clean_path(raw, where)


def _amended(
    header: bytes, body: int, owner: tuple[int, int, int], amendment: Amendment, read_at: ReadAt, where: str
) -> tuple[Entry, int]:
    """The entry of a header that extended headers amend or that is sparse, and where the next header is."""
    first, _ = _plain(header, body, owner, where)
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


def _extend(
    amendment: Amendment, flag: int, header: bytes, body: int, read_at: ReadAt, where: str
) -> tuple[Amendment, int]:
    size = header_number(header[124:136], where)
    if not 0 <= size <= EXTENSION_LIMIT:
        raise _damaged(where, f"an extended header has {size} bytes, more than {EXTENSION_LIMIT} or less than none")
    raw = read_at(body, size)
    if len(raw) < size:
        raise _damaged(where, "it ends in the middle of an extended header")
    return amend(amendment, flag, raw, where), body + _padded(size)


def _size(header: bytes, amendment: Amendment, where: str) -> int:
    size = header_number(header[124:136], where) if amendment.size is None else amendment.size
    if not 0 <= size < 1 << 63:
        raise _damaged(where, f"a member has the size {size}")
    return size


def _padded(size: int) -> int:
    return size + BLOCK - 1 & -BLOCK


def _damaged(where: str, why: str) -> InputError:
    return InputError("the archive is damaged", where=where, why=why, help="make the archive again, or fetch it again")
