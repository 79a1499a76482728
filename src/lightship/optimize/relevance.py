"""What of the original's facts a candidate is held to.

A full base image brings languages of its own (Debian's Python for Mercurial, say) that no part of the program reaches.
They belong to OS packages, and whether those are shipped is what a split decides; so they are not asked for in a
candidate, and neither are the packages of a toolchain that nothing calls or imports (npm's own modules, setuptools).
What the program reaches, and everything else outside of OS packages of the base, is.
"""

from __future__ import annotations

import re
from dataclasses import replace

from lightship import distros
from lightship.distros import Package
from lightship.ecosystems import PathPatterns
from lightship.evidence import Evidence
from lightship.evidence.observation import ImageFacts, LanguagePackage, Mention
from lightship.multistage import Needs, idle_toolchains

_PROGRAMS = ("usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin")
_PYTHON = re.compile(r"/python3?[\d.]*$")
_OF_THE_SYSTEM = frozenset({"required", "important", "standard"})


def relevant(facts: ImageFacts, evidence: Evidence, needs: Needs) -> ImageFacts:
    """``facts`` without the languages that only the base image's OS packages bring and that nothing reaches."""
    reached = tuple(needs.files)
    toolchains = idle_toolchains(evidence.files, evidence.installed, needs.uses)
    idle = PathPatterns(tree for toolchain in toolchains for tree in toolchain.trees)
    installers = {package for toolchain in toolchains for package in toolchain.packages}
    modules = {module for toolchain in toolchains for module in toolchain.modules}
    base = {package.name for package in evidence.base_installed.packages}
    owners = {owner.name for path in needs.files if (owner := evidence.installed.owner(path))}

    def is_of_base_package(path: str) -> bool:
        owner = evidence.installed.owner(path)
        return owner is not None and owner.name in base

    def is_reached(place: str) -> bool:
        return any(path == place or path.startswith(f"{place}/") for path in reached)

    def holds_only_base_packages(place: str) -> bool:
        located = evidence.files.get(place)
        return located is not None and is_of_base_package(place)

    def counts(path: str) -> bool:
        path = path.strip("/")
        real = evidence.files.resolve(path) or path
        if idle.covers(real) or idle.covers(path):
            return False
        return not holds_only_base_packages(real) or is_reached(real) or is_reached(path)

    shared = not _runs_system_python(evidence, needs)

    def is_needed(package: LanguagePackage) -> bool:
        # A place that several OS packages share (dist-packages) is reached for one of them and not for the others, as
        # long as only OS packages come to it: what they import they depend on, what the project imports is not known.
        return package.owner in owners if shared and package.owner in base else counts(package.place)

    def builds(package: Package) -> bool:
        return distros.judge(evidence.installed, package).need == "build-only"

    def is_called(mention: Mention) -> bool:
        # A text may well hold the word "service", "install" or "as" and mean no program; those of the system itself,
        # and those that build programs, count only where a text calls them or the closure saw a call.
        program = mention.program
        found = next((path for place in _PROGRAMS if (path := f"{place}/{program}") in evidence.files), None)
        owner = evidence.installed.owner(found) if found else None
        if found and (idle.covers(found) or idle.covers(evidence.files.resolve(found) or found)):
            return False
        if mention.library:
            # A library calls compilers only to build others; one of the base image is not the project's.
            located = evidence.files.get(mention.where.strip("/"))
            brought = located is not None and located.layer >= evidence.base_layers
            return brought and not idle.covers(mention.where.strip("/")) and (owner is None or not builds(owner))
        if owner is None or mention.command or program in needs.uses.programs:
            return True
        return owner.priority not in _OF_THE_SYSTEM and not builds(owner)

    return replace(
        facts,
        packages=tuple(one for one in facts.packages if (one.ecosystem, one.name) not in installers and is_needed(one)),
        pythons=tuple(
            replace(one, modules=tuple(name for name in one.modules if name not in modules))
            for one in facts.pythons
            if counts(one.path)
        ),
        scripts=tuple(one for one in facts.scripts if counts(one.path)),
        # Those of libraries that passed count like any other.
        mentions=tuple(replace(one, library=False) for one in facts.mentions if is_called(one)),
        node=facts.node if facts.node and counts(facts.node) else "",
    )


def _runs_system_python(evidence: Evidence, needs: Needs) -> bool:
    """Whether the image's command, or a file that no OS package owns, runs a Python that one does."""

    def is_owned(path: str) -> bool:
        path = path.strip("/")
        return evidence.installed.owner(evidence.files.resolve(path) or path) is not None

    closure = needs.closure
    return any(
        not is_owned(reason.via) if reason.via else reason.kind != "tree"
        for path, first in closure.reasons.items()
        if _PYTHON.search(path) and is_owned(path)
        for reason in (first, *closure.others.get(path, ()))
    )


def without_gone_places(facts: ImageFacts, original: ImageFacts, held: ImageFacts) -> ImageFacts:
    """A candidate's facts without the packages of places, and of OS packages, that its original's (``held``) lost."""
    places = {one.place for one in original.packages} - {one.place for one in held.packages}
    owners = {one.owner for one in original.packages} - {one.owner for one in held.packages} - {""}
    return replace(
        facts, packages=tuple(one for one in facts.packages if one.place not in places and one.owner not in owners)
    )
