"""Extended headers of a tar archive: PAX records and GNU long names, as one value that amends the next header.

Sources: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html ("pax Extended Header"),
https://www.gnu.org/software/tar/manual/html_node/Standard.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lightship.errors import InputError
from lightship.messages import said
from lightship.text import decode

SCHILY_XATTR = "SCHILY.xattr."
LIBARCHIVE_XATTR = "LIBARCHIVE.xattr."
_RECORDS_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class Amendment:
    """What extended headers say about the next member; None where they say nothing.

    ``records`` are the GNU.sparse.* records in the order written (version 0.0 repeats its keys).
    """

    path: str | None = None
    link: str | None = None
    size: int | None = None
    uid: int | None = None
    gid: int | None = None
    mtime: int | None = None
    xattrs: tuple[tuple[str, bytes], ...] = ()
    records: tuple[tuple[str, str], ...] = ()


NOTHING = Amendment()


def amend(before: Amendment, flag: int, body: bytes, where: str) -> Amendment:
    """``before`` with what one more extended header (type flag L, K, x or X) says. Raises InputError."""
    if flag == ord("L"):
        return replace(before, path=decode(body.partition(b"\0")[0]))
    if flag == ord("K"):
        return replace(before, link=decode(body.partition(b"\0")[0]))
    return _amend_pax(before, body, where)


def _amend_pax(before: Amendment, body: bytes, where: str) -> Amendment:
    fields: dict[str, str | int] = {}
    xattrs: dict[str, bytes] = {}
    sparse: list[tuple[str, str]] = []
    for key, value in _records(body, where):
        if key.startswith(SCHILY_XATTR):
            xattrs[key.removeprefix(SCHILY_XATTR)] = value
        elif key.startswith(LIBARCHIVE_XATTR):
            # tar(5) of libarchive: the name is URL-encoded, the value is base64. SCHILY's, when there, is the same.
            name, decoded = _libarchive(key.removeprefix(LIBARCHIVE_XATTR), value, where)
            xattrs.setdefault(name, decoded)
        elif key.startswith("GNU.sparse."):
            sparse.append((key.removeprefix("GNU.sparse."), decode(value)))
        elif value and key in ("path", "linkpath"):
            fields["path" if key == "path" else "link"] = _name(value, where)
        elif value and key in ("size", "uid", "gid", "mtime"):
            fields[key] = _whole(key, value, where)
    return replace(
        before,
        **fields,  # type: ignore[arg-type]  # the keys are those of the fields, each with its own type
        xattrs=before.xattrs + tuple(xattrs.items()),
        records=before.records + tuple(sparse),
    )


def _records(body: bytes, where: str) -> Iterator[tuple[str, bytes]]:
    """The ``length key=value LF`` records of a PAX header."""
    at = 0
    count = 0
    end = len(body.rstrip(b"\0"))
    while at < end:
        space = body.find(b" ", at, at + 20)
        digits = body[at:space] if space > 0 else b""
        length = int(digits) if digits.isdigit() else 0
        record = body[space + 1 : at + length]
        key, equals, value = record.partition(b"=")
        count += 1
        if length < 5 or at + length > len(body) or not record.endswith(b"\n") or not equals or count > _RECORDS_LIMIT:
            raise InputError("the archive is damaged", where=where, why="a PAX header has a record of a wrong length")
        yield decode(key), value[:-1]
        at += length


def _name(value: bytes, where: str) -> str:
    if b"\0" in value:
        raise InputError("the archive is damaged", where=where, why="a PAX header holds a path with a NUL byte")
    return decode(value)


def _whole(key: str, value: bytes, where: str) -> int:
    """A number without its fraction, rounded down; times may have one, and may be before 1970."""
    digits, _, fraction = value.partition(b".")
    sign, digits = (-1, digits[1:]) if digits[:1] == b"-" else (1, digits)
    if not digits.isdigit() or len(digits) > 20 or (fraction and not fraction.isdigit()):
        raise InputError(
            "the archive is damaged", where=where, why=said("{key} in a PAX header is not a number", key=key)
        )
    return sign * int(digits) - (1 if sign < 0 and fraction.strip(b"0") else 0)


def _libarchive(key: str, value: bytes, where: str) -> tuple[str, bytes]:
    # Rare, and urllib.parse takes as long to import as a small image to read.
    import base64
    from urllib.parse import unquote_to_bytes

    try:
        return decode(unquote_to_bytes(key)), base64.b64decode(value + b"=" * (-len(value) % 4))
    except ValueError as error:
        why = said("an extended attribute is not base64: {error}", error=error)
        raise InputError("the archive is damaged", where=where, why=why) from None
