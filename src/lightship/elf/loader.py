"""Which files the dynamic loader of an image would map for a program, found without running it.

The order is that of ld.so(8) for glibc and of ldso/dynlink.c (load_library) for musl.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lightship.elf.abi import Abi, is_musl
from lightship.elf.file import ElfFile, read_elf
from lightship.elf.search import Found, Search, expand
from lightship.elf.tree import FileTree, Paths

# musl has these in its own libc, whatever version is asked for (ldso/dynlink.c, "reserved").
_MUSL_OWN = ("c", "pthread", "rt", "m", "dl", "util", "xnet")


@dataclass(frozen=True, slots=True)
class Loaded:
    """One file of a process: its real path, the name it was asked for by, by which file, and where it was
    found.

    ``links`` are the symlinks on the way; ``variants`` the same library for other CPUs (glibc-hwcaps).
    """

    path: str
    elf: ElfFile
    name: str = ""
    by: str = ""
    via: str = "start"
    links: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """A library that is not where the loader looks. ``by`` is the file that needs it."""

    name: str
    by: str


@dataclass(frozen=True, slots=True)
class Loading:
    """Everything that starting (or opening) one file maps, itself first, and what could not be found."""

    objects: tuple[Loaded, ...]
    missing: tuple[Missing, ...] = ()


class Loader:
    """The dynamic loader of one file tree under one environment. What it has read it remembers."""

    __slots__ = ("_elves", "_loadings", "_search", "paths", "tree")

    def __init__(self, tree: FileTree, environment: Mapping[str, str] | None = None) -> None:
        self.tree = tree
        self.paths = Paths(tree)
        self._elves: dict[str, ElfFile | None] = {}
        self._loadings: dict[tuple[str, str], Loading] = {}
        self._search = Search(self.paths, self.elf, (environment or {}).get("LD_LIBRARY_PATH", ""))

    def elf(self, path: str) -> ElfFile | None:
        """The ELF file at a real path, or None when there is none."""
        if path not in self._elves:
            self._elves[path] = read_elf(lambda offset, length: self.tree.read_at(path, offset, length))
        return self._elves[path]

    def load(self, path: str, *, program: str = "") -> Loading:
        """What mapping the file at a real path maps; with ``program``, as opened by that program (dlopen).

        No objects when the file is not an ELF file.
        """
        key = (path, program)
        if key not in self._loadings:
            self._loadings[key] = self._load(path, program)
        return self._loadings[key]

    def interpreter(self, elf: ElfFile) -> Found | None:
        """The loader that a program names, or None when it names none or it is not there."""
        trail = self.paths.follow(elf.interpreter) if elf.interpreter else None
        return None if trail is None else Found(trail.path, "interpreter", trail.links)

    def find(self, name: str, abi: Abi, *, by: Iterable[Loaded] = (), musl: bool = False) -> Found | None:
        """Where a library is found that ``by`` (the file that asks, then who loaded it, and so on) asks
        for.
        """
        chain = tuple(by)
        if "/" in name:
            path = expand(name, chain[0].path if chain else "", abi, self._search.library_directory(abi))
            trail = self.paths.follow(path) if path else None
            return None if trail is None else Found(trail.path, "path", trail.links)
        rpaths = tuple((link.path, link.elf.rpath, link.elf.runpath) for link in chain)
        if musl:
            return self._search.musl(name, abi, rpaths)
        no_default = bool(chain) and chain[0].elf.no_default_libraries
        return self._search.glibc(name, abi, rpaths, no_default=no_default)

    def sonames(self, name: str) -> tuple[str, ...]:
        """The sonames ``lib<name>.so`` and ``lib<name>.so.*`` that a process could ask for, in the loader's
        order.
        """
        return self._search.named(f"lib{name}.so")

    def _load(self, path: str, program: str) -> Loading:
        elf = self.elf(path)
        if elf is None:
            return Loading(())
        start = Loaded(path, elf)
        objects = [start]
        parents: dict[str, Loaded | None] = {path: None}
        names = {elf.soname} if elf.soname else set[str]()
        main: Loaded | None = None
        musl = is_musl(elf)
        if program and program != path:
            around = self.load(program).objects
            names |= {name for one in around for name in (one.name, one.elf.soname) if name}
            main = around[0] if around else None
            musl = is_musl(main.elf) if main and is_musl(main.elf) is not None else musl
        if musl is None:
            musl = self._search.is_musl_tree
        missing: list[Missing] = []
        # Breadth first, as the loader does: a name that is mapped already is never searched again.
        for one in objects:
            chain = _chain(one, parents, main)
            for name in one.elf.needed:
                if name in names or (musl and _is_musl_own(name)):
                    continue
                names.add(name)
                found = self.find(name, elf.abi, by=chain, musl=musl)
                library = self.elf(found.path) if found else None
                if found is None or library is None:
                    missing.append(Missing(name, one.path))
                    continue
                if found.path in parents:
                    continue
                parents[found.path] = one
                if library.soname:
                    names.add(library.soname)
                objects.append(Loaded(found.path, library, name, one.path, found.via, found.links, found.variants))
        return Loading(tuple(objects), tuple(missing))


def _chain(one: Loaded, parents: Mapping[str, Loaded | None], main: Loaded | None) -> tuple[Loaded, ...]:
    chain: list[Loaded] = []
    at: Loaded | None = one
    while at is not None:
        chain.append(at)
        at = parents.get(at.path)
    return (*chain, main) if main is not None else tuple(chain)


def _is_musl_own(name: str) -> bool:
    if name.startswith("ld-musl-"):
        return True
    return name.startswith("lib") and name[3:].partition(".")[0] in _MUSL_OWN and "." in name
