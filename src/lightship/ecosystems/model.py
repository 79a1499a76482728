"""What a language brings into an image besides the program itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Toolchain:
    """Trees that only these programs use: they stay behind when nothing in the runtime stage calls one of them.

    ``trees`` are fnmatch patterns of whole directories or files, without a leading slash; ``{site}`` stands for every
    directory of installed Python packages, ``{prefix}`` for what it is below (a venv, /usr/local). ``modules`` are the
    modules in the trees: who imports one keeps the toolchain. ``used_by`` are modules elsewhere that use it: who
    imports one keeps it too, and they stay importable without it. ``packages`` are the language packages that
    it is, as (ecosystem, name). ``only_pruned`` says that it is a part of what the program may import, left out only on
    request. ``source`` says where the layout is documented.
    """

    name: str
    trees: tuple[str, ...]
    programs: tuple[str, ...]
    source: str
    modules: tuple[str, ...] = ()
    used_by: tuple[str, ...] = ()
    packages: tuple[tuple[str, str], ...] = ()
    only_pruned: bool = False


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """One language: the files that show it, its package manager's caches, its toolchains.

    ``caches`` are directories that the package manager fills and can fill again; ``{home}`` stands for every home
    directory of the image. ``downloads`` are those parts of them that only installing reads, so that they stay behind
    although the package manager runs in the final image. ``manifests`` are file names that lie at a project's root.
    """

    name: str
    manifests: tuple[str, ...]
    caches: tuple[str, ...]
    toolchains: tuple[Toolchain, ...] = ()
    downloads: tuple[str, ...] = ()
