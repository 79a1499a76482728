"""L7: the stop signal ends it, in time and with the same exit code."""

from __future__ import annotations

from lightship.evidence.observation import Observation
from lightship.messages import joined, said
from lightship.verify.config import exec_form
from lightship.verify.verdict import Allowed, Comparison, Difference, not_checked, not_reached, settle


def compare_stopping(original: Observation, candidate: Observation) -> Comparison:
    """The stop signal, the time until it ended, and the exit code it ended with."""
    old = [run.stop for run in original.runs if run.stop is not None]
    new = next((run.stop for run in candidate.runs if run.stop is not None), None)
    if not old:
        return not_reached("the original does not run, so it is not stopped")
    if new is None:
        return not_checked("the candidate was not stopped")
    if len({(one.killed, one.exit_code) for one in old}) > 1:
        ways = joined(said(" or "), sorted({_stopped(one.killed, one.exit_code) for one in old}))
        return settle("", doubts=[Difference(("stop",), ways, _stopped(new.killed, new.exit_code))])
    first = old[0]
    notes = [
        said("stopped in {seconds:.1f} s before, {new_seconds:.1f} s now", seconds=one.seconds, new_seconds=new.seconds)
        for one in old[:1]
        if not one.killed and not new.killed
    ]
    if (first.killed, first.exit_code) == (new.killed, new.exit_code):
        return settle(_stopped(first.killed, first.exit_code), notes=notes)
    difference = Difference(("stop",), _stopped(first.killed, first.exit_code), _stopped(new.killed, new.exit_code))
    if not new.killed and (first.killed or _shell_gone(original, candidate)):
        return settle(
            "",
            allowed=[Allowed(difference, said("the program gets the stop signal itself now, and heeds it"))],
            notes=notes,
        )
    return settle("", [difference], notes=notes)


def _shell_gone(original: Observation, candidate: Observation) -> bool:
    """The original starts through a shell (which keeps signals to itself), the candidate does not."""
    before = (*(original.facts.config.entrypoint or ()), *(original.facts.config.cmd or ()))
    after = (*(candidate.facts.config.entrypoint or ()), *(candidate.facts.config.cmd or ()))
    return before != after and exec_form(before) == after


def _stopped(killed: bool, exit_code: int | None) -> str:
    return (
        said("ignores the stop signal until it is killed")
        if killed
        else said("stops with exit code {exit_code}", exit_code=exit_code)
    )
