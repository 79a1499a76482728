"""ELF files as the dynamic loader sees them, and the loader's search, without running anything.

Absent by intent: what symbols and DWARF say (only their size is read, for strip(1)). Nothing here writes, and
nothing here raises for a hostile file.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lightship.elf.file import ElfFile, go_version, is_elf, read_elf
    from lightship.elf.ld_cache import CacheEntry, read_ld_cache, read_ld_conf
    from lightship.elf.loader import Loaded, Loader, Loading, Missing
    from lightship.elf.search import Found
    from lightship.elf.sections import strippable_size
    from lightship.elf.tree import DirectoryTree, FileTree, Paths, Trail

__all__ = [
    "CacheEntry",
    "DirectoryTree",
    "ElfFile",
    "FileTree",
    "Found",
    "Loaded",
    "Loader",
    "Loading",
    "Missing",
    "Paths",
    "Trail",
    "go_version",
    "is_elf",
    "read_elf",
    "read_ld_cache",
    "read_ld_conf",
    "strippable_size",
]

_MODULES = ("file", "ld_cache", "loader", "search", "sections", "tree")


def __getattr__(name: str) -> Any:
    # Who only follows paths (``elf.tree``, as readers of package databases do) does not pay for the loader's search.
    if name in __all__:
        for module in _MODULES:
            found = getattr(import_module(f"lightship.elf.{module}"), name, None)
            if found is not None:
                return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
