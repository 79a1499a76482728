"""What the Go linker wrote into a program about itself: release, main module, modules linked in.

Source: https://go.dev/src/debug/buildinfo/buildinfo.go, https://pkg.go.dev/runtime/debug#BuildInfo
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from lightship.elf.file import MAGIC, ReadAt

_MARK = b"\xff Go buildinf:"
_ALIGNMENT, _HEADER = 16, 32
_INLINE = 2
# The information is at the start of a data section; the tool itself looks at 1 MB of it.
_SEARCH_LIMIT = 1 << 20
_TEXT_LIMIT = 4 << 20
_SENTINEL = 16
_PT_LOAD, _PF_X, _PF_W = 1, 1, 2


@dataclass(frozen=True, slots=True)
class GoBuild:
    """One Go program. ``main`` and ``modules`` are (path, version); a version may be "(devel)" or ""."""

    release: str
    main: tuple[str, str] = ("", "")
    modules: tuple[tuple[str, str], ...] = ()


def read_go_build(read_at: ReadAt) -> GoBuild | None:
    """The build information of a program since Go 1.18; None for anything else. Never raises for what it holds."""
    offset, size = _data_segment(read_at)
    data = read_at(offset, min(size, _SEARCH_LIMIT)) if size else b""
    at = data.find(_MARK)
    while at >= 0 and at % _ALIGNMENT:
        at = data.find(_MARK, at + 1)
    if at < 0 or len(data) < at + _HEADER or not data[at + 15] & _INLINE:
        return None
    start = offset + at + _HEADER
    release, following = _text(read_at, start)
    if not release:
        return None
    information, _ = _text(read_at, following)
    # Sixteen bytes on either side guard the text.
    return _parsed(release.decode("utf-8", "replace"), information[_SENTINEL:-_SENTINEL].decode("utf-8", "replace"))


def _data_segment(read_at: ReadAt) -> tuple[int, int]:
    """Offset and size of the first segment that is written and not executed: (0, 0) when there is none."""
    head = read_at(0, 64)
    if len(head) < 64 or head[:4] != MAGIC or head[4] not in (1, 2) or head[5] not in (1, 2):
        return 0, 0
    order = "<" if head[5] == 1 else ">"
    if head[4] == 2:
        start, (width, count) = struct.unpack_from(order + "Q", head, 32)[0], struct.unpack_from(order + "HH", head, 54)
        form, places = order + "IIQQQQQQ", (0, 1, 2, 5)
    else:
        start, (width, count) = struct.unpack_from(order + "I", head, 28)[0], struct.unpack_from(order + "HH", head, 42)
        form, places = order + "IIIIIIII", (0, 6, 1, 4)
    if width != struct.calcsize(form):
        return 0, 0
    table = read_at(start, width * count)
    for segment in struct.iter_unpack(form, table[: len(table) // width * width]):
        kind, flags, offset, size = (segment[place] for place in places)
        if kind == _PT_LOAD and flags & (_PF_X | _PF_W) == _PF_W:
            return offset, size
    return 0, 0


def _text(read_at: ReadAt, at: int) -> tuple[bytes, int]:
    """A text behind its length as a varint, and where the next one starts."""
    raw = read_at(at, 10)
    length = shift = 0
    for index, byte in enumerate(raw):
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            start = at + index + 1
            return (read_at(start, length) if length <= _TEXT_LIMIT else b""), start + length
    return b"", at


def _parsed(release: str, text: str) -> GoBuild:
    main = ("", "")
    modules: list[tuple[str, str]] = []
    for line in text.split("\n"):
        fields = line.split("\t")
        if len(fields) < 3:
            continue
        if fields[0] == "mod":
            main = (fields[1], fields[2])
        elif fields[0] == "dep":
            modules.append((fields[1], fields[2]))
        elif fields[0] == "=>" and modules:  # replaces the module above
            modules[-1] = (fields[1], fields[2])
    return GoBuild(release, main, tuple(modules))
