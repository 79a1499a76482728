"""What strip(1) would take away from one ELF file: symbol tables and debugging sections, by their section headers.

The loader reads none of it. Format: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.sheader.html
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from lightship.elf.file import MAGIC, ReadAt

_SHF_ALLOC = 0x2
_SECTIONS_LIMIT = 65536
_NAMES_LIMIT = 1 << 20
_STRIPPED = (b".debug", b".zdebug", b".symtab", b".strtab", b".gnu_debug", b".stab")


def strippable_size(read: ReadAt) -> int:
    """Bytes of symbols and debugging information that running does not need; 0 when it is no ELF file, or has none."""
    try:
        return sum(size for _, size in _stripped(read))
    except struct.error:
        return 0


def _stripped(read: ReadAt) -> Iterator[tuple[bytes, int]]:
    """(name, size) of every section that strip(1) takes."""
    head = read(0, 64)
    if head[:4] != MAGIC or len(head) < 52:
        return
    wide, order = head[4] == 2, "<" if head[5] == 1 else ">"
    at = struct.unpack_from(f"{order}{'Q' if wide else 'I'}", head, 40 if wide else 32)[0]
    size, count, names_index = struct.unpack_from(f"{order}3H", head, 58 if wide else 46)
    if not at or not 0 < count <= _SECTIONS_LIMIT or size < (64 if wide else 40):
        return
    table = read(at, size * count)
    layout = f"{order}IIQQQQ" if wide else f"{order}IIIIII"
    headers = [struct.unpack_from(layout, table, number * size) for number in range(len(table) // size)]
    if names_index >= len(headers):
        return
    names = read(headers[names_index][4], min(headers[names_index][5], _NAMES_LIMIT))
    for name_at, kind, flags, _, _, length in headers:
        name = names[name_at : names.find(b"\0", name_at)]
        # The section names' own table stays.
        if flags & _SHF_ALLOC or not name.startswith(_STRIPPED) or kind == 0:
            continue
        yield name, length
