"""Fixes applied to a text, round after round on re-read text, until nothing is left to do."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lightship.rules.model import Fix, Subject
from lightship.rules.run import Reported
from lightship.text import Edit, Lines, Span, apply

MAX_ROUNDS = 500
"""Every round makes at least one edit; a file with more rounds of overlapping fixes is left as it is then."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A fix that was made: the rule, what was done, and the line it was on when it was made."""

    rule: str
    title: str
    line: int


@dataclass(frozen=True, slots=True)
class Fixed:
    """A text after its fixes, how it was read last, and what is still found in it."""

    text: str
    subject: Subject
    findings: tuple[Reported, ...]
    applied: tuple[Applied, ...]


def fixed(
    text: str,
    read: Callable[[str], Subject],
    find: Callable[[Subject], tuple[Reported, ...]],
    *,
    unsafe: bool = False,
) -> Fixed:
    """``text`` with its safe fixes made, or all of them with ``unsafe``.

    A fix after which BuildKit would refuse more than before is not made. Overlapping fixes are made in later rounds.
    """
    subject = read(text)
    found = find(subject)
    applied: list[Applied] = []
    seen = {text}
    for _ in range(MAX_ROUNDS):
        made, after = _round(subject, found, read, unsafe=unsafe)
        if after is None or after.text in seen:
            break
        seen.add(after.text)
        applied += made
        subject, found = after, find(after)
    return Fixed(subject.text, subject, found, tuple(applied))


def _round(
    subject: Subject, found: Sequence[Reported], read: Callable[[str], Subject], *, unsafe: bool
) -> tuple[list[Applied], Subject | None]:
    """The fixes that can be made at once, and the subject after them; None when there are none."""
    choices = [(one, fix) for one in found if (fix := _choice(one, unsafe=unsafe)) is not None]
    together = _apart(choices)
    after = _made(subject, [edit for _, fix in together for edit in fix.edits], read)
    if after is None:
        # One of them breaks the file: take the first that does not, alone.
        for one, fix in choices:
            after = _made(subject, list(fix.edits), read)
            if after is not None:
                together = [(one, fix)]
                break
    if after is None:
        return [], None
    lines = Lines(subject.text)
    return [
        Applied(one.rule.name, fix.title, lines.position(one.finding.span.start)[0]) for one, fix in together
    ], after


def _choice(reported: Reported, *, unsafe: bool) -> Fix | None:
    return next((fix for fix in reported.finding.fixes if fix.safe or unsafe), None)


def _apart(choices: Sequence[tuple[Reported, Fix]]) -> list[tuple[Reported, Fix]]:
    """The fixes, in order, that touch nothing which an earlier one touches."""
    taken: list[Span] = []
    found: list[tuple[Reported, Fix]] = []
    for one, fix in choices:
        if any(_touches(edit.span, taken) for edit in fix.edits):
            continue
        for edit in fix.edits:
            insort(taken, edit.span)
        found.append((one, fix))
    return found


def _touches(span: Span, taken: list[Span]) -> bool:
    """Whether a span meets one of ``taken``, which are sorted and apart; two insertions at one place do meet.

    The edits of one fix may touch each other, so that more than the nearest two are looked at.
    """
    at = bisect_left(taken, span)
    return any(one.start <= span.end and span.start <= one.end for one in taken[max(at - 2, 0) : at + 2])


def _made(subject: Subject, edits: list[Edit], read: Callable[[str], Subject]) -> Subject | None:
    """The subject after the edits, None when nothing changes or the file reads worse than before."""
    try:
        text = apply(subject.text, edits)
    except ValueError:
        return None
    if text == subject.text:
        return None
    after = read(text)
    return after if _errors(after) <= _errors(subject) else None


def _errors(subject: Subject) -> int:
    return len(subject.dockerfile.errors) + len(subject.graph.problems)
