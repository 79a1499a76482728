"""Language packages and their versions, as each language's installer wrote them down."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from lightship.elf import FileTree, go_version
from lightship.evidence.observation import FileFact, LanguagePackage
from lightship.messages import said

METADATA_LIMIT = 1 << 20
_DIST_INFO = re.compile(
    r"^(?P<site>.*?(?:site|dist)-packages)/(?P<dist>[^/]+)\.(?P<kind>dist-info/METADATA|egg-info/PKG-INFO|egg-info)$"
)
_NODE = re.compile(r"^(?P<root>.*?node_modules)/(?P<inner>.*/)?package\.json$")
_NODE_NAME = re.compile(r"^(?:@[^/]+/)?[^/]+/$")
_GEM = re.compile(r"/specifications/(?:default/)?(?P<name>[^/]+)-(?P<version>\d[^/-]*)(?:-[^/]+)?\.gemspec$")
_NAME_RUN = re.compile(r"[-_.]+")


@dataclass(frozen=True, slots=True)
class Places:
    """Where language packages lie: for Python (site directory, distribution directory) pairs; names of node's own."""

    dist_infos: tuple[tuple[str, str, str], ...]
    """(site-packages directory, dist-info or egg-info path, normalised name)."""
    node_roots: tuple[str, ...]


def language_packages(rootfs: FileTree, files: Mapping[str, FileFact]) -> tuple[tuple[LanguagePackage, ...], Places]:
    """Every installed package of Python, Node and Ruby, and what made each Go program; and where they lie."""
    found: list[LanguagePackage] = []
    infos: list[tuple[str, str, str]] = []
    roots: list[str] = []
    development = _development(rootfs, files)
    for path, fact in files.items():
        if fact.kind not in ("file", "hardlink"):
            continue
        if path.endswith(("/METADATA", "/PKG-INFO", ".egg-info")) and (match := _DIST_INFO.match(path)):
            name, version = _headers(rootfs.read(path, METADATA_LIMIT))
            name = normalised(name or match["dist"].partition("-")[0])
            version = version or match["dist"].partition("-")[2]
            found.append(LanguagePackage("python", name, version, match["site"], owner=fact.owner))
            infos.append(
                (
                    match["site"],
                    path.rpartition("/")[0] if "/METADATA" in path or "/PKG-INFO" in path else path,
                    name,
                )
            )
        elif path.endswith("/package.json") and (package := _node(rootfs, path, development)):
            found.append(package)
            if _is_root(path):
                roots.append(package.name)
        elif path.endswith(".gemspec") and (match := _GEM.search(path)):
            found.append(
                LanguagePackage("ruby", match["name"], match["version"], path.rpartition("/specifications")[0])
            )
        elif fact.shape.rpartition("|")[2].startswith("go") and not fact.owner:
            version = go_version(lambda offset, length, path=path: rootfs.read_at(path, offset, length))  # type: ignore[misc]
            if not path.startswith(("usr/local/go/", "go/")):
                found.append(LanguagePackage("go", path.rpartition("/")[2], version, path))
    return tuple(sorted(found)), Places(tuple(infos), tuple(sorted(set(roots))))


def normalised(name: str) -> str:
    """A Python distribution's name as indexes compare it (PEP 503)."""
    return _NAME_RUN.sub("-", name).lower()


def _headers(raw: bytes) -> tuple[str, str]:
    name = version = ""
    for line in raw.decode("utf-8", "replace").split("\n"):
        key, colon, value = line.partition(":")
        if not colon or not line.strip():
            break
        if key == "Name":
            name = value.strip()
        elif key == "Version":
            version = value.strip()
    return name, version


def _node(rootfs: FileTree, path: str, development: frozenset[str]) -> LanguagePackage | None:
    """The package of a package.json directly in a node_modules; those of tests and templates inside are none."""
    directory = path.rpartition("/")[0]
    root, _, inner = directory.rpartition("node_modules/")
    if (not root and not directory.startswith("node_modules/")) or not _NODE_NAME.match(f"{inner}/"):
        return None
    try:
        document = json.loads(rootfs.read(path, METADATA_LIMIT))
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not isinstance(document.get("name"), str) or "version" not in document:
        return None
    why = said("a development dependency by npm's own record") if directory in development else ""
    return LanguagePackage("node", document["name"], str(document["version"]), f"{root}node_modules", why)


def _development(rootfs: FileTree, files: Mapping[str, FileFact]) -> frozenset[str]:
    """Directories of packages that npm installed only as development dependencies."""
    found: set[str] = set()
    for path in files:
        if not path.endswith("node_modules/.package-lock.json"):
            continue
        try:
            packages = json.loads(rootfs.read(path, 16 << 20)).get("packages", {})
        except (ValueError, RecursionError, AttributeError):
            continue
        top = path.removesuffix("node_modules/.package-lock.json")
        found |= {
            f"{top}{where}" for where, one in packages.items() if isinstance(one, dict) and one.get("dev") is True
        }
    return frozenset(found)


def _is_root(path: str) -> bool:
    """Whether a package lies in an outermost node_modules that is not the global one."""
    return path.count("node_modules/") == 1 and not path.startswith(("usr/", "opt/yarn", "root/.npm"))
