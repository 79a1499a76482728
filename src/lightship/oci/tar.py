"""A tar archive as entries: headers are read, bodies are skipped.

Python's ``tarfile`` needs ten times as long, because it makes a rich object of every member. What is read here is what
Docker reads: Go's archive/tar (ustar, GNU, PAX; global PAX headers have no effect).
Sources: https://www.gnu.org/software/tar/manual/html_node/Standard.html,
https://github.com/opencontainers/image-spec/blob/main/layer.md
"""

from __future__ import annotations

from collections.abc import Callable
from zlib import adler32

from lightship.messages import said
from lightship.oci import sparse
from lightship.oci.limits import ENTRY_COST, EXTENSION_LIMIT, Budget
from lightship.oci.model import Entry
from lightship.oci.pax import NOTHING, Amendment, amend
from lightship.oci.sparse import BLOCK, header_number
from lightship.oci.tar_header import KINDS, Archive, ReadAt, clean_path, damaged, padded, plain_entry

_ZEROS = bytes(BLOCK)
_EXTENSIONS = frozenset(b"LKxX")
_SKIPPED = frozenset(b"gVDMN")
"""Global PAX headers, and GNU members that carry no file (volume label, directory dump, continuation, old names)."""
_SPECIAL = frozenset(range(256)) - (frozenset(KINDS) - {ord("S")})
_COST_STEP = 1 << 17


def walk(
    read_at: ReadAt, where: str, budget: Budget | None = None, visit: Callable[[Entry], object] | None = None
) -> list[Entry]:
    """All members of an archive, in order, whiteouts included.

    ``visit`` sees each entry while its body has not been passed yet: the one moment at which a stream can give it.
    ``where`` names the archive in errors. Raises InputError when it is damaged, not a tar archive, when a path leaves
    the root, or when there are more entries than ``budget`` allows.
    """
    budget = budget or Budget()
    archive = Archive(read_at, where)
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
                if visit:
                    visit(entry)
            continue
        entry, offset = plain_entry(
            archive,
            header,
            offset + BLOCK,
            owners.get(header[100:124]) or archive.owner(header),
            times.get(header[136:148]) or archive.time(header),
        )
        add(entry)
        if visit:
            visit(entry)
        cost += len(entry.path) + len(entry.link) + ENTRY_COST
        if cost > _COST_STEP:
            budget.take(cost, where)
            cost = 0
    if header and len(header) < BLOCK:
        raise damaged(where, said("it ends in the middle of a header, at byte {offset}", offset=offset + len(header)))
    if amendment is not NOTHING:
        raise damaged(where, "it ends after an extended header, before the member that this belongs to")
    budget.take(cost, where)
    return entries


def _special(archive: Archive, header: bytes, body: int, amendment: Amendment) -> tuple[Entry | None, Amendment, int]:
    """What an extended, amended, sparse or unknown member gives: its entry or none, what amends the next, its end."""
    flag = header[156]
    if flag in _EXTENSIONS:
        amendment, end = _extend(archive, header, body, amendment)
        return None, amendment, end
    if flag not in KINDS:
        end = body + padded(_size(header, amendment, archive.where))
        return None, amendment if flag in _SKIPPED else NOTHING, end
    entry, end = _amended(archive, header, body, amendment)
    return entry, NOTHING, end


def _weight(of: Entry | Amendment) -> int:
    """What the parts of variable length are accounted for."""
    size = sum(len(name) + len(value) + 100 for name, value in of.xattrs) + len(of.path or "") + len(of.link or "")
    if isinstance(of, Entry):
        return size + 130 * len(of.sparse or ())
    return size + sum(len(value) + 150 for _, value in of.records)


def _amended(archive: Archive, header: bytes, body: int, amendment: Amendment) -> tuple[Entry, int]:
    """The entry of a header that extended headers amend or that is sparse, and where the next header is."""
    read_at, where = archive.read_at, archive.where
    first, _ = plain_entry(archive, header, body, archive.owner(header), archive.time(header))
    records = dict(amendment.records)
    path = first.path
    if name := records.get("name") or amendment.path:
        path = clean_path(name, where)
    link = first.link if amendment.link is None else amendment.link
    if first.kind == "hardlink":
        link = clean_path(link, where)
    size = stored = _size(header, amendment, where) if first.kind == "file" else 0
    following = body + padded(stored)
    segments: sparse.Segments | None = None
    if header[156] == ord("S"):
        pairs, start = sparse.old_gnu(header, body, read_at, where)
        size = header_number(header[483:495], where)
        following = start + padded(stored)
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


def _extend(archive: Archive, header: bytes, body: int, amendment: Amendment) -> tuple[Amendment, int]:
    """What an extended header adds to ``amendment``, and where the next header is."""
    where = archive.where
    size = header_number(header[124:136], where)
    if not 0 <= size <= EXTENSION_LIMIT:
        raise damaged(
            where,
            said(
                "an extended header has {size} bytes, more than {extension_limit} or less than none",
                size=size,
                extension_limit=EXTENSION_LIMIT,
            ),
        )
    raw = archive.read_at(body, size)
    if len(raw) < size:
        raise damaged(where, "it ends in the middle of an extended header")
    return amend(amendment, header[156], raw, where), body + padded(size)


def _size(header: bytes, amendment: Amendment, where: str) -> int:
    size = header_number(header[124:136], where) if amendment.size is None else amendment.size
    if not 0 <= size < 1 << 63:
        raise damaged(where, said("a member has the size {size}", size=size))
    return size
