"""Any image as a build: its merged files as one archive, its configuration as instructions on ``scratch``."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

from lightship.errors import InputError
from lightship.oci import Entry, ImageConfig, Rootfs

ARCHIVE = "rootfs.tar"
_TYPES = {
    "dir": tarfile.DIRTYPE,
    "symlink": tarfile.SYMTYPE,
    "char": tarfile.CHRTYPE,
    "block": tarfile.BLKTYPE,
    "fifo": tarfile.FIFOTYPE,
}


def loadable(config: ImageConfig, rootfs: Rootfs, context: Path) -> str:
    """The text of a Dockerfile that makes the image again; writes its files into ``context``. Raises InputError."""
    with tarfile.open(context / ARCHIVE, "w", format=tarfile.PAX_FORMAT) as archive:
        for located in rootfs.walk(""):
            entry = located.entry
            if not entry.path or entry.kind in ("char", "block"):
                continue  # device nodes need privileges to make; engines give every container its own /dev
            member = _member(entry)
            body = _Body(rootfs, entry) if member.isreg() else None
            archive.addfile(member, io.BufferedReader(body, 1 << 20) if body else None)
    return "".join(f"{line}\n" for line in _instructions(config))


class _Body(io.RawIOBase):
    """One file of an image as a stream."""

    def __init__(self, rootfs: Rootfs, entry: Entry) -> None:
        self._rootfs = rootfs
        self._entry = entry
        self._at = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        part = self._rootfs.read_at(self._entry.path, self._at, len(buffer))
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)


def _member(entry: Entry) -> tarfile.TarInfo:
    member = tarfile.TarInfo(entry.path)
    member.type = _TYPES.get(entry.kind, tarfile.REGTYPE)
    member.mode, member.uid, member.gid, member.mtime = entry.mode & 0o7777, entry.uid, entry.gid, entry.mtime
    member.size = entry.size if member.isreg() else 0
    member.linkname = entry.link if entry.kind == "symlink" else ""
    member.pax_headers = {
        f"SCHILY.xattr.{name}": value.decode("utf-8", "surrogateescape") for name, value in entry.xattrs
    }
    return member


def _instructions(config: ImageConfig) -> Iterator[str]:
    yield "FROM scratch"
    yield f"ADD {ARCHIVE} /"
    for name, value in config.env:
        yield f"ENV {name}={_quoted(value)}"
    for name, value in config.labels:
        yield f"LABEL {_quoted(name)}={_quoted(value)}"
    yield from (f"EXPOSE {port}" for port in config.exposed_ports)
    if config.volumes:
        yield f"VOLUME {json.dumps(list(config.volumes))}"
    if config.working_dir:
        yield f"WORKDIR {_quoted(config.working_dir)}"
    if config.user:
        yield f"USER {config.user}"
    if config.stop_signal:
        yield f"STOPSIGNAL {config.stop_signal}"
    if config.entrypoint is not None:
        yield f"ENTRYPOINT {json.dumps(list(config.entrypoint))}"
    if config.cmd is not None:
        yield f"CMD {json.dumps(list(config.cmd))}"


def _quoted(value: str) -> str:
    if "\n" in value or "\r" in value:
        raise InputError(
            "the image cannot be started from its archive",
            why="a value of its configuration has a line break",
        )
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'
