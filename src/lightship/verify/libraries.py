"""L4: what the loader, the shebangs and the programs by name need is there."""

from __future__ import annotations

from collections.abc import Iterator

from lightship.evidence.observation import Observation
from lightship.messages import said
from lightship.verify.files import canonical
from lightship.verify.packages import INSTALLERS
from lightship.verify.verdict import Allowed, Comparison, Difference, settle

INSTALLER_SCRIPTS = frozenset(
    {name for _, name in INSTALLERS}
    | {
        "pip3",
        "uvx",
        "npx",
        "idle",
        "idle3",
        "2to3",
        "pydoc",
        "pydoc3",
        "easy_install",
        "python-config",
        "python3-config",
    }
)


def compare_libraries(original: Observation, candidate: Observation) -> Comparison:
    """Every library that a reachable ELF file asks for is found by ld.so(8), unless the original missed it too."""
    before = {(canonical(path), problem) for path, problem in original.facts.library_problems}
    differences = [
        Difference(("libraries", path), said("found"), problem)
        for path, problem in candidate.facts.library_problems
        if (canonical(path), problem) not in before
    ]
    return settle(
        "every library that an ELF file needs",
        differences,
        notes=[said("{count} libraries are missing in the original already", count=len(before))] if before else [],
    )


def compare_scripts(original: Observation, candidate: Observation) -> Comparison:
    """Every console script of a language package is there and resolves its interpreter, where it did before."""
    new = {script.name: script for script in candidate.facts.scripts}
    differences: list[Difference] = []
    allowed: list[Allowed] = []
    working = [script for script in original.facts.scripts if not script.problem]
    for script in working:
        now = new.get(script.name)
        if now is not None and not now.problem:
            continue
        difference = Difference(("console scripts", script.name), script.path, now.problem if now else "")
        if _is_installer(script.name, script.package):
            allowed.append(Allowed(difference, said("an installer: used to build the image, not by the program")))
        else:
            differences.append(difference)
    return settle(said("{count} console scripts", count=len(working)), differences, allowed=allowed)


def compare_programs(original: Observation, candidate: Observation) -> Comparison:
    """Programs that the program's own text or the image's configuration calls by name are still on the PATH."""
    there = set(candidate.facts.programs)
    # What a library may call counts where it is known that it does not only serve building (``optimize`` knows).
    called = [mention for mention in original.facts.mentions if not mention.library]
    gone = [mention for mention in called if mention.program not in there]
    certain = [_gone(one.program, one.where) for one in gone if one.command]
    doubts = list(_doubts(gone_in_text=[(one.program, one.where) for one in gone if not one.command]))
    return settle(said("{count} programs called by name", count=len(called)), certain, doubts=doubts)


def _gone(program: str, where: str) -> Difference:
    return Difference(("programs", program), said("on the PATH; called in {where}", where=where), "")


def _doubts(gone_in_text: list[tuple[str, str]]) -> Iterator[Difference]:
    """One doubt a program: a name in a text may be a call, so it cannot be shown that nothing needs it."""
    first: dict[str, str] = {}
    for program, where in gone_in_text:
        first.setdefault(program, where)
    return (_gone(program, where) for program, where in sorted(first.items()))


def _is_installer(name: str, package: str) -> bool:
    return package in INSTALLER_SCRIPTS or name.rstrip("0123456789.-") in INSTALLER_SCRIPTS or name in INSTALLER_SCRIPTS
