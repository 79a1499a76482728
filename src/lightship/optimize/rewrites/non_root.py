"""USER: the program runs without the rights of root, because it was seen to do the same without them."""

from __future__ import annotations

from lightship.dockerfile import Comment
from lightship.messages import said
from lightship.multistage import Hunk
from lightship.optimize.rewrites.model import Known, Rewritten, changed
from lightship.probes.hardened import ANOTHER_USER, runs_as_another
from lightship.text import Edit, Span, apply
from lightship.verify.config import user_id

NAME = said("another user than root")
_COMMENT = "# The program was seen to do the same as this user, who is nobody in particular."
_SAYS = frozenset(("cmd", "entrypoint", "healthcheck", "expose", "stopsignal", "label", "env", "shell", "maintainer"))


def idle(known: Known) -> str:
    """Why there is nothing to do."""
    if user_id(known.observation.facts) != 0:
        return said("it has a USER already")
    if known.observation.facts.writes:
        return said(
            "{path} writes files, which another user may not, and no request was seen to make it do so",
            path=known.observation.facts.writes,
        )
    return said("the original was not seen to do the same as one")


def rewrite(before: Rewritten, known: Known) -> Rewritten | None:
    """A USER at the end of the stage; None when it has another one than root, was not seen to run as one, or writes."""
    if not runs_as_another(known.observation) or known.observation.facts.writes:
        return None
    evidence = before.evidence
    text, effects, items = evidence.dockerfile.text, evidence.effects, evidence.dockerfile.items
    index = len(effects)
    # Above the lines that say how the container starts, where people look for it.
    while index and effects[index - 1].instruction.keyword in _SAYS:
        index -= 1
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = f"{_COMMENT}{newline}USER {ANOTHER_USER}{newline}"
    if index == len(effects):
        at = evidence.stage.span.end if not effects else effects[-1].instruction.span.end
        lines = ("" if text[:at].endswith("\n") else newline) + lines
    else:
        place = next(number for number, item in enumerate(items) if item is effects[index].instruction)
        while isinstance(items[place - 1], Comment):
            place -= 1
        at = items[place].span.start
    kept = [(number,) for number in range(len(effects))]
    line = effects[min(index, len(effects) - 1)].instruction.line if effects else evidence.stage.from_instruction.line
    order: list[tuple[int, ...] | int] = [*kept[:index], -1 - min(index, len(effects) - 1), *kept[index:]]
    reason = said(
        "{name}: as {another_user} it started, listened and answered the same", name=NAME, another_user=ANOTHER_USER
    )
    return changed(before, apply(text, [Edit(Span(at, at), lines)]), order, Hunk(line, reason), known)
