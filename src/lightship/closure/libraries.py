"""The libraries that files need: who provides them, and which are not there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lightship.closure.scripts import interpreter_of
from lightship.closure.surroundings import Surroundings, surroundings
from lightship.elf.file import MAGIC
from lightship.elf.tree import FileTree
from lightship.oci.model import ImageConfig

PYTHON_LIBRARY = re.compile(r"/lib(?:64)?/(?:python|pypy)\d[\d.]*t?/")
"""Of a path with a leading slash: that it lies in the library of a Python, where installed packages lie too."""


@dataclass(frozen=True, slots=True)
class LibraryNeed:
    """One library that files ask for: by which name, found where (symlinks too, the real file last), for
    whom.

    ``paths`` is empty when the loader does not find it. ``links`` are the symlinks on the way to it.
    """

    soname: str
    paths: tuple[str, ...]
    links: tuple[str, ...]
    needed_by: tuple[str, ...]

    @property
    def is_resolved(self) -> bool:
        """Whether the library was found."""
        return bool(self.paths)


def elf_needs(rootfs: FileTree, paths: Iterable[str], config: ImageConfig | None = None) -> Mapping[str, LibraryNeed]:
    """Every library that files among ``paths`` need, directly or through another library, by soname.

    The loaders that programs name are in it too, under their path. Only executables and names like
    libraries are opened. A name that only another of ``paths`` provides, loaded before (as auditwheel's
    are), is resolved to that.
    """
    around = surroundings(rootfs, config)
    found: dict[str, list[str]] = {}
    links: dict[str, dict[str, None]] = {}
    by: dict[str, dict[str, None]] = {}
    missing: set[str] = set()
    given = tuple(path for path in paths if is_loadable_name(rootfs, path))
    for path in given:
        real = around.paths.real(path)
        elf = around.loader.elf(real) if real else None
        if real is None or elf is None:
            continue
        if elf.interpreter:
            by.setdefault(elf.interpreter, {}).setdefault(real)
            loader = around.loader.interpreter(elf)
            if loader is None:
                missing.add(elf.interpreter)
            else:
                _add(found, links, elf.interpreter, loader.path, loader.links)
        loading = around.loader.load(real)
        for one in loading.objects[1:]:
            _add(found, links, one.name, one.path, one.links)
            by.setdefault(one.name, {}).setdefault(one.by)
        for gone in loading.missing:
            missing.add(gone.name)
            by.setdefault(gone.name, {}).setdefault(gone.by)
    loaded_before = _by_name(around, given) if missing - set(found) else {}
    for name in missing - set(found):
        if name in loaded_before:
            _add(found, links, name, loaded_before[name], ())
    return {
        name: LibraryNeed(name, tuple(found.get(name, ())), tuple(links.get(name, ())), tuple(asking))
        for name, asking in by.items()
    }


def library_problems(
    rootfs: FileTree, paths: Iterable[str], config: ImageConfig | None = None
) -> tuple[tuple[str, str], ...]:
    """What would fail to load or start among ``paths``: (path, missing library or interpreter), sorted.

    A library that is only in a directory of ld.so.conf and not in ld.so.cache is missing: the loader does
    not find it.
    """
    around = surroundings(rootfs, config)
    problems: set[tuple[str, str]] = set()
    for path in paths:
        real = around.paths.real(path) if is_loadable_name(rootfs, path) else None
        if real is None:
            continue
        elf = around.loader.elf(real)
        if elf is None:
            shebang = None if _is_standard_module(path) else interpreter_of(rootfs.read(real, 512))
            if shebang and not any(around.program(word) for word in shebang.programs[:1]):
                problems.add((path, shebang.programs[0]))
            continue
        if elf.interpreter and around.loader.interpreter(elf) is None:
            problems.add((path, elf.interpreter))
        loading = around.loader.load(real)
        problems |= {(path, gone.name) for gone in loading.missing}
        problems |= {(path, one.name) for one in loading.objects if one.via == "conf"}
    return tuple(sorted(problems))


def _is_standard_module(path: str) -> bool:
    """Whether a file is a module of Python's own library, which is imported: its first line serves who starts it by its
    path. Debian's libpython3.11-stdlib, say, comes with the shared library of Python and does not need an interpreter.
    """
    return path.endswith(".py") and "-packages/" not in path and PYTHON_LIBRARY.search(f"/{path}") is not None


def is_loadable_name(rootfs: FileTree, path: str) -> bool:
    """Whether a path may be loaded or started, by its mode and name alone: no file is opened."""
    found = rootfs.get(path)
    if found is None:
        # Through a symlinked directory: too rare to be quick about.
        return True
    if found.entry.kind not in ("file", "hardlink", "symlink"):
        return False
    name = path.rpartition("/")[2]
    if name.endswith((".so", ".node")) or ".so." in name:
        return True
    return found.entry.kind != "symlink" and bool(found.entry.mode & 0o111)


def is_elf_file(rootfs: FileTree, path: str) -> bool:
    """Whether a real path is an ELF file."""
    return rootfs.read_at(path, 0, 4) == MAGIC


def _add(
    found: dict[str, list[str]],
    links: dict[str, dict[str, None]],
    name: str,
    path: str,
    on_the_way: Iterable[str],
) -> None:
    known = found.setdefault(name, [])
    if path not in known:
        known.append(path)
    for link in on_the_way:
        links.setdefault(name, {}).setdefault(link)


def _by_name(around: Surroundings, paths: Iterable[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for path in paths:
        real = around.paths.real(path)
        elf = around.loader.elf(real) if real else None
        if real is None or elf is None:
            continue
        if elf.soname:
            names.setdefault(elf.soname, real)
        names.setdefault(path.rpartition("/")[2], real)
    return names
