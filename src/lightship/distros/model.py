"""What is installed in a root file system: packages, who owns a path, and which release it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from lightship.elf.tree import FileTree, Paths


Need = Literal["build-only", "needed", "unknown"]


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package.

    ``depends`` holds groups of names of which one is enough (``Depends`` and ``Pre-Depends``; versions left
    out). ``automatic`` is True when it came along as a dependency, False when it was asked for by name,
    None when the package manager does not say. ``installed_size`` is bytes. ``files`` are paths without a
    leading slash, their directories resolved (on a usr-merged system ``lib/x`` is ``usr/lib/x``);
    directories are among them where the database lists them. ``source`` is the source package's name.
    """

    name: str
    version: str
    architecture: str = ""
    source: str = ""
    status: str = "installed"
    essential: bool = False
    priority: str = ""
    section: str = ""
    depends: tuple[tuple[str, ...], ...] = ()
    provides: tuple[str, ...] = ()
    automatic: bool | None = None
    installed_size: int = 0
    files: tuple[str, ...] = ()
    configuration: tuple[str, ...] = ()
    recommends: tuple[tuple[str, ...], ...] = ()
    """Or-groups as in ``depends``: what is installed along unless one says otherwise."""


@dataclass(frozen=True, slots=True)
class Release:
    """Which distribution and release, from os-release(5); "" for what it does not say."""

    id: str = ""
    like: tuple[str, ...] = ()
    version: str = ""
    codename: str = ""


@dataclass(frozen=True, slots=True)
class Installed:
    """Everything a root file system's package manager knows.

    ``manager`` is "dpkg", "apk", "rpm" or "" when there is none. ``problem`` says why packages are not
    known although there is a package manager: then nothing may be concluded from their absence.
    """

    manager: str
    release: Release = Release()
    packages: tuple[Package, ...] = ()
    problem: str = ""
    _by_name: Mapping[str, tuple[Package, ...]] = field(default_factory=dict, compare=False, repr=False)
    _providers: Mapping[str, tuple[Package, ...]] = field(default_factory=dict, compare=False, repr=False)
    _owners: Mapping[str, Package] = field(default_factory=dict, compare=False, repr=False)
    _paths: Paths | None = field(default=None, compare=False, repr=False)
    _asked: dict[str, Package | None] = field(default_factory=dict, compare=False, repr=False)

    def package(self, name: str) -> Package | None:
        """The package of a name, ``name:architecture`` too, or None."""
        plain, _, architecture = name.partition(":")
        found = self._by_name.get(plain) or self._by_name.get(name) or ()
        for one in found:
            if architecture in ("", "any", "native", one.architecture):
                return one
        return None

    def providers(self, name: str) -> tuple[Package, ...]:
        """The packages that provide a (virtual) name, the one of that very name first."""
        plain = name.partition(":")[0] if self.manager == "dpkg" else name
        own = self.package(name)
        others = self._providers.get(plain, ())
        return others if own is None else (own, *(one for one in others if one is not own))

    def owner(self, path: str) -> Package | None:
        """The package that put a path there, or None. Paths through /lib and /usr/lib are the same file."""
        # Each path is asked for many times: by what needs it, and for every candidate.
        if path not in self._asked:
            self._asked[path] = self._owner(path.strip("/"))
        return self._asked[path]

    def _owner(self, path: str) -> Package | None:
        found = self._owners.get(path)
        if found is not None or self._paths is None:
            return found
        parent, _, name = path.rpartition("/")
        real = self._paths.real(parent)
        return self._owners.get(f"{real}/{name}") if real and real != parent else None


@dataclass(frozen=True, slots=True)
class InstallCommand:
    """What one shell command asks a package manager to install.

    ``names`` have no versions or architectures. ``complete`` is False when some words are not known
    (variables, local files, groups), so that more may be asked for. ``virtual`` is the name of apk's
    ``--virtual``.
    """

    manager: str
    names: tuple[str, ...]
    complete: bool = True
    virtual: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a package serves only the build, and why that is thought."""

    need: Need
    reason: str


class PackageManager(Protocol):
    """One package manager: what its database and its commands say. A module of this folder each."""

    @property
    def name(self) -> str: ...

    @property
    def caches(self) -> tuple[str, ...]:
        """Paths, as fnmatch patterns, of what it keeps only to work faster, and of its logs."""
        ...

    def is_present(self, paths: Paths) -> bool:
        """Whether its database is there."""
        ...

    def packages(self, paths: Paths) -> tuple[tuple[Package, ...], str]:
        """What is installed, and a problem or ""."""
        ...

    def extra_owners(self, paths: Paths, packages: Sequence[Package]) -> Mapping[str, str]:
        """Paths that belong to a package without being in its file list, with the package's name."""
        ...

    def asked_for(self, words: Sequence[str | None]) -> InstallCommand | None:
        """What a command (its words, None for one that is not known) asks to install; None for another
        command.
        """
        ...

    def install_command(self, names: Sequence[str]) -> str:
        """The text of a RUN that installs packages and leaves nothing behind."""
        ...

    def judge(self, package: Package) -> Judgement | None:
        """What this package manager's naming and sections tell of a package, or None when they tell
        nothing.
        """
        ...

    @property
    def maintainer_tools(self) -> frozenset[str]:
        """Packages that only installing and removing other packages needs."""
        ...


def as_paths(rootfs: FileTree | Paths) -> Paths:
    """The paths of a tree, followed; what is given as such is given back."""
    # Imported here: reading commands, as `lightship check` does, needs no file system.
    from lightship.elf.tree import Paths

    return rootfs if isinstance(rootfs, Paths) else Paths(rootfs)
