"""USER: the program runs without the rights of root, because it was seen to do the same without them."""

from __future__ import annotations

from lightship.dockerfile import Comment
from lightship.evidence.observation import Observation
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
    return why_not_another(known.observation) or said("the original was not seen to do the same as one")


def why_not_another(seen: Observation) -> str:
    """Why it is not shown that another user would do, or "".

    What was asked of the program has to be what it is for. A page that needs no rights says nothing of an upload.
    """
    facts = seen.facts
    if user_id(facts) != 0:
        return said("it has a USER already")
    if not runs_as_another(seen):
        return said("the original was not seen to do the same as one")
    if facts.writes:
        return said(
            "{path} writes files, which another user may not, and no request was seen to make it do so",
            path=facts.writes,
        )
    called = next((one for one in facts.mentions if one.command and not one.where.startswith("image config")), None)
    if called is not None:
        return said(
            "{path} calls {program}, which may want a user with a name, and was not seen to",
            path=called.where,
            program=called.program,
        )
    answers = [answer for run in seen.runs for one in run.exchanges for answer in one.answers]
    if any(run.ports for run in seen.runs) and not any(200 <= (one.status or 0) < 400 for one in answers):
        return said("no request was answered with 2xx or 3xx")
    return ""


def rewrite(before: Rewritten, known: Known) -> Rewritten | None:
    """A USER at the end of the stage; None when it has another one than root, or it is not shown that it would do."""
    if why_not_another(known.observation):
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
