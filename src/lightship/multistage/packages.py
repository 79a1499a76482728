"""Which OS packages a runtime stage on a base image must install, and which it may leave to the builder stage."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lightship import distros
from lightship.closure import looks_for_fonts
from lightship.distros import Installed, Package
from lightship.evidence import Evidence
from lightship.messages import said
from lightship.multistage.asked import asked_packages
from lightship.multistage.model import DroppedPackage, KeptPackage
from lightship.multistage.needs import Need, Needs
from lightship.multistage.recommended import recommended

_BELONGS = said("a package that is shipped calls or loads it")
_ASKED = said("asked for by name, and nothing shows that it serves only the build")

_MOST_NAMED = 12
"""Recommended packages that are named; where there are more, the package manager brings all but those named instead."""


@dataclass(frozen=True, slots=True)
class RuntimePackages:
    """``install`` by name, in the order of the alphabet; ``present`` are all the names that are there afterwards.

    ``recommends`` says that the package manager brings what is recommended, since leaving it out would not be the same
    and naming it would be long; ``without`` is what it is told to leave out of that.
    """

    install: tuple[KeptPackage, ...]
    dropped: tuple[DroppedPackage, ...]
    present: frozenset[str]
    recommends: bool
    without: tuple[str, ...] = ()


def runtime_packages(evidence: Evidence, needs: Needs, runtime: Installed) -> RuntimePackages:
    """The packages for a runtime stage whose base image has ``runtime`` installed."""
    installed = evidence.installed
    if not installed.manager:
        return RuntimePackages((), (), frozenset(), False)
    there = {package.name for package in runtime.packages}
    base = {package.name for package in evidence.base_installed.packages}
    needed = needed_packages(installed, needs)
    kept: dict[str, str] = {}
    dropped: list[DroppedPackage] = []
    for package in asked_packages(evidence, base):
        judgement = distros.judge(installed, package)
        need = needed.get(package.name)
        if need is not None and (need.certain or judgement.need != "build-only"):
            kept[package.name] = need.reason or _ASKED
            continue
        if judgement.need != "build-only" or needs.builds:
            kept[package.name] = _ASKED
            continue
        dropped.append(DroppedPackage(package.name, judgement.reason, package.installed_size))
        for twin in twins_of(installed, package):
            kept.setdefault(twin.name, said("the shared library of {name}", name=package.name))
    build_only = {item.name for item in dropped}
    for name, need in needed.items():
        if need.certain or (name not in build_only and _is_not_build_only(installed, name)):
            kept.setdefault(name, need.reason or _BELONGS)
    kept = {name: reason for name, reason in kept.items() if name not in there}
    # Named although others depend on them: what the package manager would choose of several need not be the same.
    named: dict[str, str] = dict.fromkeys(
        font_packages(evidence, needs), said("fonts, and a library that looks for them is there")
    )
    named.update(_alternatives(installed, (*kept, *named), there))
    kept = _without_implied(installed, kept) | {name: why for name, why in named.items() if name not in there}
    present = there | {package.name for package in distros.dependencies(installed, kept)}
    # As on scratch: what is recommended is there, without what only init or a device would use.
    along = recommended(evidence, kept, base, build_only) - present
    present |= {package.name for package in distros.dependencies(installed, along)}
    short = tuple(_without_implied(installed, dict.fromkeys(along, "")))
    without = _unwanted(installed, kept, present) if len(short) > _MOST_NAMED else None
    if without is None:
        kept |= dict.fromkeys(sorted(short), said("recommended by what is installed, as in the original"))
    profiles = _with_pam_profiles(installed, present)
    kept |= dict.fromkeys(profiles, said("/etc/pam.d has a line for it"))
    present |= profiles
    install = tuple(KeptPackage(name, kept[name]) for name in sorted(kept))
    return RuntimePackages(install, tuple(dropped), frozenset(present), without is not None, without or ())


def _unwanted(installed: Installed, kept: Collection[str], present: Collection[str]) -> tuple[str, ...] | None:
    """What installing ``kept`` would bring as recommended beyond ``present``; None where that is long or not known.

    Not known is what a group would bring of which the original has nothing: it may be a virtual package.
    """
    found: set[str] = set()
    for package in distros.dependencies(installed, {*kept, *present}):
        for group in package.recommends:
            options = {one.name for one in distros.satisfied_by(installed, group)}
            if not options:
                return None
            if options.isdisjoint(present):
                found |= options
    return tuple(sorted(found)) if len(found) <= _MOST_NAMED else None


def _with_pam_profiles(installed: Installed, present: Collection[str]) -> frozenset[str]:
    """Packages that pam-auth-update(8) writes /etc/pam.d/common-* from, of which nothing else would come along."""
    return frozenset(
        package.name
        for package in installed.packages
        if package.name not in present
        and any(path.startswith("usr/share/pam-configs/") for path in package.files)
        and all(one.name in present or one is package for one in distros.dependencies(installed, [package.name]))
    )


def _alternatives(installed: Installed, kept: Collection[str], there: Collection[str]) -> dict[str, str]:
    """All installed ways to satisfy one dependency: the package manager would choose one of them, and maybe another."""
    found: dict[str, str] = {}
    for package in distros.dependencies(installed, kept):
        for group in package.depends if package.name not in there else ():
            names = [name for name in group if installed.package(name) is not None and name not in there]
            if len(names) > 1:
                found.update((name, said("{name} may use it in place of another", name=package.name)) for name in names)
    return {name: reason for name, reason in found.items() if name not in kept}


def _is_not_build_only(installed: Installed, name: str) -> bool:
    package = installed.package(name)
    return package is not None and distros.judge(installed, package).need != "build-only"


def font_packages(evidence: Evidence, needs: Needs) -> tuple[str, ...]:
    """What brings fonts, and the settings of what looks for them, when something does: nothing links to either."""
    if not any(looks_for_fonts(path) for path in needs.closure.reasons):
        return ()
    paths = (path for path in evidence.files if path.startswith(("usr/share/fonts/", "etc/fonts/")))
    return tuple(sorted({owner.name for path in paths if (owner := evidence.installed.owner(path))}))


def twins_of(installed: Installed, package: Package) -> tuple[Package, ...]:
    """The shared-library packages that a dropped package stands for; none for a compiler or another tool.

    A development package is asked for in order to link to its library, and ctypes and its kin then open that library
    by name. What a compiler depends on is the compiler's own.
    """
    if not package.name.endswith(("-dev", "-devel", "-headers")):
        return ()
    return distros.runtime_twins(installed, package.name)


def needed_packages(installed: Installed, needs: Needs) -> dict[str, Need]:
    """The packages that own needed files, each with the strongest need."""
    found: dict[str, Need] = {}
    for path, need in needs.files.items():
        owner = installed.owner(path)
        if owner is not None and (owner.name not in found or (need.certain and not found[owner.name].certain)):
            found[owner.name] = need
    return found


def _without_implied(installed: Installed, kept: dict[str, str]) -> dict[str, str]:
    """``kept`` without the shared libraries that another kept package depends on anyway."""
    implied: set[str] = set()
    for name in sorted(kept, key=lambda name: (not name.startswith("lib"), name), reverse=True):
        if name in implied:
            continue
        below = {package.name for package in distros.dependencies(installed, [name])} - {name}
        implied |= {other for other in below if other in kept and other != name}
    return {name: reason for name, reason in kept.items() if name not in implied}
