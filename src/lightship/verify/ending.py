"""L5: it starts; a program that ends by itself ends in the same way: exit code and output.

This is how a program that cannot start alone (no database, no credentials) is compared: in how it fails.
"""

from __future__ import annotations

from lightship.evidence.observation import Observation
from lightship.messages import said
from lightship.verify.logs import compare_output
from lightship.verify.running import how
from lightship.verify.verdict import Comparison, Difference, not_checked, not_reached, settle


def compare_ending(original: Observation, candidate: Observation) -> Comparison:
    """Exit code, stdout and stderr; what differs between the original's runs does not count."""
    if not original.runs or not candidate.runs:
        return not_checked("not run")
    old, new = original.runs, candidate.runs[0]
    if any(run.problem for run in old):
        return not_reached(said("the original does not start: {problem}", problem=old[0].problem))
    if not all(run.ended for run in old):
        # Whether it does the same while it runs is for L6 to say; that it starts and stays is seen.
        stays = not any(run.ended for run in (*old, new)) and not new.problem
        return settle("it starts and goes on running") if stays else not_reached("it goes on running; compared at L6")
    if new.problem or not new.ended:
        return settle("", [Difference(("ending",), how(old[0]), how(new))])
    codes = sorted({str(run.exit_code) for run in old})
    if len(codes) > 1:
        return settle("", doubts=[Difference(("ending", "exit code"), " or ".join(codes), str(new.exit_code))])
    differences = []
    doubts = []
    if str(new.exit_code) not in codes:
        differences.append(Difference(("ending", "exit code"), how(old[0]), how(new)))
    for name, before, after in (
        ("stdout", [run.stdout for run in old], new.stdout),
        ("stderr", [run.stderr for run in old], new.stderr),
    ):
        unlike, is_volatile = compare_output(before, after)
        if unlike:
            differences.append(Difference(("ending", name), *unlike))
        elif is_volatile:
            doubts.append(
                Difference(("ending", name), said("another one each time"), said("{count} bytes", count=len(after)))
            )
    alone = "" if original.services else said(", alone: no [verify.services] are configured")
    fails = alone if codes != ["0"] else ""
    return settle(said("it {ends}{fails}", ends=how(old[0]), fails=fails), differences, doubts=doubts)
