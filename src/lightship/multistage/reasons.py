"""Why a change is made, in words, and the bytes that it saves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from lightship.evidence import Effect, Evidence
from lightship.multistage.model import DroppedPackage, Hunk, Left

_WORDS = 60
_WORTH_SAYING = 50_000
"""Bytes; what is less would be printed as nothing."""


def made_by(effects: Collection[Effect | None]) -> str:
    """Which instructions made some paths: ``From line 9, RUN pip install -r requirements.txt``."""
    known = sorted((effect.instruction for effect in effects if effect is not None), key=lambda item: item.line)
    if not known:
        return "From the base image"
    if len(known) == 1:
        text = " ".join(f"{known[0].keyword.upper()} {known[0].arguments}".split())
        return f"From line {known[0].line}, {text if len(text) <= _WORDS else text[:_WORDS].rstrip() + ' ...'}"
    lines = [str(item.line) for item in known]
    return f"From lines {', '.join(lines[:-1])} and {lines[-1]}"


def left_behind(
    evidence: Evidence, dropped: Sequence[DroppedPackage], present: Collection[str], left: Iterable[Left]
) -> list[Hunk]:
    """What stays in the builder stage: packages, then caches and toolchains, each with its bytes."""
    line = evidence.stage.from_instruction.line
    hunks = [
        Hunk(_asking_line(evidence, item.name) or line, f"{item.name} is not shipped: {item.reason}")
        for item in dropped
    ]
    gone = [package for package in evidence.installed.packages if package.name not in present]
    if gone:
        size = sum(package.installed_size for package in gone)
        hunks.append(Hunk(line, f"{len(gone)} OS packages are not shipped, by their own account of their size", -size))
    hunks += [Hunk(line, f"not shipped: {item.reason}", -item.size) for item in left if item.size >= _WORTH_SAYING]
    return hunks


def _asking_line(evidence: Evidence, package: str) -> int:
    """The line of the RUN that names a package."""
    for effect in evidence.effects:
        if effect.instruction.keyword == "run" and package in effect.instruction.text:
            return effect.instruction.line
    return 0
