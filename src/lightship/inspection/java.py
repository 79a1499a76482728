"""Java archives: what they are, and which others they hold.

Sources: https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html,
https://maven.apache.org/shared/maven-archiver/ (pom.properties).
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zipfile import ZipFile

JAVA_SUFFIXES = (".jar", ".war", ".ear", ".hpi")
_NAMED = re.compile(r"^(?P<name>.+?)-(?P<version>\d[\w.+-]*)$")
_POM = re.compile(r"^META-INF/maven/[^/]+/[^/]+/pom\.properties$")
_TEXT_LIMIT = 1 << 20
_MEMBERS_LIMIT = 20_000
_READ_LIMIT = 16 << 20

Named = tuple[str, str]


def java_archive(read_at: Callable[[int, int], bytes], path: str, size: int) -> tuple[Named, tuple[Named, ...]]:
    """Name and version of an archive, and those of what is shaded into it or lies in it. Never raises."""
    import zipfile
    import zlib

    own = _by_name(path)
    try:
        with zipfile.ZipFile(_Reader(read_at, size)) as archive:
            names = archive.namelist()[:_MEMBERS_LIMIT]
            poms = [found for name in names if _POM.match(name) and (found := _pom(archive, name))]
            nested = [_by_name(name) for name in names if name.endswith(JAVA_SUFFIXES)]
    # What zipfile raises for broken and hostile archives: structure, lengths, unknown methods, encryption, streams.
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error):
        return own, ()
    # The one whose name is the file's is the archive itself; the others were shaded into it.
    stem = own[0]
    mine = next((pom for pom in poms if pom[0].rpartition(":")[2] == stem), poms[0] if len(poms) == 1 else None)
    inside = tuple(dict.fromkeys([pom for pom in poms if pom != mine] + nested))
    return mine or own, inside


def _pom(archive: ZipFile, name: str) -> Named | None:
    if archive.getinfo(name).file_size > _TEXT_LIMIT:
        return None
    fields = {
        key.strip(): value.strip()
        for line in archive.read(name).decode("utf-8", "replace").split("\n")
        for key, equals, value in (line.partition("="),)
        if equals
    }
    if not fields.get("artifactId"):
        return None
    group = fields.get("groupId", "")
    return (f"{group}:{fields['artifactId']}" if group else fields["artifactId"]), fields.get("version", "")


def _by_name(path: str) -> Named:
    stem = path.rpartition("/")[2].rpartition(".")[0]
    match = _NAMED.match(stem)
    return (match["name"], match["version"]) if match else (stem, "")


class _Reader(io.RawIOBase):
    """A file of an image, as zipfile wants to read it."""

    def __init__(self, read_at: Callable[[int, int], bytes], size: int) -> None:
        super().__init__()
        self._read_at, self._size, self._at = read_at, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise OSError(22, "Invalid argument")
        self._at = start + offset
        return self._at

    def read(self, count: int = -1) -> bytes:
        if count is not None and count > _READ_LIMIT:  # the list of members is read at once
            raise OSError(27, "File too large")
        data = self._read_at(self._at, self._size - self._at if count is None or count < 0 else count)
        self._at += len(data)
        return data
