"""Toolchains of languages that nothing in the runtime stage uses: installers, compilers, their headers."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection
from dataclasses import dataclass

from lightship import ecosystems
from lightship.closure import imported_modules
from lightship.distros import Installed
from lightship.ecosystems import PathPatterns, Toolchain
from lightship.evidence import Evidence
from lightship.oci import Rootfs

_SITE_NAMES = ("site-packages", "dist-packages")
# The standard library imports installers only in order to install.
_STANDARD_LIBRARY = re.compile(r"(?:^|/)lib(?:64)?/(?:python|pypy)\d[\d.]*t?/(?!(?:site|dist)-packages/)")


@dataclass(frozen=True, slots=True)
class Uses:
    """What of toolchains the runtime stage uses: programs that it calls, by bare name, and modules that it imports.

    ``prune`` says that also those parts stay behind that are left out only on request.
    """

    programs: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    prune: bool = False


def idle_toolchains(files: Rootfs, installed: Installed, uses: Uses) -> tuple[Toolchain, ...]:
    """The toolchains none of whose programs is called and none of whose modules is imported."""
    return tuple(
        one
        for one in ecosystems.toolchains(home_directories(files), site_directories(files, installed))
        if (uses.prune or not one.only_pruned)
        and uses.programs.isdisjoint(one.programs)
        and uses.modules.isdisjoint((*one.modules, *one.used_by))
    )


def toolchain_imports(evidence: Evidence, paths: Collection[str]) -> frozenset[str]:
    """The modules of toolchains that the sources among ``paths`` ask for, the standard library apart."""
    files = evidence.files
    sources = [
        path
        for path in paths
        if files[path].entry.kind in ("file", "hardlink")
        and not _STANDARD_LIBRARY.search(path)
        and evidence.installed.owner(path) is None
    ]
    return _imported(evidence, sources)


def configured_imports(evidence: Evidence) -> frozenset[str]:
    """The modules of toolchains that the image's own command and health check ask for."""
    config = evidence.config
    check = config.healthcheck.test if config.healthcheck else ()
    return _imported(
        evidence, commands=[" ".join(words) for words in (config.entrypoint or (), config.cmd or (), check)]
    )


def _imported(evidence: Evidence, paths: Collection[str] = (), commands: Collection[str] = ()) -> frozenset[str]:
    files = evidence.files
    sites = site_directories(files, evidence.installed)
    if not sites:
        return frozenset()
    known = [one for one in ecosystems.toolchains(home_directories(files), sites) if one.modules]
    own = PathPatterns(tree for one in known for tree in one.trees)
    modules = {module for one in known for module in (*one.modules, *one.used_by)}
    if all(f"{site.rpartition('/')[0]}/distutils/__init__.py" in files for site in sites):
        # Up to Python 3.11 the standard library has one as well.
        modules.discard("distutils")
    return frozenset(imported_modules(files, paths, modules, part=own.covers, commands=commands))


def site_directories(files: Rootfs, installed: Installed) -> tuple[str, ...]:
    """Every directory of Python packages that no OS package owns, without a leading slash.

    What is in an OS package's own directory stays or goes with the OS package that it belongs to: other packages of
    the distribution depend on it, and a pattern would take their files away too.
    """
    return tuple(
        path
        for path, located in files.items()
        if path.endswith(_SITE_NAMES)
        and located.entry.kind == "dir"
        and path.rpartition("/")[2] in _SITE_NAMES
        and installed.owner(path) is None
    )


def home_directories(files: Rootfs) -> tuple[str, ...]:
    """The home directories of the image's users, without a leading slash; root's is always among them."""
    homes = {"root"}
    located = files.get("etc/passwd")
    if located is not None and located.entry.kind == "file":
        for line in files.read("etc/passwd").decode("utf-8", "replace").split("\n"):
            fields = line.split(":")
            if len(fields) >= 7 and fields[5].strip("/"):
                homes.add(fields[5].strip("/"))
    return tuple(sorted(homes))


@dataclass(frozen=True, slots=True)
class Brought:
    """What others made: programs that Python packages put beside the interpreter, and the trees of toolchains."""

    programs: frozenset[str]
    trees: PathPatterns


def brought_by_installers(files: Rootfs, installed: Installed) -> Brought:
    """The programs of installed Python packages, as their RECORDs list them, and every known toolchain's trees."""
    sites = site_directories(files, installed)
    programs: set[str] = set()
    for site in sites:
        for name in files.children(site):
            record = f"{site}/{name}/RECORD"
            if not name.endswith(".dist-info") or record not in files:
                continue
            for line in files.read(record).decode("utf-8", "replace").split("\n"):
                target = line.partition(",")[0].strip('"')
                if target.startswith("../"):
                    programs.add(posixpath.normpath(f"{site}/{target}"))
    known = ecosystems.toolchains(home_directories(files), sites)
    return Brought(frozenset(programs), PathPatterns(tree for one in known for tree in one.trees))
