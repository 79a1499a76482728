"""File trees and ELF files that tests make up."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """One path of a made-up tree; an entry and where it was found at once."""

    path: str
    kind: str = "file"
    mode: int = 0o644
    content: bytes = b""
    link: str = ""

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def entry(self) -> Node:
        return self


def link(target: str) -> Node:
    return Node("", "symlink", 0o777, link=target)


def program(content: bytes | str) -> Node:
    return Node("", "file", 0o755, content.encode() if isinstance(content, str) else content)


def directory() -> Node:
    return Node("", "dir", 0o755)


class MemoryTree:
    """A tree from a mapping: text or bytes are files, nodes what they say; parents come by themselves."""

    def __init__(self, files: Mapping[str, str | bytes | Node]) -> None:
        self.nodes: dict[str, Node] = {}
        for path, what in files.items():
            at = path
            while at := at.rpartition("/")[0]:
                self.nodes.setdefault(at, Node(at, "dir", 0o755))
            if isinstance(what, Node):
                self.nodes[path] = Node(path, what.kind, what.mode, what.content, what.link)
            else:
                self.nodes[path] = Node(path, content=what.encode() if isinstance(what, str) else what)

    def get(self, path: str) -> Node | None:
        return self.nodes.get(path)

    def read(self, path: str, limit: int) -> bytes:
        return self.read_at(path, 0, limit)

    def read_at(self, path: str, offset: int, length: int) -> bytes:
        node = self.nodes.get(path)
        return node.content[offset : offset + length] if node and node.kind == "file" else b""

    def names(self, directory: str) -> tuple[str, ...]:
        prefix = f"{directory}/" if directory else ""
        below = (path[len(prefix) :] for path in self.nodes if path.startswith(prefix) and path != directory)
        return tuple(sorted({path.partition("/")[0] for path in below}))

    def walk(self, prefix: str) -> Iterator[Node]:
        for path in sorted(self.nodes):
            if path == prefix or not prefix or path.startswith(f"{prefix}/"):
                yield self.nodes[path]


def elf(
    *,
    bits: int = 64,
    little: bool = True,
    machine: int = 62,
    kind: int = 3,
    interpreter: str = "",
    needed: tuple[str, ...] = (),
    soname: str = "",
    rpath: str = "",
    runpath: str = "",
    flags_1: int = 0,
    tail: bytes = b"",
) -> bytes:
    """A small ELF file of the given kind with a loadable segment, and what a loader reads of it."""
    order = "<" if little else ">"
    wide = bits == 64
    strings = b"\0"
    tags: list[tuple[int, int]] = []
    named = [*((1, name) for name in needed), (14, soname), (15, rpath), (29, runpath)]
    for tag, text in named:
        if text:
            tags.append((tag, len(strings)))
            strings += text.encode() + b"\0"
    header, entry = (64, 56) if wide else (52, 32)
    count = 2 + bool(interpreter)
    start = header + count * entry
    named_at, strings_at = start, start + len(interpreter) + 1
    dynamic_at = strings_at + len(strings)
    base = 0x10000
    tags += [(5, base + strings_at), (10, len(strings)), (0x6FFFFFFB, flags_1), (0, 0)]
    form = struct.Struct(order + ("qQ" if wide else "iI"))
    dynamic = b"".join(form.pack(tag, value) for tag, value in tags)
    size = dynamic_at + len(dynamic) + len(tail)

    def segment(kind: int, offset: int, length: int) -> bytes:
        if wide:
            return struct.pack(order + "IIQQQQQQ", kind, 4, offset, base + offset, 0, length, length, 1)
        return struct.pack(order + "IIIIIIII", kind, offset, base + offset, 0, length, length, 4, 1)

    table = segment(1, 0, size) + segment(2, dynamic_at, len(dynamic))
    if interpreter:
        table += segment(3, named_at, len(interpreter) + 1)
    identity = b"\x7fELF" + bytes([2 if wide else 1, 1 if little else 2, 1]) + b"\0" * 9
    word = "Q" if wide else "I"
    rest = struct.pack(
        order + f"HHI{word}{word}{word}IHHHHHH", kind, machine, 1, 0, header, 0, 0, header, entry, count, 0, 0, 0
    )
    return identity + rest + table + interpreter.encode() + b"\0" + strings + dynamic + tail
