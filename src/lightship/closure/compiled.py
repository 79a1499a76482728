"""Programs that a compiled program starts: by the strings of a C program, by the sources that a Go program is made of.

What the Go linker keeps of strings has no ends, so that a name cannot be told from a part of a sentence. But it keeps
the names of functions, which tell whether anything is started at all, and of modules, whose sources are usually still
where ``go build`` got them from.
Source: https://go.dev/ref/mod#module-cache, https://go.dev/src/debug/gosym/pclntab.go
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lightship.closure.mentions import Mention, mentions, starts_programs, starts_what_it_is_given
from lightship.closure.surroundings import TEXT_LIMIT, Surroundings
from lightship.elf.go_build import GoBuild, read_go_build

_IMPORTS_EXEC = re.compile(rb"\0(?:exec(?:l|lp|le|v|vp|ve|vpe)|posix_spawnp?|system|popen)\0")
_STRING = re.compile(rb"(?<=\0)([A-Za-z/][\w./+-]{1,80})(?: [^\0]{0,300})?(?=\0)")
_GO_STARTS = (b"os/exec.(*Cmd).Start\0", b"os.StartProcess\0", b"syscall.Exec\0")
_UPPER = re.compile(r"[A-Z]")
_MODULE = re.compile(r"^module\s+\"?([^\s\"]+)", re.MULTILINE)
_PACKAGE_MAIN = re.compile(rb"^package main\b", re.MULTILINE)
_GO_ITSELF = ("usr/local/go/", "usr/lib/go", "usr/share/go")


@dataclass(frozen=True, slots=True)
class Started:
    """Names that a compiled program may start, and whose sources would have to be read to know them all, in words."""

    mentions: tuple[Mention, ...] = ()
    unread: tuple[str, ...] = ()


_NOTHING = Started()


def started_by(around: Surroundings, binary: bytes) -> Started:
    """What the program with this content starts."""
    build = read_go_build(lambda at, length: binary[at : at + length])
    if build is not None:
        return _by_go(around, binary, build) if any(mark in binary for mark in _GO_STARTS) else _NOTHING
    if not _IMPORTS_EXEC.search(binary):
        return _NOTHING
    names = dict.fromkeys(match.group(1).decode() for match in _STRING.finditer(binary))
    return Started(tuple(Mention("program", name, direct=False) for name in names))


def _by_go(around: Surroundings, binary: bytes, build: GoBuild) -> Started:
    main = _main_directory(around, binary, build)
    found: dict[Mention, None] = {}
    unread: list[str] = []
    if main is None:
        unread.append(build.main[0] or "its own source")
    elif main:
        found.update(dict.fromkeys(_in_sources(around, main, "", b"")))
    for name, version in build.modules:
        directory = _module_directory(around, main, name, version)
        if directory is None:
            unread.append(name)
        else:
            found.update(dict.fromkeys(_in_sources(around, directory, name, binary)))
    return Started(tuple(found), tuple(unread))


def _in_sources(around: Surroundings, directory: str, module: str, binary: bytes) -> Iterator[Mention]:
    """Names in a module's sources, of the packages that are linked into ``binary``; of all when it is empty."""
    linked: dict[str, bool] = {}
    for located in around.tree.walk(directory):
        path = located.entry.path
        if located.entry.kind != "file" or not path.endswith(".go") or path.endswith("_test.go"):
            continue
        inside = path[len(directory) :].rpartition("/")[0]
        if inside not in linked:
            linked[inside] = not binary or _symbol(module + inside) in binary
        source = around.tree.read(path, TEXT_LIMIT) if linked[inside] else b""
        if starts_programs(source, "go"):
            given = starts_what_it_is_given(source, "go")
            yield from mentions(source, "go", wrapped=given, own=False)


def _symbol(package: str) -> bytes:
    """How the names of a package's functions begin: dots in the last element of its path are escaped."""
    parent, slash, last = package.rpartition("/")
    return f"{parent}{slash}{last.replace('.', '%2e')}.".encode()


def _main_directory(around: Surroundings, binary: bytes, build: GoBuild) -> str | None:
    """Where the program's own module lies; "" when it is there without a go.mod (GOPATH), None when it is not.

    Without a module's name only the names of the source files tell, which the linker keeps for stack traces.
    """
    name, version = build.main
    if name and (cached := _cached(around, name, version)):
        return cached
    for located in around.tree.walk(""):
        path = located.entry.path
        if located.entry.kind != "file" or path.startswith(_GO_ITSELF) or "/pkg/mod/" in path:
            continue
        if name and path.endswith("/go.mod"):
            declared = _MODULE.search(around.text(path))
            if declared and declared.group(1) == name:
                return path.rpartition("/")[0]
        elif not name and path.endswith(".go") and _is_main_of(around, path, binary):
            return ""
    return None


def _is_main_of(around: Surroundings, path: str, binary: bytes) -> bool:
    """Whether a source file is of package main, and one of those that a program was made of."""
    return f"/{path}\0".encode() in binary and _PACKAGE_MAIN.search(around.tree.read(path, TEXT_LIMIT)) is not None


def _module_directory(around: Surroundings, main: str | None, name: str, version: str) -> str | None:
    if main and (directory := f"{main}/vendor/{name}") and around.paths.kind(directory) == "dir":
        return directory
    if name.startswith(("./", "../", "/")):
        local = around.at(name if name.startswith("/") else f"/{main or ''}/{name}")
        return local if around.paths.kind(local) == "dir" else None
    return _cached(around, name, version)


def _cached(around: Surroundings, name: str, version: str) -> str | None:
    """A module's directory in a module cache."""
    inside = _UPPER.sub(lambda match: f"!{match.group().lower()}", f"{name}@{version}")
    home = around.variables.get("HOME", "/root")
    places = [around.variables.get("GOMODCACHE", "")]
    places += [f"{path}/pkg/mod" for path in (*around.variables.get("GOPATH", "").split(":"), f"{home}/go") if path]
    for place in (*places, "/go/pkg/mod", "/root/go/pkg/mod"):
        directory = f"{place.strip('/')}/{inside}"
        if place and around.paths.kind(directory) == "dir":
            return directory
    return None
