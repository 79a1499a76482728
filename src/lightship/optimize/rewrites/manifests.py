"""The files that name a project's dependencies: which ones an installer reads, and whether they lead to more.

Every function gives the paths (of the container, without a leading slash) that one install reads below its directory,
or None when it may read other files of the source: a local package, a script of the project's own, a workspace.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass

Paths = frozenset[str] | None
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """The files of the container that a COPY may have brought. ``read`` gives None for what is no text or not there."""

    has: Callable[[str], bool]
    read: Callable[[str], str | None]


# --- pip, uv pip -----------------------------------------------------------------------------------------------------

_ARCHIVES = (".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_INCLUDE = re.compile(r"^(?:-r|--requirement|-c|--constraint)(?:\s*=\s*|\s+|(?<=-[rc]))(\S+)$")
_DEPTH = 8


def requirements(path: str, source: Source, depth: int = 0) -> Paths:
    """What ``pip install -r PATH`` reads: the file and those that it includes.

    https://pip.pypa.io/en/stable/reference/requirements-file-format/
    """
    text = source.read(path)
    if text is None or depth > _DEPTH:
        return None
    found = {path}
    for written in re.sub(r"\\\r?\n", " ", text).split("\n"):
        line = re.sub(r"(?:^|\s)#.*", "", written).strip()
        if not line:
            continue
        include = _INCLUDE.match(line)
        if include:
            if "://" in include[1] or "$" in include[1]:
                return None
            inner = requirements(_joined(posixpath.dirname(path), include[1]), source, depth + 1)
            if inner is None:
                return None
            found |= inner
        elif line.startswith("-"):
            if re.match(r"(?:-e|--editable|-f|--find-links)\b", line):
                return None
        elif is_local(line.split(";", 1)[0].strip()):
            return None
    return frozenset(found)


def is_local(word: str) -> bool:
    """Whether a requirement is a path, not a name of an index or an address elsewhere."""
    if "file:" in word:
        return True
    name, at, address = word.partition("@")
    if at and "://" in address and "/" not in name:
        return False
    if "://" in word:
        return False
    first = word.split(" ", 1)[0]
    return first.startswith((".", "/", "~")) or "/" in first or first.endswith(_ARCHIVES)


# --- npm, Yarn 1, pnpm -----------------------------------------------------------------------------------------------

# https://docs.npmjs.com/cli/using-npm/scripts: what an install runs of the project's own.
_LIFECYCLE = frozenset(
    ("preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare", "dependencies",
     "pnpm:devPreinstall")
)  # fmt: skip
_DEPENDENCIES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "resolutions",
                 "overrides")  # fmt: skip
_LOCAL = re.compile(r"^(?:file|link|workspace|portal|patch):|^[./~]")
_LOCAL_LOCK = re.compile(r'"link": true|["\s@](?:file|link|workspace|portal|patch):|^\s*version:? "?file:', re.M)
# Settings that name files.
_SETTINGS_PATHS = re.compile(
    r"^\s*(?:cafile|certfile|keyfile|script-shell|onload-script|node-options|globalconfig|yarn-path"
    r"|yarn-offline-mirror|.*://\S*:(?:certfile|keyfile))",
    re.M,
)
NODE_FILES = {
    "npm": ("package-lock.json", "npm-shrinkwrap.json", ".npmrc"),
    "yarn": ("yarn.lock", ".npmrc", ".yarnrc"),
    "pnpm": ("pnpm-lock.yaml", ".npmrc"),
}
# Programs, settings of programs and native modules of the project: installing runs or reads them.
_NODE_MORE = ("binding.gyp", ".yarnrc.yml", ".pnp.cjs", ".pnpmfile.cjs", ".pnpmfile.js", "pnpm-workspace.yaml",
              "lerna.json")  # fmt: skip


def node_modules(tool: str, folder: str, source: Source, *, scripts: bool = True) -> Paths:
    """What an install of ``tool`` reads in a folder. ``scripts``: the project's own ones are run."""
    manifest = _joined(folder, "package.json")
    text = source.read(manifest)
    try:
        package = json.loads(text) if text is not None else None
    except ValueError:
        package = None
    if not isinstance(package, dict) or any(source.has(_joined(folder, name)) for name in _NODE_MORE):
        return None
    own = package.get("scripts")
    if scripts and isinstance(own, dict) and not _LIFECYCLE.isdisjoint(own):
        return None
    if any(name in package for name in ("workspaces", "pnpm")) or _has_local(package):
        return None
    if tool == "yarn" and re.match(r"yarn@[2-9]", str(package.get("packageManager", ""))):
        return None
    found = {manifest}
    for name in NODE_FILES[tool]:
        path = _joined(folder, name)
        if not source.has(path):
            continue
        text = source.read(path)
        if text is None or (_SETTINGS_PATHS if name.startswith(".") else _LOCAL_LOCK).search(text):
            return None
        found.add(path)
    return frozenset(found)


def _has_local(package: dict[str, object]) -> bool:
    tables = (table for key in _DEPENDENCIES if isinstance(table := package.get(key), dict))
    return any(_LOCAL.search(value) for table in tables for value in _strings(table))


def _strings(table: dict[str, object], depth: int = 0) -> list[str]:
    found: list[str] = []
    for value in table.values():
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict) and depth < _DEPTH:
            found += _strings(value, depth + 1)
    return found


# --- Go --------------------------------------------------------------------------------------------------------------

_LOCAL_REPLACE = re.compile(r"=>\s*(?:\.{1,2}/|\.{1,2}\s*$|/)", re.M)


def go_modules(folder: str, source: Source) -> Paths:
    """What ``go mod download`` reads: https://go.dev/ref/mod#go-mod-download."""
    manifest = _joined(folder, "go.mod")
    text = source.read(manifest)
    above = folder
    while True:
        if source.has(_joined(above, "go.work")):
            return None
        if not above:
            break
        above = posixpath.dirname(above)
    if text is None or _LOCAL_REPLACE.search(text):
        return None
    sums = _joined(folder, "go.sum")
    return frozenset({manifest, sums} if source.has(sums) else {manifest})


def _joined(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, name)).lstrip("/")
