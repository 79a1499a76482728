"""One rpm header, as it stands in an rpm database: a table of tags and their data.

Format: https://rpm-software-management.github.io/rpm/manual/format_header.html (without the magic in a
database).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

_INTRO = struct.Struct(">II")
_ENTRY = struct.Struct(">IIII")
_ENTRIES_LIMIT = 65536
_INTEGERS = {2: "B", 3: "H", 4: "I", 5: "Q"}
_STRING, _STRING_ARRAY, _I18N = 6, 8, 9

Values = tuple[str, ...] | tuple[int, ...]


def read_header(blob: bytes, wanted: frozenset[int]) -> Mapping[int, Values] | None:
    """The values of the wanted tags by number, or None when the blob is not a header. Never raises."""
    if len(blob) < _INTRO.size:
        return None
    count, size = _INTRO.unpack_from(blob)
    start = _INTRO.size + count * _ENTRY.size
    if count > _ENTRIES_LIMIT or start + size > len(blob):
        return None
    data = blob[start : start + size]
    values: dict[int, Values] = {}
    for tag, kind, offset, length in _ENTRY.iter_unpack(blob[_INTRO.size : start]):
        if tag in wanted:
            found = _values(data, kind, offset, length)
            if found is not None:
                values[tag] = found
    return values


def strings(header: Mapping[int, Values], tag: int) -> tuple[str, ...]:
    """A tag's strings; none when it has none."""
    return tuple(value for value in header.get(tag, ()) if isinstance(value, str))


def numbers(header: Mapping[int, Values], tag: int) -> tuple[int, ...]:
    """A tag's numbers; none when it has none."""
    return tuple(value for value in header.get(tag, ()) if isinstance(value, int))


def _values(data: bytes, kind: int, offset: int, count: int) -> Values | None:
    if kind in _INTEGERS:
        form = struct.Struct(f">{count}{_INTEGERS[kind]}") if count <= len(data) else None
        return form.unpack_from(data, offset) if form and offset + form.size <= len(data) else None
    if kind == _STRING:
        count = 1
    elif kind not in (_STRING_ARRAY, _I18N):
        return None
    parts = data[offset:].split(b"\0", count) if count <= len(data) else []
    if len(parts) <= count:
        return None
    return tuple(part.decode("utf-8", "surrogateescape") for part in parts[:count])
