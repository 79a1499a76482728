"""Why a change is made, in words, and the bytes that it saves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from lightship.evidence import Effect, Evidence
from lightship.messages import said
from lightship.multistage.model import DroppedPackage, Hunk, Left

_WORDS = 60
_WORTH_SAYING = 50_000
"""Bytes; what is less would be printed as nothing."""


def made_by(effects: Collection[Effect | None]) -> str:
    """Which instructions made some paths: ``From line 9, RUN pip install -r requirements.txt``."""
    known = sorted((effect.instruction for effect in effects if effect is not None), key=lambda item: item.line)
    if not known:
        return said("From the base image")
    if len(known) == 1:
        text = " ".join(f"{known[0].keyword.upper()} {known[0].arguments}".split())
        shown = text if len(text) <= _WORDS else text[:_WORDS].rstrip() + " ..."
        return said("From line {line}, {text}", line=known[0].line, text=shown)
    lines = [str(item.line) for item in known]
    return said("From lines {lines} and {line}", lines=", ".join(lines[:-1]), line=lines[-1])


def left_behind(
    evidence: Evidence, dropped: Sequence[DroppedPackage], present: Collection[str], left: Iterable[Left]
) -> list[Hunk]:
    """What stays in the builder stage: packages, then caches and toolchains, each with its bytes."""
    line = evidence.stage.from_instruction.line
    hunks = [
        Hunk(
            _asking_line(evidence, item.name) or line,
            said("{name} is not shipped: {reason}", name=item.name, reason=item.reason),
        )
        for item in dropped
    ]
    gone = [package for package in evidence.installed.packages if package.name not in present]
    if gone:
        size = sum(package.installed_size for package in gone)
        why = said("{count} OS packages are not shipped, by their own account of their size", count=len(gone))
        hunks.append(Hunk(line, why, -size))
    for item in left:
        if item.size >= _WORTH_SAYING:
            hunks.append(Hunk(line, said("not shipped: {reason}", reason=item.reason), -item.size))
    return hunks


def _asking_line(evidence: Evidence, package: str) -> int:
    """The line of the RUN that names a package."""
    for effect in evidence.effects:
        if effect.instruction.keyword == "run" and package in effect.instruction.text:
            return effect.instruction.line
    return 0
