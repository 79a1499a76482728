"""ELF files as the dynamic loader sees them, and the loader's search, without running anything.

Absent by intent: what symbols and DWARF say (only their size is read, for strip(1)). Nothing here writes, and
nothing here raises for a hostile file.
"""

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
