"""Sparse files in a tar archive: old GNU headers and PAX formats 0.0, 0.1 and 1.0.

Source: https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html
"""

from __future__ import annotations

from collections.abc import Callable

from lightship.errors import InputError
from lightship.oci.limits import EXTENSION_LIMIT

BLOCK = 512

Segments = tuple[tuple[int, int], ...]
ReadAt = Callable[[int, int], bytes]


def checked(segments: list[tuple[int, int]], real_size: int, stored: int, where: str) -> Segments:
    """The segments without empty ones. Raises InputError when they overlap or do not fit the two sizes."""
    at = 0
    for offset, length in segments:
        if offset < at or length < 0 or offset + length > real_size:
            raise _damaged(where, "the map of a sparse file overlaps or leaves the file")
        at = offset + length
    if sum(length for _, length in segments) > stored:
        raise _damaged(where, "the map of a sparse file needs more bytes than the member has")
    return tuple((offset, length) for offset, length in segments if length)


def old_gnu(header: bytes, body: int, read_at: ReadAt, where: str) -> tuple[list[tuple[int, int]], int]:
    """The segments of an old GNU sparse member, and where its data start: after the extension blocks."""
    segments = _pairs(header[386:482], where)
    more = header[482]
    while more:
        block = read_at(body, BLOCK)
        if len(block) < BLOCK:
            raise _damaged(where, "it ends in the map of a sparse file")
        segments += _pairs(block[:504], where)
        if len(segments) > EXTENSION_LIMIT // 24:
            raise _damaged(where, "the map of a sparse file is too long")
        more = block[504]
        body += BLOCK
    return segments, body


def from_records(records: tuple[tuple[str, str], ...], where: str) -> list[tuple[int, int]]:
    """The segments of PAX formats 0.0 (repeated offset and numbytes) and 0.1 (one map)."""
    named = dict(records)
    if "map" in named:
        numbers = named["map"].split(",") if named["map"] else []
    else:
        numbers = [value for key, value in records if key in ("offset", "numbytes")]
    if len(numbers) % 2:
        raise _damaged(where, "the map of a sparse file has an odd number of numbers")
    whole = [number(text, where) for text in numbers]
    return list(zip(whole[::2], whole[1::2], strict=True))


def from_body(body: int, stored: int, read_at: ReadAt, where: str) -> tuple[list[tuple[int, int]], int]:
    """The segments of PAX format 1.0, and how many bytes of the body the map takes.

    The map is decimal numbers, each ended by LF: how many segments, then offset and length of each; padded to a block.
    """
    read = 0
    text = b""
    needed = 1
    while text.count(b"\n") < needed:
        block = read_at(body + read, BLOCK) if read < min(stored, EXTENSION_LIMIT) else b""
        if len(block) < BLOCK:
            raise _damaged(where, "the map of a sparse file does not end")
        text += block
        read += BLOCK
        if needed == 1 and b"\n" in text:
            needed = 1 + 2 * number(text.partition(b"\n")[0].decode("latin-1"), where)
            if needed > EXTENSION_LIMIT:
                raise _damaged(where, "the map of a sparse file is too long")
    numbers = [number(line.decode("latin-1"), where) for line in text.split(b"\n")[1:needed]]
    return list(zip(numbers[::2], numbers[1::2], strict=True)), read


def number(text: str, where: str) -> int:
    """A decimal number of at most 19 digits. Raises InputError."""
    if not (text.isascii() and text.isdigit()) or len(text) > 19:
        raise _damaged(where, "a sparse file has a number that is none")
    return int(text)


def _pairs(raw: bytes, where: str) -> list[tuple[int, int]]:
    pairs = []
    for at in range(0, len(raw) - 23, 24):
        offset, length = raw[at : at + 12].strip(b" \0"), raw[at + 12 : at + 24].strip(b" \0")
        if not offset or not length:
            break
        pairs.append((header_number(raw[at : at + 12], where), header_number(raw[at + 12 : at + 24], where)))
    return pairs


def header_number(raw: bytes, where: str) -> int:
    """A number of a tar header: octal digits, or base-256 when the first bit is set."""
    if raw[:1] >= b"\x80":
        # GNU tar: the other bits are a big-endian two's complement number.
        value = int.from_bytes(raw, "big", signed=False) & ((1 << (8 * len(raw) - 1)) - 1)
        return value - (1 << (8 * len(raw) - 1)) if raw[0] & 0x40 else value
    if not raw.strip(b" \0"):
        return 0
    value = octal(raw)
    if value < 0:
        raise _damaged(where, "a number in a header is not octal")
    return value


def octal(raw: bytes) -> int:
    """The octal digits of a header field, which spaces may surround and a NUL may end; -1 when there are none."""
    digits = raw.partition(b"\0")[0].strip() if raw[:1] != b"\0" else raw.strip(b" \0")
    try:
        return int(digits, 8) if digits.isdigit() else -1
    except ValueError:  # an 8 or a 9
        return -1


def _damaged(where: str, why: str) -> InputError:
    return InputError("the archive is damaged", where=where, why=why, help="make the archive again, or fetch it again")
