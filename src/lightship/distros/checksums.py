"""The MD5 sums that a package manager recorded for the files it installed.

Sources: dpkg's ``info/*.md5sums`` and ``Conffiles`` (deb-control(5), deb-md5sums(5)).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lightship.distros.dpkg import stanzas
from lightship.distros.model import Package, as_paths

if TYPE_CHECKING:
    from lightship.elf.tree import FileTree, Paths

_INFO = "var/lib/dpkg/info"
_LIMIT = 64 << 20


def checksums(rootfs: FileTree | Paths, packages: Iterable[Package]) -> dict[str, str]:
    """Real path (no leading slash) to MD5 in hex, for the files of some packages; what is not recorded is not in it."""
    paths = as_paths(rootfs)
    wanted = {one.name: one for one in packages}
    names = set(paths.tree.names(_INFO))
    found: dict[str, str] = {}
    for name, one in wanted.items():
        for stem in (f"{name}:{one.architecture}", name):
            if f"{stem}.md5sums" in names:
                text = paths.tree.read(f"{_INFO}/{stem}.md5sums", _LIMIT).decode("utf-8", "surrogateescape")
                found.update(_pairs(text, paths))
                break
    if wanted and paths.is_file("var/lib/dpkg/status"):
        text = paths.tree.read("var/lib/dpkg/status", _LIMIT).decode("utf-8", "surrogateescape")
        for stanza in stanzas(text):
            if stanza.get("Package") in wanted:
                for line in stanza.get("Conffiles", "").split("\n"):
                    fields = line.split()
                    if len(fields) >= 2 and len(fields[1]) == 32:
                        found[_real(fields[0].lstrip("/"), paths)] = fields[1]
    return found


def _pairs(text: str, paths: Paths) -> Iterable[tuple[str, str]]:
    for line in text.split("\n"):
        digest, _, path = line.partition("  ")
        if len(digest) == 32 and path:
            yield _real(path, paths), digest


def _real(path: str, paths: Paths) -> str:
    directory, _, name = path.rpartition("/")
    real = paths.real(directory) if directory else ""
    return f"{real}/{name}" if real else path
