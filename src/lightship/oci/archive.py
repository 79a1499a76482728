"""A tar archive, or a directory, as named blobs: where an image's documents and layers lie."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from lightship.errors import InputError
from lightship.messages import said
from lightship.oci.blob import Blob, scan, unpacked, whole_file
from lightship.oci.limits import Budget
from lightship.oci.model import Entry

_LINKS_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Bundle:
    """Named blobs. ``find`` gives None for a name that is not there; ``where`` names the whole in errors."""

    where: str
    find: Callable[[str], Blob | None]

    def blob(self, name: str) -> Blob:
        """The blob of that name. Raises InputError when it is missing."""
        found = self.find(name)
        if found is None:
            raise InputError(
                "the image is not complete",
                where=self.where,
                why=said("{name} is missing", name=name),
                help="make the archive again, or fetch it again",
            )
        return found


def archive_bundle(path: Path) -> Bundle:
    """The members of an archive; a compressed one is unpacked into a nameless file first. Raises InputError."""
    blob = unpacked(whole_file(path))
    members = _members(scan(blob, Budget(), verify=False).entries)

    def find(name: str) -> Blob | None:
        entry = _resolve(members, name)
        if entry is None or entry.kind != "file" or entry.sparse is not None:
            return None
        return Blob(blob.file, blob.offset + entry.offset, entry.size, f"{path}, {name}")

    return Bundle(str(path), find)


def directory_bundle(path: Path) -> Bundle:
    """The files below a directory; names are those that documents give, checked by whoever asks."""

    def find(name: str) -> Blob | None:
        file = path / name
        return whole_file(file) if file.is_file() else None

    return Bundle(str(path), find)


def _members(entries: Iterable[Entry]) -> dict[str, Entry]:
    # The last of two members with one name wins, as for tar(1).
    return {entry.path: entry for entry in entries}


def _resolve(members: dict[str, Entry], name: str) -> Entry | None:
    """The member that a name leads to: `docker save` and skopeo link equal layers to each other."""
    for _ in range(_LINKS_LIMIT):
        entry = members.get(name)
        if entry is None or entry.kind not in ("symlink", "hardlink"):
            return entry
        name = entry.link if entry.kind == "hardlink" else _beside(name, entry.link)
    return None


def _beside(name: str, link: str) -> str:
    parts = name.split("/")[:-1]
    for part in link.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
