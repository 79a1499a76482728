"""Which OS packages the Dockerfile's instructions asked for by name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from lightship import distros
from lightship.distros import Package
from lightship.dockerfile import Instruction
from lightship.evidence import Evidence
from lightship.multistage.recommended import not_for_running, recommended
from lightship.shell import parse as parse_shell

_OF_INIT = re.compile(
    r"^etc/(?:init\.d|cron[^/]*|rc[\dS]\.d|network|dhcp|ppp|kernel|X11|update-motd\.d|resolvconf)/|^usr/share/(?:bug|doc)/"
)
_STANDING_ALONE = frozenset({"required", "important"})


def asked_packages(evidence: Evidence, base: Collection[str]) -> tuple[Package, ...]:
    """The packages that the Dockerfile's instructions asked for by name, and that are installed.

    Two witnesses: the package manager's own marks of what is not in ``base``, and the words of the RUN instructions.
    Either is enough, since a package that is asked for must not be lost; and a base image that has it already does not
    make it less asked for.
    """
    installed = evidence.installed
    named = _named(evidence)
    found = {
        package.name: package
        for package in installed.packages
        if package.name in named or (package.automatic is False and package.name not in base)
    }
    for name in sorted(named):
        # A virtual name.
        for package in installed.providers(name)[:1]:
            found.setdefault(package.name, package)
    return tuple(found.values())


def _named(evidence: Evidence) -> frozenset[str]:
    """The names that RUN instructions ask the package manager for."""
    named: set[str] = set()
    for effect in evidence.effects:
        if effect.instruction.keyword != "run":
            continue
        for script in _scripts(effect.instruction):
            for command in parse_shell(script).commands:
                asked = distros.asked_by([word.value for word in command.words])
                named.update(asked.names if asked else ())
    return frozenset(named)


def _scripts(run: Instruction) -> Iterable[str]:
    if run.heredocs:
        return [heredoc.content for heredoc in run.heredocs]
    return [" ".join(run.exec_form)] if run.exec_form is not None else [run.arguments]


def shipped_programs(evidence: Evidence, *, init: bool = False) -> tuple[str, ...]:
    """Executable files of the packages that were asked for and do not only serve the build, and of what they depend on.

    Such a package is shipped whole, so what its programs need is needed.
    """
    installed = evidence.installed
    base = {package.name for package in evidence.base_installed.packages}
    asked = [
        package.name
        for package in asked_packages(evidence, base)
        if distros.judge(installed, package).need != "build-only"
    ]
    asked += recommended(evidence, asked, base, ())
    return executables_of(evidence, asked, init=init)


def executables_of(evidence: Evidence, names: Collection[str], *, init: bool = False) -> tuple[str, ...]:
    """Executable files of packages, and of what they depend on without what only installing needs.

    Scripts for init and cron are among them only where ``init`` says that one of these is called.
    """
    installed = evidence.installed
    return tuple(
        path
        for package in distros.dependencies(installed, names, without=not_for_running(evidence, names))
        for path in package.files
        if (located := evidence.files.get(path)) is not None
        and located.entry.kind == "file"
        and located.entry.mode & 0o111
        and (init or not _OF_INIT.match(path))
    )


def packages_of_programs(evidence: Evidence, paths: Collection[str]) -> frozenset[str]:
    """The packages of those of ``paths`` that are programs of more than one file each: git is nothing without git-core.

    What every Debian system has to have (coreutils, bash, sed) consists of programs that stand alone.
    """
    owners = (evidence.installed.owner(path) for path in paths if is_program(path))
    return frozenset(owner.name for owner in owners if owner and owner.priority not in _STANDING_ALONE)


def is_program(path: str) -> bool:
    """Whether a path lies where the PATH leads to."""
    return path.rpartition("/")[0].endswith("bin")
