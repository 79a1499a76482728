"""Where a library is looked for, directory by directory: ld.so(8) for glibc, ldso/dynlink.c for musl."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lightship.elf.abi import Abi, platform, triplets
from lightship.elf.file import ElfFile
from lightship.elf.ld_cache import read_ld_cache, read_ld_conf
from lightship.elf.tree import Paths

Rpaths = tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
"""Who asks and who loaded it, innermost first: path, RPATH, RUNPATH of each."""

_CACHE_LIMIT = 16 << 20
_CONF_LIMIT = 1 << 20
_HWCAPS = "glibc-hwcaps"
_MUSL_DEFAULT = ("lib", "usr/local/lib", "usr/lib")


@dataclass(frozen=True, slots=True)
class Found:
    """A library's real path, the rule that found it, the symlinks on the way, and its builds for other
    CPUs.

    ``via`` is "rpath", "library path", "runpath", "cache", "default", "path", "interpreter", or "conf": in
    a directory of ld.so.conf, but not in the cache, so that it is found only after ``ldconfig``.
    """

    path: str
    via: str
    links: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()


class Search:
    """The places of one file tree in which its loader looks. What it has looked up it remembers."""

    __slots__ = (
        "_cache",
        "_conf",
        "_elf",
        "_global",
        "_hwcaps",
        "_library_path",
        "_musl",
        "_musl_path",
        "_paths",
        "_stems",
    )

    def __init__(self, paths: Paths, elf: Callable[[str], ElfFile | None], library_path: str) -> None:
        self._paths = paths
        self._elf = elf
        self._library_path = tuple(part for part in library_path.replace(";", ":").split(":") if part)
        self._cache: dict[str, tuple[str, ...]] | None = None
        self._conf: tuple[str, ...] | None = None
        self._hwcaps: dict[str, tuple[str, ...]] = {}
        self._global: dict[tuple[str, Abi], Found | None] = {}
        self._musl: bool | None = None
        self._musl_path: tuple[str, ...] | None = None
        self._stems: dict[str, tuple[str, ...]] | None = None

    @property
    def is_musl_tree(self) -> bool:
        """Whether the tree has musl's loader and not glibc's."""
        if self._musl is None:
            names = self._paths.tree.names(self._paths.real("lib") or "lib")
            own = any(name.startswith("ld-musl-") for name in names)
            glibc = any(name.startswith("ld-linux") for name in names) or self._paths.real("lib64/ld-linux-x86-64.so.2")
            self._musl = own and not glibc
        return self._musl

    def library_directory(self, abi: Abi) -> str:
        """What ``$LIB`` becomes: the multiarch directory where there is one, else lib64 or lib."""
        for triplet in triplets(abi):
            if self._paths.kind(f"usr/lib/{triplet}") or self._paths.kind(f"lib/{triplet}"):
                return f"lib/{triplet}"
        return "lib64" if abi[0] == 64 else "lib"

    def glibc(self, name: str, abi: Abi, rpaths: Rpaths, *, no_default: bool = False) -> Found | None:
        """Where glibc's loader finds a library, in the order of ld.so(8)."""
        by, _, runpath = rpaths[0] if rpaths else ("", (), ())
        if not runpath:
            # A DT_RPATH counts for everything that its file loads, unless that file has a DT_RUNPATH too.
            for owner, rpath, own_runpath in rpaths:
                if rpath and not own_runpath:
                    found = self._in(self._expanded(rpath, owner, abi), name, abi, "rpath")
                    if found:
                        return found
        if self._library_path:
            found = self._in(self._expanded(self._library_path, by, abi), name, abi, "library path")
            if found:
                return found
        if runpath:
            found = self._in(self._expanded(runpath, by, abi), name, abi, "runpath")
            if found:
                return found
        if no_default:
            return None
        key = (name, abi)
        if key not in self._global:
            self._global[key] = (
                self._cached(name, abi)
                or self._in(self._defaults(abi), name, abi, "default")
                or self._in(self._configured(), name, abi, "conf")
            )
        return self._global[key]

    def musl(self, name: str, abi: Abi, rpaths: Rpaths) -> Found | None:
        """Where musl's loader finds a library: both kinds of rpath are inherited and come after
        LD_LIBRARY_PATH.
        """
        found = self._in(self._library_path, name, abi, "library path")
        if found:
            return found
        for owner, rpath, runpath in rpaths:
            found = self._in(self._expanded(runpath or rpath, owner, abi), name, abi, "rpath")
            if found:
                return found
        return self._in(self._musl_directories(), name, abi, "default")

    def named(self, stem: str) -> tuple[str, ...]:
        """The names ``stem`` and ``stem.*`` in the cache and in the directories that are always searched."""
        if self._stems is None:
            stems: dict[str, dict[str, None]] = {}
            multiarch = (f"usr/lib/{name}" for name in self._names("usr/lib") if "-linux-" in name)
            directories = (*_MUSL_DEFAULT, "lib64", "usr/lib64", *multiarch, *self._configured())
            for names in (self._cache_table(), *(self._names(directory) for directory in directories)):
                for name in names:
                    before, found, _ = name.partition(".so")
                    if found:
                        stems.setdefault(f"{before}.so", {}).setdefault(name)
            self._stems = {known: tuple(names) for known, names in stems.items()}
        return tuple(name for name in self._stems.get(stem, ()) if name == stem or name[len(stem)] == ".")

    def _in(self, directories: Iterable[str], name: str, abi: Abi, via: str) -> Found | None:
        for directory in directories:
            place = self._paths.real(directory)
            if place is None:
                continue
            variants = tuple(
                trail.path
                for sub in self._variants(place)
                if (trail := self._paths.follow(f"{place}/{sub}/{name}")) and self._fits(trail.path, abi)
            )
            trail = self._paths.follow(f"{directory}/{name}")
            if trail and self._fits(trail.path, abi):
                return Found(trail.path, via, trail.links, variants)
            if variants:
                return Found(variants[0], via, (), variants[1:])
        return None

    def _fits(self, path: str, abi: Abi) -> bool:
        # The loader passes over a file of another class or machine and looks on (open_verify in dl-load.c).
        elf = self._elf(path)
        return elf is not None and elf.abi == abi

    def _variants(self, directory: str) -> tuple[str, ...]:
        if directory not in self._hwcaps:
            place = f"{directory}/{_HWCAPS}"
            names = self._paths.tree.names(place) if self._paths.tree.get(place) else ()
            self._hwcaps[directory] = tuple(f"{_HWCAPS}/{name}" for name in names)
        return self._hwcaps[directory]

    def _cache_table(self) -> dict[str, tuple[str, ...]]:
        if self._cache is None:
            table: dict[str, list[str]] = {}
            where = self._paths.real("etc/ld.so.cache")
            for entry in read_ld_cache(self._paths.tree.read(where, _CACHE_LIMIT) if where else b""):
                table.setdefault(entry.soname, []).append(entry.path)
            self._cache = {soname: tuple(paths) for soname, paths in table.items()}
        return self._cache

    def _cached(self, name: str, abi: Abi) -> Found | None:
        trails = [
            trail
            for path in self._cache_table().get(name, ())
            if (trail := self._paths.follow(path)) and self._fits(trail.path, abi)
        ]
        plain = [trail for trail in trails if f"/{_HWCAPS}/" not in trail.path] or trails
        if not plain:
            return None
        others = tuple(trail.path for trail in trails if f"/{_HWCAPS}/" in trail.path and trail is not plain[0])
        return Found(plain[0].path, "cache", plain[0].links, others)

    def _defaults(self, abi: Abi) -> tuple[str, ...]:
        for triplet in triplets(abi):
            places = (f"lib/{triplet}", f"usr/lib/{triplet}")
            if any(self._paths.real(f"{place}/libc.so.6") for place in places):
                return (*places, "lib", "usr/lib")
        wide = ("lib64", "usr/lib64") if abi[0] == 64 else ()
        if any(self._paths.real(f"{place}/libc.so.6") for place in wide):
            return wide
        return (*wide, "lib", "usr/lib")

    def _configured(self) -> tuple[str, ...]:
        if self._conf is None:
            self._conf = read_ld_conf(self._text, self._names)
        return self._conf

    def _musl_directories(self) -> tuple[str, ...]:
        if self._musl_path is None:
            found: tuple[str, ...] = _MUSL_DEFAULT
            for name in self._names("etc"):
                if name.startswith("ld-musl-") and name.endswith(".path"):
                    text = self._text(f"etc/{name}") or ""
                    found = tuple(part.strip("/") for part in text.replace("\n", ":").split(":") if part)
            self._musl_path = found
        return self._musl_path

    def _text(self, path: str) -> str | None:
        where = self._paths.real(path)
        return self._paths.tree.read(where, _CONF_LIMIT).decode("utf-8", "surrogateescape") if where else None

    def _names(self, directory: str) -> tuple[str, ...]:
        where = self._paths.real(directory)
        return () if where is None else self._paths.tree.names(where)

    def _expanded(self, directories: Iterable[str], by: str, abi: Abi) -> Iterable[str]:
        for directory in directories:
            path = expand(directory, by, abi, self.library_directory(abi) if "$" in directory else "")
            if path:
                yield path


def expand(text: str, by: str, abi: Abi, library_directory: str) -> str:
    """A path of an RPATH with ``$ORIGIN``, ``$LIB`` and ``$PLATFORM`` put in; "" when a token has no value.

    ``by`` is the real path of the file that holds it.
    """
    if "$" not in text:
        return text
    values = {"ORIGIN": "/" + by.rpartition("/")[0], "LIB": library_directory, "PLATFORM": platform(abi)}
    for token, value in values.items():
        for form in (f"${{{token}}}", f"${token}"):
            if form in text:
                if not value:
                    return ""
                text = text.replace(form, value)
    return "" if "$" in text else text
