"""Where an image is: the prefix notation of skopeo, or a path whose kind is seen from what lies there.

Source: containers-transports(5), https://github.com/containers/image/blob/main/docs/containers-transports.5.md
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lightship.errors import InputError, UsageError
from lightship.messages import said
from lightship.oci.archive import Bundle, archive_bundle, directory_bundle
from lightship.oci.docker_archive import open_docker_archive
from lightship.oci.layout import open_directory, open_layout
from lightship.oci.platforms import Platform
from lightship.oci.stored import StoredImage

Kind = Literal["docker-archive", "oci-archive", "oci", "dir", "registry"]
KINDS: tuple[Kind, ...] = ("docker-archive", "oci-archive", "oci", "dir", "registry")

Download = Callable[[str, Platform], StoredImage]
"""Opens an image of a registry by its reference."""


@dataclass(frozen=True, slots=True)
class Source:
    """A place of images, and which of its images is meant; ``reference`` is "" for "the only one"."""

    kind: Kind
    path: str
    reference: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.path}" + (f":{self.reference}" if self.reference else "")


def parse_source(text: str) -> Source | None:
    """What the notation names; None when it is neither a prefix that this room reads nor a path that exists.

    Those are names for an engine's store (`python:3.11`, `docker-daemon:…`), which this room does not know.
    Raises InputError when a path holds no image.
    """
    prefix, colon, rest = text.partition(":")
    if prefix == "docker" and rest.startswith("//"):  # skopeo's name for a registry
        return Source("registry", rest.removeprefix("//"))
    for kind in KINDS:
        if colon and prefix == kind:
            return _source(kind, rest.removeprefix("//") if kind == "registry" else rest)
    path = Path(text)
    if not path.exists():
        return None
    return Source(_kind(path), text)


def open_source(source: Source, platform: Platform, download: Download) -> StoredImage:
    """The image that a source names, its layers not yet read. Raises InputError."""
    path = Path(source.path)
    if source.kind == "registry":
        return download(source.path, platform)
    if not path.exists():
        raise InputError("no such file or directory", where=source.path, help="look at the path")
    if source.kind == "oci":
        return open_layout(directory_bundle(path), source.reference, platform)
    if source.kind == "dir":
        return open_directory(directory_bundle(path), platform)
    bundle = archive_bundle(path)
    if source.kind == "oci-archive":
        return open_layout(bundle, source.reference, platform)
    return _open_archive(bundle, source.reference, platform)


def _open_archive(bundle: Bundle, reference: str, platform: Platform) -> StoredImage:
    # Docker 25 writes both; its manifest.json has the names as people write them.
    if bundle.find("manifest.json") is None and bundle.find("index.json") is not None:
        return open_layout(bundle, reference, platform)
    return open_docker_archive(bundle, reference, platform)


def _source(kind: Kind, rest: str) -> Source:
    if not rest:
        raise UsageError(
            said("{kind}: names nothing", kind=kind),
            help=said("write {kind}:PATH, or registry:HOST/NAME:TAG", kind=kind),
        )
    if kind in ("registry", "dir") or Path(rest).exists():
        return Source(kind, rest)
    # PATH:REFERENCE, where the reference may have colons (host:port/name:tag) and the path may too.
    at = rest.find(":")
    while at > 0:
        if Path(rest[:at]).exists():
            return Source(kind, rest[:at], rest[at + 1 :])
        at = rest.find(":", at + 1)
    return Source(kind, rest)


def _kind(path: Path) -> Kind:
    if not path.is_dir():
        return "docker-archive"
    if (path / "index.json").is_file():
        return "oci"
    if (path / "manifest.json").is_file():
        return "dir"
    raise InputError(
        "the directory holds no image",
        where=str(path),
        why="it has neither index.json (an OCI layout) nor manifest.json (skopeo's dir:)",
        help="give an image archive or layout; for a build context use the commands that take a Dockerfile",
    )
