"""What of an image's files looking inside reads: so little that it can be kept while a compressed layer passes."""

from __future__ import annotations

from lightship.inspection.java import JAVA_SUFFIXES
from lightship.inspection.secrets import READ_LIMIT, is_read
from lightship.oci import Entry

GO_SMALLEST = 256 << 10
"""Bytes: a Go program that prints nothing has more than a million."""
HEAD = 8192
"""Bytes in which a Go program has its note; the kernel looks at the first 256 alone."""

_ALL = 32 << 20
_JAVA_LARGEST = 4 << 20
_DATABASES = (
    "var/lib/dpkg/status", "var/lib/dpkg/diversions", "var/lib/dpkg/alternatives/", "var/lib/apt/extended_states",
    "lib/apk/db/", "usr/lib/apk/db/", "etc/apk/world", "var/lib/rpm/", "usr/lib/sysimage/rpm/", "etc/os-release",
    "usr/lib/os-release", "etc/passwd", "etc/group", "etc/shadow",
)  # fmt: skip
_METADATA = ("/METADATA", "/PKG-INFO", "/RECORD", "/installed-files.txt", "/package.json")


def wanted(entry: Entry) -> int:
    """How many bytes of a file are read; more is read now and then, which takes longer."""
    path = entry.path
    if path.endswith(".list") or path.startswith(_DATABASES) or path.endswith(_METADATA):
        return _ALL
    if path.endswith(JAVA_SUFFIXES):  # their list of members is at the end
        return _ALL if entry.size <= _JAVA_LARGEST else 0
    if is_read(path):
        return READ_LIMIT
    return HEAD if entry.mode & 0o111 and entry.size > GO_SMALLEST else 0
