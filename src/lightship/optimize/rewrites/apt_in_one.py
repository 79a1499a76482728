"""``apt-get update`` and the install below it in one RUN: the lists of a layer of its own grow old in the cache."""

from __future__ import annotations

from lightship.messages import said
from lightship.multistage import Hunk
from lightship.optimize.rewrites.model import Known, Rewritten, bytes_in_layer, changed
from lightship.rules import apt_update_alone, findings, subject_of
from lightship.text import apply

NAME = said("apt-get update with its install")
_MOST = 8


def idle(known: Known) -> str:
    """Why there is nothing to do."""
    return said("no RUN only fetches package lists")


def rewrite(before: Rewritten, known: Known) -> Rewritten | None:
    """The RUNs joined as ``lightship check --fix`` joins them; None when there are none."""
    found = before
    for _ in range(_MOST):
        further = _joined(found, known)
        if further is None:
            break
        found = further
    return found if found is not before else None


def _joined(before: Rewritten, known: Known) -> Rewritten | None:
    evidence = before.evidence
    text = evidence.dockerfile.text
    subject = subject_of(text, target=known.target)
    for reported in findings(subject, (apt_update_alone.RULE,)):
        finding = reported.finding
        fix = next((one for one in finding.fixes if one.safe), None)
        index = next(
            (at for at, one in enumerate(evidence.effects) if one.instruction.arguments_span == finding.span), -1
        )
        if fix is None or index < 0:
            continue
        kept = [(at,) for at in range(len(evidence.effects))]
        order = [*kept[:index], (index, index + 1), *kept[index + 2 :]]
        size = bytes_in_layer(evidence.image, evidence.effects[index], "var/lib/apt/lists") / 1e6
        reason = said(
            "{name}: its lists ({size:.1f} MB) were a layer of their own, from which later installs got old ones",
            name=NAME,
            size=size,
        )
        line = evidence.effects[index].instruction.line
        made = changed(before, apply(text, fix.edits), order, Hunk(line, reason), known)
        if made is not None:
            return made
    return None
