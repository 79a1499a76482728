"""The surroundings in which an image's program runs: its files, its variables, where it starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lightship.elf.abi import Abi, is_musl
from lightship.elf.file import ElfFile
from lightship.elf.loader import Loaded, Loader
from lightship.elf.search import Found
from lightship.elf.tree import FileTree, Paths, Trail
from lightship.oci.model import ImageConfig

# What a shell and execvp(3) fall back to when PATH is not set.
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# More than any text that says what to run; a larger file is data.
TEXT_LIMIT = 4 << 20

# Directories of many things: one of them that is meant does not mean the others.
SHARED_DIRECTORIES = frozenset(
    {"bin", "sbin", "lib", "lib64", "etc", "var", "usr", "opt", "home", "root", "tmp", "run", "srv", "dev", "proc"}
    | {"sys", "usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "usr/share", "usr/local", "usr/local/bin"}
    | {"usr/local/lib", "usr/local/share", "usr/local/sbin", "var/lib", "var/cache", "var/log", "var/tmp", "var/run"}
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A file tree as the program of an image finds it."""

    loader: Loader
    variables: Mapping[str, str]
    working_dir: str
    named_beside: dict[tuple[str, str], bool] = field(default_factory=dict, compare=False, repr=False)
    """Whether a Node package names one of its folders or scripts, found out once (see ``closure.node``)."""

    @property
    def tree(self) -> FileTree:
        """The files."""
        return self.loader.tree

    @property
    def paths(self) -> Paths:
        """The files' paths, followed through symlinks."""
        return self.loader.paths

    def search_path(self) -> Iterator[str]:
        """The directories of PATH, without leading slashes."""
        for part in self.variables.get("PATH", DEFAULT_PATH).split(":"):
            yield part.strip("/") if part.startswith("/") else self.at(part or ".")

    def program_directories(self) -> frozenset[str]:
        """The directories of PATH, as written and as they really are."""
        written = tuple(self.search_path())
        return frozenset((*written, *(real for path in written if (real := self.paths.real(path)))))

    def at(self, path: str) -> str:
        """A path as the program means it: relative to its working directory, written without a leading
        slash.
        """
        full = path if path.startswith("/") else f"{self.working_dir}/{path}"
        parts: list[str] = []
        for part in full.split("/"):
            if part == ".." and parts:
                parts.pop()
            elif part not in ("", ".", ".."):
                parts.append(part)
        return "/".join(parts)

    def program(self, name: str) -> str | None:
        """The path, not followed, of the program that a name starts; None when there is none."""
        if not name or "\0" in name:
            return None
        if "/" in name:
            path = self.at(name)
            return path if self.paths.is_file(path) else None
        for directory in self.search_path():
            path = f"{directory}/{name}"
            trail = self.paths.follow(path)
            if trail is not None and self.is_executable(trail):
                return path
        return None

    def is_executable(self, trail: Trail) -> bool:
        """Whether a followed path ends at a file that somebody may execute."""
        found = self.tree.get(trail.path)
        if found is None or found.entry.kind not in ("file", "hardlink"):
            return False
        return bool(found.entry.mode & 0o111)

    def find_library(self, name: str, by: str, elf: ElfFile | None) -> Found | None:
        """The library that opening ``name`` (dlopen(3)) gives to the file ``by``; the tree's ABI when
        ``by`` is no ELF.
        """
        if elf is not None:
            chain = (Loaded(by, elf),)
            return self.loader.find(name, elf.abi, by=chain, musl=bool(is_musl(elf)))
        return next((found for abi in self.abis() if (found := self.loader.find(name, abi))), None)

    def abis(self) -> tuple[Abi, ...]:
        """The ABIs of the loaders in the tree: for what programs can be started at all."""
        found: dict[Abi, None] = {}
        for directory in ("lib64", "lib", "usr/lib64", "usr/lib"):
            real = self.paths.real(directory)
            for name in self.tree.names(real) if real else ():
                if name.startswith("ld-") and ".so" in name:
                    path = self.paths.real(f"{real}/{name}")
                    elf = self.loader.elf(path) if path else None
                    if elf is not None:
                        found.setdefault(elf.abi)
        return tuple(found)

    def sonames(self, name: str) -> tuple[str, ...]:
        """The file names ``lib<name>.so...`` that the loader's cache or directories hold
        (ctypes.util.find_library).
        """
        return self.loader.sonames(name)

    def text(self, path: str) -> str:
        """The text of a file, followed through symlinks; "" when there is none."""
        real = self.paths.real(path)
        return self.tree.read(real, TEXT_LIMIT).decode("utf-8", "surrogateescape") if real else ""


def surroundings(rootfs: FileTree, config: ImageConfig | None = None) -> Surroundings:
    """What a container of an image starts with; without a configuration, in / with the usual PATH."""
    config = config or ImageConfig()
    variables = dict(config.env)
    return Surroundings(Loader(rootfs, variables), variables, config.working_dir.strip("/"))
