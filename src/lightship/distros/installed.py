"""What a root file system's package manager knows, as one value, and the questions that a split asks of
it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from lightship.distros.apk import Apk
from lightship.distros.dpkg import Dpkg
from lightship.distros.model import (
    InstallCommand,
    Installed,
    Judgement,
    Package,
    PackageManager,
    Release,
    as_paths,
)
from lightship.distros.naming import are_build_files, has_headers, has_shared_library
from lightship.distros.rpm import Rpm
from lightship.messages import said

if TYPE_CHECKING:
    from lightship.elf.tree import FileTree, Paths

# In the order in which they are asked. A tree of one distribution may hold tools of another (apt-get
# install rpm), whose database is then empty or not there: the first whose database is there is the one.
MANAGERS: tuple[PackageManager, ...] = (Dpkg(), Apk(), Rpm())

_TWIN_DEPTH = 4


def installed(rootfs: FileTree | Paths) -> Installed:
    """What is installed in a root file system; with no manager known, an empty value whose ``manager`` is
    "".
    """
    paths = as_paths(rootfs)
    manager = next((one for one in MANAGERS if one.is_present(paths)), None)
    if manager is None:
        return Installed("", release(paths), _paths=paths)
    packages, problem = manager.packages(paths)
    by_name: dict[str, list[Package]] = {}
    providers: dict[str, list[Package]] = {}
    owners: dict[str, Package] = {}
    for one in packages:
        by_name.setdefault(one.name, []).append(one)
        for name in one.provides:
            providers.setdefault(name, []).append(one)
        for file in one.files:
            owners.setdefault(file, one)
    for path, name in manager.extra_owners(paths, packages).items():
        owners.setdefault(path, by_name[name][0])
    return Installed(
        manager.name,
        release(paths),
        packages,
        problem,
        {name: tuple(found) for name, found in by_name.items()},
        {name: tuple(found) for name, found in providers.items()},
        owners,
        paths,
    )


def manager_of(name: str) -> PackageManager | None:
    """The package manager of a name ("dpkg", "apk", "rpm"), or None."""
    return next((one for one in MANAGERS if one.name == name), None)


def release(rootfs: FileTree | Paths) -> Release:
    """Which distribution and release a root file system is of, from os-release(5)."""
    paths = as_paths(rootfs)
    real = next((found for path in ("etc/os-release", "usr/lib/os-release") if (found := paths.real(path))), None)
    if real is None:
        return Release()
    values: dict[str, str] = {}
    for line in paths.tree.read(real, 65536).decode("utf-8", "replace").split("\n"):
        key, equals, value = line.strip().partition("=")
        if equals and not key.startswith("#"):
            values[key] = value.strip("\"'")
    return Release(
        values.get("ID", ""),
        tuple(values.get("ID_LIKE", "").split()),
        values.get("VERSION_ID", ""),
        values.get("VERSION_CODENAME", ""),
    )


def asked_for(known: Installed) -> tuple[Package, ...]:
    """The packages that somebody asked for by name; where that is not known, all: in doubt a package
    stays.
    """
    return tuple(one for one in known.packages if one.automatic is not True)


def dependencies(
    known: Installed, names: Iterable[str], *, without: AbstractSet[str] = frozenset()
) -> tuple[Package, ...]:
    """The named packages and everything installed that they depend on, directly or not, in the order of the
    database.

    Virtual names and alternatives are resolved to what is installed. Packages named in ``without`` are left
    out, with what only they need, unless they are among ``names`` or a part of what needs them: of one source
    (perl is nothing without perl-base, which is left out where only debconf asks for it).
    """
    named = [one for name in names for one in known.providers(name)[:1]]
    seen = {id(one) for one in named}
    queue = list(named)
    for one in queue:
        for group in one.depends:
            for found in satisfied_by(known, group):
                is_part = bool(one.source) and found.source == one.source
                if id(found) not in seen and (is_part or found.name not in without):
                    seen.add(id(found))
                    queue.append(found)
    return tuple(one for one in known.packages if id(one) in seen)


def satisfied_by(known: Installed, group: Sequence[str]) -> tuple[Package, ...]:
    """The installed packages that satisfy an or-group: the first alternative that is there, else all that
    provide one.
    """
    for name in group:
        own = known.package(name)
        if own is not None:
            return (own,)
    for name in group:
        found = known.providers(name)
        if found:
            return found
        # rpm packages may require a file by its path.
        owner = known.owner(name) if name.startswith("/") else None
        if owner is not None:
            return (owner,)
    return ()


def maintainer_tools(known: Installed) -> frozenset[str]:
    """Names of installed packages that only installing and removing packages needs."""
    manager = manager_of(known.manager)
    names = manager.maintainer_tools if manager else frozenset[str]()
    return frozenset(one.name for one in known.packages if one.name in names)


def judge(known: Installed, package: Package) -> Judgement:
    """Whether a package serves only the build: "build-only", "needed" or, in doubt, "unknown"; and why."""
    manager = manager_of(known.manager)
    found = manager.judge(package) if manager else None
    if found is not None and found.need != "unknown":
        return found
    if are_build_files(package.files):
        return Judgement("build-only", said("holds only headers, archives and link-time files"))
    if package.files and not package.name.startswith("."):
        return found or Judgement("unknown", said("nothing shows that it serves only the build"))
    # A package of no files stands for what it depends on (a metapackage, apk's --virtual).
    members = [one for group in package.depends for one in satisfied_by(known, group)]
    judgements = [judge(known, one).need for one in members if one.files]
    if judgements and all(need == "build-only" for need in judgements):
        return Judgement("build-only", said("stands only for packages that serve the build"))
    return found or Judgement("unknown", said("nothing shows that it serves only the build"))


def runtime_twins(known: Installed, name: str) -> tuple[Package, ...]:
    """The packages whose shared libraries a development package links to: of libpq-dev, libpq5.

    Only what it depends on directly counts; through another development package only where that is the same
    one in two parts (of one source) or where the first is a mere name for it (it has no headers).
    """
    start = known.package(name)
    found: dict[int, Package] = {}
    seen: set[int] = set()
    queue = [(start, 0)] if start else []
    for package, depth in queue:
        if id(package) in seen or depth > _TWIN_DEPTH:
            continue
        seen.add(id(package))
        for group in package.depends:
            for one in satisfied_by(known, group):
                if judge(known, one).need != "build-only":
                    if has_shared_library(one.files):
                        found[id(one)] = one
                elif one.source == package.source or not has_headers(package.files):
                    queue.append((one, depth + 1))
    return tuple(found.values())


def asked_by(words: Sequence[str | None]) -> InstallCommand | None:
    """What a shell command asks a package manager to install (words as the shell passes them; None: not
    known).
    """
    return next((found for one in MANAGERS if (found := one.asked_for(words))), None)


def install_command(manager: str, names: Sequence[str]) -> str:
    """The text of a RUN instruction that installs packages and leaves no caches; "" with no manager or no
    names.
    """
    found = manager_of(manager)
    return found.install_command(names) if found and names else ""


def caches(manager: str) -> tuple[str, ...]:
    """fnmatch patterns of the paths that a package manager keeps only to work faster, and of its logs."""
    found = manager_of(manager)
    return found.caches if found else ()
