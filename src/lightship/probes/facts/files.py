"""The files of an image: owner, mode, content, and for ELF files what they link."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from lightship.elf import FileTree, go_version, read_elf
from lightship.evidence.observation import FileFact
from lightship.oci.model import Entry

CHUNK = 1 << 20
_SKIPPED = ("proc/", "sys/", "dev/")


def files_of(rootfs: FileTree, owner: Callable[[str], str], *, digests: bool = True) -> dict[str, FileFact]:
    """Every path of the image. Content is read where no OS package owns the file, and under /etc."""
    facts: dict[str, FileFact] = {}
    for located in rootfs.walk(""):
        entry = located.entry
        assert isinstance(entry, Entry)
        if not entry.path or entry.path.startswith(_SKIPPED):
            continue
        by = owner(entry.path)
        digest = shape = ""
        if digests and entry.kind in ("file", "hardlink") and (not by or entry.path.startswith("etc/")):
            digest, shape = _content(rootfs, entry)
        facts[entry.path] = FileFact(
            entry.path,
            entry.kind,
            entry.mode,
            entry.uid,
            entry.gid,
            entry.size,
            digest,
            entry.link,
            by,
            shape,
            next((value.hex() for name, value in entry.xattrs if name == "security.capability"), ""),
        )
    return facts


def _content(rootfs: FileTree, entry: Entry) -> tuple[str, str]:
    """(SHA-256, shape when it is an ELF file)."""
    total = hashlib.sha256()
    at = 0
    first = b""
    while chunk := rootfs.read_at(entry.path, at, CHUNK):
        first = first or chunk
        total.update(chunk)
        at += len(chunk)
        if len(chunk) < CHUNK:
            break
    shape = _shape(rootfs, entry.path, first) if first[:4] == b"\x7fELF" else ""
    return total.hexdigest(), shape


def _shape(rootfs: FileTree, path: str, first: bytes) -> str:
    """What links an ELF file. Two builds of one source differ in bytes (paths, times, build ids), not in this."""
    elf = read_elf(lambda offset, length: rootfs.read_at(path, offset, length))
    if elf is None:
        return ""
    linked = f"{elf.machine}|{elf.type}|{elf.interpreter}|{elf.soname}|{','.join(sorted(elf.needed))}"
    go = (
        go_version(lambda offset, length: rootfs.read_at(path, offset, length))
        if b"\xff Go buildinf:" in first or not elf.needed
        else ""
    )
    return f"{linked}|{go}" if elf.needed or go else ""
