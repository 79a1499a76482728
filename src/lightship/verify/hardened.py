"""L7: it runs with less than usual where the original does: another user, a read-only root, no capabilities."""

from __future__ import annotations

from lightship.evidence.observation import HardenedFact, Observation, RunFact
from lightship.messages import joined, said
from lightship.verify.answers import differing_answers, paired
from lightship.verify.config import user_id
from lightship.verify.running import differing_runs, how
from lightship.verify.verdict import Comparison, Difference, not_checked, not_reached, settle

ALL = said("all of them together")
"""The mode in which everything is taken away at once: who bears it bears each."""
ANOTHER = said("another user")
"""The mode in which root is taken away. Whose USER is somebody else has run so all the time."""


def compare_hardened(original: Observation, candidate: Observation) -> Comparison:
    """Runs with less (another user, a read-only root, no capabilities): what the original bears, the candidate must."""
    if not original.hardened:
        return not_reached("the original was not run hardened")
    after = {one.mode: one for one in candidate.hardened}
    together = after.get(ALL)
    bears_all = together is not None and not _trouble(original.runs, together)
    differences: list[Difference] = []
    notes: list[str] = []
    borne: list[str] = []
    for one in original.hardened:
        now = after.get(one.mode) or (together if bears_all else None)
        why_not = _trouble(original.runs, one)
        if why_not:
            better = now is not None and not _trouble(original.runs, now)
            notes.append(
                said(
                    "{mode}: the original does not bear it ({name}: {candidate})",
                    mode=one.mode,
                    name=why_not[0].name,
                    candidate=why_not[0].candidate,
                )
                + (said("; the candidate does") if better else "")
            )
            continue
        borne.append(one.mode)
        trouble = _trouble(original.runs, now) if now is not None else []
        differences += [
            Difference(("hardened", one.mode, *each.path), each.original, each.candidate) for each in trouble
        ]
    is_another = user_id(candidate.facts) not in (None, 0)
    missing = [mode for mode in borne if mode not in after and not bears_all and not (is_another and mode == ANOTHER)]
    if missing:
        return not_checked(said("the candidate was not run as {missing}", missing=joined(", ", missing)))
    if not borne:
        return not_reached("the original bears none of the hardened runs", notes)
    return settle(said("bears: {borne}", borne=joined(", ", borne)), differences, notes=notes)


def bears(plain: tuple[RunFact, ...], hardened: HardenedFact) -> bool:
    """Whether a hardened run did what the plain runs did."""
    return not _trouble(plain, hardened)


def _trouble(plain: tuple[RunFact, ...], hardened: HardenedFact) -> list[Difference]:
    if any(run.ended for run in plain):
        return (
            [] if how(hardened.run) == how(plain[0]) else [Difference(("running",), how(plain[0]), how(hardened.run))]
        )
    differences, _ = differing_runs(plain, hardened.run)
    if not differences:
        differences, *_ = differing_answers(paired(plain, [hardened.run]))
    return differences
