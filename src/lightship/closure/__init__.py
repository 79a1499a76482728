"""What a program needs in order to run, and why each file is in.

Everything is read from files; nothing is run. What names could not be followed is said, not guessed.
Absent by intent: which package a file is of (``distros``, ``ecosystems``), and what to do about it
(``multistage``).
"""

from lightship.closure.content import Memory
from lightship.closure.groups import (
    certificates,
    is_libcrypto,
    libc_runtime,
    locales,
    looks_for_fonts,
    openssl_files,
    openssl_paths,
    timezones,
)
from lightship.closure.imports import imported_modules
from lightship.closure.libraries import LibraryNeed, elf_needs, library_problems
from lightship.closure.model import Closure, Reason, ReasonKind, Root, RootKind, Unresolved
from lightship.closure.roots import roots
from lightship.closure.walk import closure

__all__ = [
    "Closure",
    "LibraryNeed",
    "Memory",
    "Reason",
    "ReasonKind",
    "Root",
    "RootKind",
    "Unresolved",
    "certificates",
    "closure",
    "elf_needs",
    "imported_modules",
    "is_libcrypto",
    "libc_runtime",
    "library_problems",
    "locales",
    "looks_for_fonts",
    "openssl_files",
    "openssl_paths",
    "roots",
    "timezones",
]
