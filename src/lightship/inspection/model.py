"""What looking inside one image gives: plain values, sizes in bytes, paths without a leading slash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

WasteKind = Literal["overwritten", "removed", "duplicate"]
"""Replaced by a later layer; removed by one; the same content a second time in the final file system."""


@dataclass(frozen=True, slots=True)
class Card:
    """What the image's configuration says."""

    platform: str
    created: str
    user: str
    working_dir: str
    entrypoint: tuple[str, ...]
    cmd: tuple[str, ...]
    ports: tuple[str, ...]
    volumes: tuple[str, ...]
    stop_signal: str
    healthcheck: tuple[str, ...]
    variables: tuple[str, ...]
    """Names only: values may be secrets."""
    labels: tuple[tuple[str, str], ...]
    distribution: str
    """ID and release of os-release(5), e.g. "debian 12"."""
    package_manager: str
    """dpkg, apk, rpm, or "" when there is none."""


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One layer. ``size`` is its archive's, ``file_bytes`` its files'; ``wasted`` is what of them nobody can see.

    ``line`` is the instruction's in the Dockerfile that was given, 0 when it is of the base image or not known.
    ``compressed`` is None when the source keeps the layer plain.
    """

    index: int
    diff_id: str
    instruction: str
    line: int
    size: int
    compressed: int | None
    file_bytes: int
    added: int
    changed: int
    removed: int
    wasted: int


@dataclass(frozen=True, slots=True)
class Waste:
    """One path whose bytes are shipped and never seen. ``layer`` has them, ``by`` is the layer that hides them.

    For a duplicate ``by`` is the layer of the copy that counts as the first, and ``twin`` its path.
    """

    kind: WasteKind
    path: str
    size: int
    layer: int
    by: int
    twin: str = ""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who put bytes there: an OS package, a language's package, a program; or nobody (kind "files").

    ``size`` is bytes of files in the final file system. ``place`` is where it lies, "" for OS packages.
    """

    kind: str
    name: str
    version: str
    size: int
    files: int
    place: str = ""
    build_only: bool = False


@dataclass(frozen=True, slots=True)
class Component:
    """A package without files of its own that can be counted, e.g. a module linked into a Go program."""

    kind: str
    name: str
    version: str
    place: str


@dataclass(frozen=True, slots=True)
class Place:
    """A path with the bytes at and below it; ``what`` says why it is named."""

    path: str
    size: int
    files: int
    what: str = ""


@dataclass(frozen=True, slots=True)
class Secret:
    """Something that looks like a secret. Its value is never kept. ``layer`` -1: it stands in the configuration.

    ``deleted`` says that a later layer removes or replaces it, which hides it from a container and from nobody else.
    """

    kind: str
    path: str
    layer: int
    deleted: bool


@dataclass(frozen=True, slots=True)
class Surface:
    """What somebody who got in would find, as far as files and configuration tell."""

    user: str
    is_root: bool
    ports: tuple[str, ...]
    set_id: tuple[str, ...]
    capabilities: tuple[str, ...]
    world_writable: tuple[str, ...]
    shells: tuple[str, ...]
    package_managers: tuple[str, ...]
    compilers: tuple[str, ...]
    network_tools: tuple[str, ...]
    executables: int
    os_packages: int
    language_packages: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A point of CIS Docker Benchmark 4 or of Dockle that an image alone can prove."""

    code: str
    title: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Inspection:
    """All of one image. ``efficiency`` is the share of all layers' file bytes that the final file system shows."""

    reference: str
    config_digest: str
    size: int
    compressed: int | None
    files: int
    file_bytes: int
    efficiency: float
    wasted: int
    card: Card
    layers: tuple[LayerRow, ...]
    waste: tuple[Waste, ...]
    owners: tuple[Owner, ...]
    components: tuple[Component, ...]
    biggest_files: tuple[Place, ...]
    biggest_directories: tuple[Place, ...]
    caches: tuple[Place, ...]
    surface: Surface
    secrets: tuple[Secret, ...]
    checkpoints: tuple[Checkpoint, ...]
    checked: bool
    """Whether lightship compared the layers' digests with their bytes."""
    duplicates_looked_for: bool
    unread: tuple[str, ...] = ()
    """In words, what could not be read."""
