"""Packages of languages by the files that are theirs: pip, npm, gem, Go programs, Java archives."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lightship.elf.go_build import read_go_build
from lightship.inspection.java import JAVA_SUFFIXES, java_archive
from lightship.inspection.model import Component
from lightship.inspection.wanted import GO_SMALLEST, HEAD
from lightship.oci import Located, Rootfs

_METADATA_LIMIT = 1 << 20
_RECORD_LIMIT = 16 << 20
_DIST = re.compile(r"^(?P<site>.*?(?:site|dist)-packages)/(?P<dist>[^/]+)\.(?:dist-info/METADATA|egg-info/PKG-INFO)$")
_NODE = re.compile(r"^(?P<directory>.*(?:^|/)node_modules/(?P<name>(?:@[^/]+/)?[^/@.][^/]*))/")
_GEM = re.compile(r"^(?P<directory>.*/gems/(?P<name>[^/]+)-(?P<version>\d[^/-]*))/")


@dataclass(frozen=True, slots=True)
class LanguageFiles:
    """Packages, and for each path the index of the package that it belongs to."""

    packages: tuple[Component, ...]
    owner: Mapping[str, int]
    components: tuple[Component, ...]


@dataclass(slots=True)
class _Found:
    packages: list[Component] = field(default_factory=list)
    owner: dict[str, int] = field(default_factory=dict)
    components: list[Component] = field(default_factory=list)
    trees: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, name: str, version: str, place: str) -> int:
        self.packages.append(Component(kind, name, version, place))
        return len(self.packages) - 1


def language_files(rootfs: Rootfs, files: Mapping[str, Located]) -> LanguageFiles:
    """The packages of all languages among files that no OS package owns."""
    found = _Found()
    # What a directory of node_modules or gems belongs to is worked out once for all that is in it.
    trees: dict[str, int | None] = {}
    for path, located in files.items():
        if path.endswith(("/METADATA", "/PKG-INFO")) and (match := _DIST.match(path)):
            _python(rootfs, files, found, path, match)
        elif ("node_modules/" in path or "/gems/" in path) and (
            tree := _tree_of(rootfs, found, trees, path)
        ) is not None:
            found.owner[path] = tree
        elif path.endswith(JAVA_SUFFIXES):
            _java(rootfs, found, located)
        elif located.entry.mode & 0o111 and located.entry.size > GO_SMALLEST and path not in found.owner:
            _go(rootfs, found, path)
    return LanguageFiles(tuple(found.packages), found.owner, tuple(found.components))


def _python(rootfs: Rootfs, files: Mapping[str, Located], found: _Found, path: str, match: re.Match[str]) -> None:
    headers = _headers(rootfs.read(path, _METADATA_LIMIT))
    fallback = match["dist"].partition("-")
    name, version = headers.get("Name") or fallback[0], headers.get("Version") or fallback[2]
    site, info = match["site"], path.rpartition("/")[0]
    index = found.add("pip", name, version, site)
    record = rootfs.read(f"{info}/RECORD", _RECORD_LIMIT).decode("utf-8", "surrogateescape")
    listed = [joined(site, line.rsplit(",", 2)[0].strip('"')) for line in record.split("\n") if line]
    if not listed:  # setuptools' own way: installed-files.txt is relative to the egg-info
        text = rootfs.read(f"{info}/installed-files.txt", _RECORD_LIMIT).decode("utf-8", "surrogateescape")
        listed = [joined(info, line) for line in text.split("\n") if line]
    for one in (*listed, path):
        if one in files:
            found.owner.setdefault(one, index)
        # Bytecode that was compiled after the installation is in no RECORD.
        if one.endswith(".py"):
            directory, _, module = one.rpartition("/")
            for name in _bytecode(rootfs, directory, module):
                found.owner.setdefault(name, index)


def _bytecode(rootfs: Rootfs, directory: str, module: str) -> list[str]:
    cache = f"{directory}/__pycache__"
    stem = module.removesuffix(".py") + "."
    return [f"{cache}/{name}" for name in rootfs.children(cache) if name.startswith(stem)] if cache in rootfs else []


def _tree_of(rootfs: Rootfs, found: _Found, known: dict[str, int | None], path: str) -> int | None:
    """The package of node_modules or gems that a path lies in, or None."""
    at = path.rfind("/") + 1
    directory = path[:at]
    if directory not in known:
        node, gem = _NODE.match(directory), _GEM.match(directory)
        known[directory] = (
            _tree(rootfs, found, "npm", node) if node else _tree(rootfs, found, "gem", gem) if gem else None
        )
    return known[directory]


def _tree(rootfs: Rootfs, found: _Found, kind: str, match: re.Match[str]) -> int:
    """The package of a directory; the first file in it brings it in."""
    directory = match["directory"]
    if directory not in found.trees:
        name, version = match["name"], ""
        if kind == "npm":
            version = _node_version(rootfs, f"{directory}/package.json")
        else:
            version = match["version"]
        found.trees[directory] = found.add(kind, name, version, directory)
    return found.trees[directory]


def _node_version(rootfs: Rootfs, path: str) -> str:
    try:
        document = json.loads(rootfs.read(path, _METADATA_LIMIT))
    except (ValueError, RecursionError):
        return ""
    version = document.get("version") if isinstance(document, dict) else None
    return version if isinstance(version, str) else ""


def _java(rootfs: Rootfs, found: _Found, located: Located) -> None:
    entry = located.entry
    own, inside = java_archive(lambda at, length: rootfs.read_at(entry.path, at, length), entry.path, entry.size)
    found.owner[entry.path] = found.add("java", own[0], own[1], entry.path)
    found.components += [Component("java", name, version, entry.path) for name, version in inside]


def _go(rootfs: Rootfs, found: _Found, path: str) -> None:
    head = rootfs.read_at(path, 0, HEAD)
    # The linker's note, whose owner is "Go" (.note.go.buildid): without it the rest is not worth reading.
    if head[:4] != b"\x7fELF" or b"Go\0\0" not in head:
        return
    build = read_go_build(lambda at, length: rootfs.read_at(path, at, length))
    if build is None:
        return
    name, version = build.main
    found.owner[path] = found.add("go", name or path.rpartition("/")[2], version, path)
    found.components.append(Component("go", "stdlib", build.release.removeprefix("go"), path))
    found.components += [Component("go", module, of, path) for module, of in build.modules]


def _headers(raw: bytes) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in raw.decode("utf-8", "replace").split("\n"):
        key, colon, value = line.partition(":")
        if not colon or not line.strip():
            break
        fields.setdefault(key, value.strip())
    return fields


def joined(directory: str, path: str) -> str:
    """A path of a RECORD as one below the root: relative to a directory, ``..`` resolved."""
    # Nearly all are like "flask/app.py"; the rest takes the long way.
    if path[:1] not in "/." and path[-1] not in "/." and "/." not in path and "//" not in path:
        return f"{directory}/{path}"
    parts = [] if path.startswith("/") else directory.split("/")
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)
