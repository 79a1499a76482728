"""What a rewrite is: the same evidence under a Dockerfile whose own lines were changed, and the reason for each change.

The layers of the built original tell what its instructions do; a rewrite is made only where they tell that the changed
ones do the same. What is derived from it is built and compared like everything else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lightship.dockerfile import parse
from lightship.evidence import Effect, Evidence
from lightship.evidence.observation import Observation
from lightship.messages import Said
from lightship.multistage import Hunk
from lightship.multistage.model import Left
from lightship.oci import Image
from lightship.semantic import IgnoreRules, Inherited, Scope, stages

NO_RULES = IgnoreRules()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the evidence: how the build is asked for, and what was seen of the original running.

    ``programs`` are those that running calls, ``reached`` the paths that something asks for. ``cache_mounts`` says
    whether the engine has them; ``ignore`` are the rules of the ignore file that counts now.
    """

    context: Path
    observation: Observation
    build_args: tuple[tuple[str, str], ...] = ()
    target: str = ""
    programs: frozenset[str] = frozenset()
    reached: frozenset[str] = frozenset()
    cache_mounts: bool = False
    ignore: IgnoreRules = NO_RULES


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Evidence under a changed Dockerfile. ``lines`` leads from its lines to the original's.

    ``ignore`` are the lines that the ignore file gets, and ``left`` the paths that the image lacks because of them.
    """

    evidence: Evidence
    hunks: tuple[Hunk, ...] = ()
    lines: Mapping[int, int] | None = None
    ignore: tuple[str, ...] = ()
    left: tuple[Left, ...] = ()

    def line(self, line: int) -> int:
        """The original's line."""
        return (self.lines or {}).get(line, line)


Order = Sequence[tuple[int, ...] | int]
"""For each instruction of the new text the effects of the old one that are now its own. A new instruction that brings
nothing which another does not bring anyway has none, only the old one that it stands for: a number, ``-1 - index``."""


def changed(before: Rewritten, text: str, order: Order, hunk: Hunk, known: Known) -> Rewritten | None:
    """The evidence under another text; None when the text does not read as ``order`` says. ``hunk`` has old lines."""
    dockerfile = parse(text)
    graph = stages(dockerfile, build_args=known.build_args, target=known.target)
    stage, effects = graph.target, before.evidence.effects
    if stage is None or len(stage.instructions) != len(order) or dockerfile.errors or graph.problems:
        return None
    moved: list[Effect] = []
    lines = {stage.from_instruction.line: before.line(before.evidence.stage.from_instruction.line)}
    for item, place in zip(stage.instructions, order, strict=True):
        if isinstance(place, int):
            lines[item.line] = before.line(effects[-1 - place].instruction.line)
            moved.append(Effect(item, None))
            continue
        old = [effects[index] for index in place]
        if any(one.instruction.keyword != item.keyword for one in old):
            return None
        lines[item.line] = before.line(old[0].instruction.line)
        moved.append(_together(old, replace(old[-1], instruction=item)))
    evidence = replace(before.evidence, dockerfile=dockerfile, stage=stage, effects=tuple(moved))
    return replace(
        before, evidence=evidence, hunks=(*before.hunks, replace(hunk, line=before.line(hunk.line))), lines=lines
    )


def _together(effects: Sequence[Effect], last: Effect) -> Effect:
    if len(effects) == 1:
        return last
    return replace(
        last,
        added=tuple(path for one in effects for path in one.added),
        changed=tuple(path for one in effects for path in one.changed),
        removed=tuple(path for one in effects for path in one.removed),
        size=sum(one.size for one in effects),
        packages_only=all(one.packages_only for one in effects),
        runs_packages=any(one.runs_packages for one in effects),
    )


def scopes_of(evidence: Evidence, known: Known) -> tuple[Scope, ...]:
    """What holds before each effect's instruction, the base image's configuration included; () when not told."""
    base = evidence.base_config
    told = Inherited(dict(base.env), base.working_dir or "/", base.user, base.shell or None)
    inherited = {evidence.stage.base.reference: told}
    graph = stages(evidence.dockerfile, build_args=known.build_args, target=known.target, inherited=inherited)
    found = graph.target.scopes if graph.target else ()
    return found if len(found) == len(evidence.effects) else ()


def in_original(hunk: Hunk, rewritten: Rewritten) -> Hunk:
    """A hunk of the new text with the original's lines, also where its reason tells some."""
    return replace(hunk, line=rewritten.line(hunk.line), reason=_with_lines(hunk.reason, rewritten))


def _with_lines(reason: str, rewritten: Rewritten) -> str:
    """The reason with the original's lines as its ``{line}`` and ``{lines}``."""
    if not isinstance(reason, Said) or not reason.values:
        return reason
    values = dict(reason.values)
    for name, value in values.items():
        if name in ("line", "lines"):
            values[name] = re.sub(r"\d+", lambda number: str(rewritten.line(int(number[0]))), str(value))
        elif isinstance(value, Said):
            values[name] = _with_lines(value, rewritten)
    return Said(reason.template.format(**values), reason.template, values)


def bytes_in_layer(image: Image, effect: Effect, *folders: str) -> int:
    """Bytes of the files that an effect's layer holds below some folders (no leading slash)."""
    if effect.layer is None:
        return 0
    tops = tuple(f"{folder}/" for folder in folders)
    return sum(entry.stored for entry in image.layers[effect.layer].entries if entry.path.startswith(tops))
