"""What the dynamic loader reads of one ELF file: program headers and the dynamic section, nothing else.

Section headers are never looked at: ``strip`` may remove them and the loader does not need them.
Format: https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html and elf(5).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

ReadAt = Callable[[int, int], bytes]
"""Gives ``length`` bytes from ``offset``; fewer, or none, at the end of the file."""

Type = Literal["relocatable", "executable", "shared", "core", "unknown"]

MAGIC = b"\x7fELF"

_TYPES: dict[int, Type] = {1: "relocatable", 2: "executable", 3: "shared", 4: "core"}
_PT_LOAD, _PT_DYNAMIC, _PT_INTERP = 1, 2, 3
_PF_X, _PF_W = 1, 2
_DT_NEEDED, _DT_STRTAB, _DT_STRSZ, _DT_SONAME, _DT_RPATH = 1, 5, 10, 14, 15
_DT_RUNPATH, _DT_FLAGS_1 = 29, 0x6FFFFFFB
_STRING_TAGS = frozenset((_DT_NEEDED, _DT_SONAME, _DT_RPATH, _DT_RUNPATH))
_DF_1_NODEFLIB, _DF_1_PIE = 0x800, 0x08000000

# The kernel itself refuses larger program headers (fs/binfmt_elf.c, load_elf_phdrs).
_PROGRAM_HEADERS_LIMIT = 65536
_DYNAMIC_LIMIT = 1 << 20
_STRINGS_AT_ONCE = 16384
_STRING_LIMIT = 65536
_FIRST_READ = 2048


@dataclass(frozen=True, slots=True)
class ElfFile:
    """What the loader reads of one ELF file.

    ``machine`` is e_machine and ``flags`` e_flags as numbers. ``rpath`` and ``runpath`` are the
    colon-separated parts as written, with their ``$ORIGIN``. ``problem`` is "" or says what could not be
    read; the rest then holds what could.
    """

    bits: Literal[32, 64]
    little_endian: bool
    type: Type
    machine: int
    flags: int = 0
    interpreter: str = ""
    dynamic: bool = False
    needed: tuple[str, ...] = ()
    soname: str = ""
    rpath: tuple[str, ...] = ()
    runpath: tuple[str, ...] = ()
    pie: bool = False
    no_default_libraries: bool = False
    problem: str = ""

    @property
    def abi(self) -> tuple[int, bool, int]:
        """What two files must share to be loaded into one process: bits, byte order, machine."""
        return self.bits, self.little_endian, self.machine

    @property
    def is_static(self) -> bool:
        """Whether the file runs with no loader: an executable with no interpreter and nothing needed."""
        return not self.interpreter and not self.needed and (self.type == "executable" or self.pie)

    @property
    def is_program(self) -> bool:
        """Whether the file can be started, as far as its headers tell."""
        return self.type == "executable" or bool(self.interpreter) or self.pie


_Segment = tuple[int, int, int, int, int]
"""Type, flags, offset in the file, address, size in the file. A tuple, for a dozen of them come with every file."""


def read_elf(source: bytes | ReadAt) -> ElfFile | None:
    """The ELF file in ``source``, or None when it is not one. Never raises for what the bytes hold."""
    read_at = _reader(source)
    head = read_at(0, _FIRST_READ)
    if head[:4] != MAGIC:
        return None
    bits: Literal[32, 64] = 32 if head[4:5] == b"\x01" else 64
    little = head[5:6] != b"\x02"
    if len(head) < (64 if bits == 64 else 52):
        return ElfFile(bits, little, "unknown", 0, problem="the ELF header is cut off")
    order = "<" if little else ">"
    kind, machine = struct.unpack_from(order + "HH", head, 16)
    flags = struct.unpack_from(order + "I", head, 48 if bits == 64 else 36)[0]
    elf_type = _TYPES.get(kind, "unknown")
    if head[4] not in (1, 2) or head[5] not in (1, 2):
        return ElfFile(bits, little, elf_type, machine, flags, problem="unknown ELF class or byte order")

    segments, problem = _segments(read_at, head, bits, order)
    interpreter, found = _interpreter(read_at, head, segments)
    dynamic, why = _dynamic(read_at, segments, bits, order)
    strings: dict[int, list[str]] = dynamic[0]
    flags_1 = dynamic[1]
    return ElfFile(
        bits,
        little,
        elf_type,
        machine,
        flags,
        interpreter,
        any(segment[0] == _PT_DYNAMIC for segment in segments),
        tuple(strings.get(_DT_NEEDED, ())),
        next(iter(strings.get(_DT_SONAME, ())), ""),
        _paths(strings.get(_DT_RPATH, [])),
        _paths(strings.get(_DT_RUNPATH, [])),
        bool(flags_1 & _DF_1_PIE),
        bool(flags_1 & _DF_1_NODEFLIB),
        problem or found or why,
    )


def is_elf(head: bytes) -> bool:
    """Whether a file that starts with these bytes is an ELF file."""
    return head[:4] == MAGIC


def go_version(source: bytes | ReadAt) -> str:
    """The Go release that made the program ("go1.22.1"), "unknown" for one that hides it, "" when none did.

    Found as ``go version FILE`` does: a magic at a 16-byte boundary early in the first writable segment.
    Source: https://go.dev/src/debug/buildinfo/buildinfo.go
    """
    read_at = _reader(source)
    head = read_at(0, _FIRST_READ)
    if head[:4] != MAGIC or len(head) < 64 or head[4] not in (1, 2):
        return ""
    bits: Literal[32, 64] = 32 if head[4] == 1 else 64
    segments, _ = _segments(read_at, head, bits, ">" if head[5] == 2 else "<")
    for kind, flags, offset, _, size in segments:
        if kind != _PT_LOAD or flags & (_PF_X | _PF_W) != _PF_W:
            continue
        data = read_at(offset, min(size, 65536))
        at = data.find(b"\xff Go buildinf:")
        while at >= 0 and at % 16:
            at = data.find(b"\xff Go buildinf:", at + 1)
        if at < 0:
            return ""
        # Since Go 1.18 the flag 2 says that the version stands inline, after 32 bytes, behind its length.
        if data[at + 15 : at + 16] != b"\x02" or at + 33 > len(data):
            return "unknown"
        return data[at + 33 : at + 33 + data[at + 32]].decode("ascii", "replace") or "unknown"
    return ""


def _reader(source: bytes | ReadAt) -> ReadAt:
    if not isinstance(source, bytes):
        return source
    return lambda offset, length: source[offset : offset + length]


def _segments(read_at: ReadAt, head: bytes, bits: Literal[32, 64], order: str) -> tuple[tuple[_Segment, ...], str]:
    if bits == 64:
        start = struct.unpack_from(order + "Q", head, 32)[0]
        entry_size, count = struct.unpack_from(order + "HH", head, 54)
        form = struct.Struct(order + "IIQQQQQQ")
    else:
        start = struct.unpack_from(order + "I", head, 28)[0]
        entry_size, count = struct.unpack_from(order + "HH", head, 42)
        form = struct.Struct(order + "IIIIIIII")
    if count == 0:
        return (), ""
    size = entry_size * count
    if entry_size != form.size or size > _PROGRAM_HEADERS_LIMIT:
        return (), "the program headers have an impossible size"
    table = head[start : start + size] if start + size <= len(head) else read_at(start, size)
    if len(table) < size:
        return (), "the program headers are cut off"
    if bits == 64:
        return tuple(
            (kind, flags, offset, address, length)
            for kind, flags, offset, address, _, length, _, _ in form.iter_unpack(table)
        ), ""
    return tuple(
        (kind, flags, offset, address, length)
        for kind, offset, address, _, length, _, flags, _ in form.iter_unpack(table)
    ), ""


def _interpreter(read_at: ReadAt, head: bytes, segments: tuple[_Segment, ...]) -> tuple[str, str]:
    for kind, _, offset, _, length in segments:
        if kind != _PT_INTERP:
            continue
        size = min(length, 4096)
        raw = head[offset : offset + size] if offset + size <= len(head) else read_at(offset, size)
        name, terminator, _ = raw.partition(b"\0")
        if not name or not terminator:
            return "", "the interpreter's name cannot be read"
        return name.decode("utf-8", "surrogateescape"), ""
    return "", ""


def _dynamic(
    read_at: ReadAt, segments: tuple[_Segment, ...], bits: Literal[32, 64], order: str
) -> tuple[tuple[dict[int, list[str]], int], str]:
    """The strings of the dynamic section by tag, and DT_FLAGS_1; and a problem or ""."""
    strings: dict[int, list[str]] = {}
    section = next((segment for segment in segments if segment[0] == _PT_DYNAMIC), None)
    if section is None:
        return (strings, 0), ""
    width = bits // 8
    raw = read_at(section[2], min(section[4], _DYNAMIC_LIMIT))
    count = len(raw) // (2 * width)
    # As a whole, not entry by entry: this is what most of the time would go into.
    flat = struct.unpack(f"{order}{2 * count}{'Q' if bits == 64 else 'I'}", raw[: 2 * count * width])
    tags, values = flat[::2], flat[1::2]
    if 0 in tags:
        tags = tags[: tags.index(0)]
    single = dict(zip(tags, values, strict=False))
    wanted = [(tag, value) for tag, value in zip(tags, values, strict=False) if tag in _STRING_TAGS]
    table, table_size = single.get(_DT_STRTAB, 0), single.get(_DT_STRSZ, 0)
    flags_1 = single.get(_DT_FLAGS_1, 0)
    if not wanted:
        return (strings, flags_1), "" if raw else "the dynamic section is cut off"
    offset = _offset(segments, table)
    if offset is None:
        return (strings, flags_1), "the dynamic strings lie outside every segment"
    problem = ""
    whole = read_at(offset, table_size) if table_size <= _STRINGS_AT_ONCE else None
    for tag, value in wanted:
        text = _string(read_at, whole, offset, table_size, value)
        if text is None:
            problem = "a string of the dynamic section cannot be read"
        else:
            strings.setdefault(tag, []).append(text)
    return (strings, flags_1), problem


def _offset(segments: tuple[_Segment, ...], address: int) -> int | None:
    for kind, _, offset, start, size in segments:
        if kind == _PT_LOAD and start <= address < start + size:
            return offset + address - start
    return None


def _string(read_at: ReadAt, whole: bytes | None, offset: int, table_size: int, at: int) -> str | None:
    if at >= table_size:
        return None
    if whole is not None:
        end = whole.find(b"\0", at)
        return whole[at:end].decode("utf-8", "surrogateescape") if end >= 0 else None
    # Large string tables (C++ symbols, megabytes) are not worth reading for three names.
    length = 256
    while length <= _STRING_LIMIT:
        raw = read_at(offset + at, min(length, table_size - at))
        end = raw.find(b"\0")
        if end >= 0:
            return raw[:end].decode("utf-8", "surrogateescape")
        if len(raw) < length:
            return None
        length *= 16
    return None


def _paths(values: list[str]) -> tuple[str, ...]:
    # An empty part means the current directory (ld.so(8)); it is never what an image means, and is left
    # out.
    return tuple(part for value in values for part in value.split(":") if part)
