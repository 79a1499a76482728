"""USER's text into numbers, by the image's own passwd and group files."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from lightship.errors import EngineError
from lightship.messages import said

MAX_LINKS = 16


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a process runs as."""

    uid: int
    gid: int
    groups: tuple[int, ...]
    home: str


def identify(rootfs: Path, user: str) -> Identity:
    """The identity that ``user`` (name or number, with or without ``:group``) means in a root file system.

    Raises EngineError for a name that the image does not know, as every engine does.
    """
    who, _, group = user.partition(":")
    who = who or "0"
    passwd = _rows(rootfs, "etc/passwd", 7)
    groups = _rows(rootfs, "etc/group", 4)
    row = next((row for row in passwd if row[0] == who), None) or next((row for row in passwd if row[2] == who), None)
    if row is None and not who.isdigit():
        raise EngineError(said("unable to find user {who}: no matching entries in passwd file", who=who))
    uid = int(row[2]) if row else int(who)
    gid = int(row[3]) if row else 0
    member_of = tuple(int(line[2]) for line in groups if row and row[0] in line[3].split(","))
    if group:
        found = next((line for line in groups if group in (line[0], line[2])), None)
        if found is None and not group.isdigit():
            raise EngineError(said("unable to find group {group}: no matching entries in group file", group=group))
        gid = int(found[2]) if found else int(group)
        member_of = ()
    return Identity(uid, gid, member_of, row[5] if row and row[5] else "/")


def _rows(rootfs: Path, path: str, fields: int) -> list[list[str]]:
    with contextlib.suppress(OSError):
        text = inside(rootfs, path).read_bytes()[: 4 << 20].decode("utf-8", "surrogateescape")
        rows = [line.split(":") for line in text.split("\n")]
        return [row for row in rows if len(row) == fields and row[2].isdigit()]
    return []


def inside(rootfs: Path, path: str) -> Path:
    """Where ``path`` of a root file system lies on the host; a symlink never leads out of ``rootfs``.

    Raises OSError at a loop.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")][::-1]
    at = Path()
    links = 0
    while parts:
        part = parts.pop()
        if part == "..":
            at = at.parent
            continue
        target = rootfs / at / part
        if not target.is_symlink():
            at = at / part
            continue
        links += 1
        if links > MAX_LINKS:
            raise OSError(40, os.strerror(40), str(target))
        link = os.readlink(target)  # noqa: PTH115 - its text, not its meaning on this host
        at = Path() if link.startswith("/") else at
        parts += [piece for piece in link.split("/") if piece not in ("", ".")][::-1]
    return rootfs / at
