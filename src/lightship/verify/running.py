"""L6: it starts, goes on running, listens where it did, as the processes it did, and logs no new errors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lightship.evidence.observation import Observation, RunFact
from lightship.messages import said
from lightship.verify.allowed import allowance
from lightship.verify.config import user_id
from lightship.verify.files import canonical
from lightship.verify.logs import last_line, new_errors
from lightship.verify.paths_in_text import program_words
from lightship.verify.verdict import Allowed, Comparison, Difference, not_checked, not_reached, settle

_SHELLS = ("sh", "bash", "dash", "ash", "busybox")
FIRST_EPHEMERAL_PORT = 32768


def compare_running(original: Observation, candidate: Observation) -> Comparison:
    """The state a while after the start. A program that ends well, and leaves something to compare, has run too."""
    if not original.runs:
        return not_checked("the original was not run")
    if not candidate.runs:
        return not_checked("the candidate was not run")
    states = {run.ended for run in original.runs}
    if len(states) > 1:
        doubt = Difference(("running",), said("runs sometimes, ends sometimes"), how(candidate.runs[0]))
        return settle("", doubts=[doubt])
    if states == {True}:
        return _ended(original, candidate)
    if any(run.problem for run in original.runs):
        return not_reached(said("the original does not start: {problem}", problem=original.runs[0].problem))
    differences, notes = differing_runs(original.runs, candidate.runs[0])
    more, allowed = _user(original, candidate)
    return settle(
        _described(original.runs[0]) + _company(original),
        [*differences, *more, *_written(original, candidate)],
        allowed=allowed,
        notes=[*notes, *_figures(original, candidate)],
    )


def differing_runs(original: Sequence[RunFact], candidate: RunFact) -> tuple[list[Difference], list[str]]:
    """(differences, notes) of one start against the original's starts; the user is not looked at."""
    if candidate.problem or candidate.ended:
        return [Difference(("running",), how(original[0]), how(candidate))], []
    differences = list(_ports(original, candidate))
    stable = set.intersection(*(_commands(run) for run in original))
    now = _commands(candidate)
    differences += [Difference(("processes", words[0]), " ".join(words), "") for words in sorted(stable - now)]
    differences += [Difference(("log", "new error"), "", line) for line in new_errors(original, candidate)]
    ever = set.union(*(_commands(run) for run in original))
    notes: list[str] = [said("a process more: {words}", words=" ".join(words)) for words in sorted(now - ever)]
    return differences, notes


def how(run: RunFact) -> str:
    """How a start went, in words."""
    if run.problem:
        return said("does not start: {problem}", problem=run.problem)
    if not run.ended:
        return "runs"
    line = last_line(run)
    return said("ends with exit code {exit_code}", exit_code=run.exit_code) + (f": {line}" if line else "")


def _ended(original: Observation, candidate: Observation) -> Comparison:
    """A program that ended with 0 and left output or files did its work; how it ended is compared at L5."""
    codes = {run.exit_code for run in original.runs}
    left = any(run.stdout.strip() or run.stderr.strip() or _worth(run) for run in original.runs)
    if codes != {0}:
        return not_reached(said("the original {ends}; compared as such at L5", ends=how(original.runs[0])))
    if not left:
        return not_reached("the original ends at once and leaves nothing to compare")
    return settle("the original runs to its end", _written(original, candidate))


def _ports(original: Sequence[RunFact], candidate: RunFact) -> Iterator[Difference]:
    stable = set.intersection(*(set(run.ports) for run in original))
    ever = set.union(*(set(run.ports) for run in original))
    for port in sorted(stable - set(candidate.ports)):
        yield Difference(("listening", str(port)), said("listens"), "")
    for port in sorted(set(candidate.ports) - ever):
        if port < FIRST_EPHEMERAL_PORT or ever == stable:
            yield Difference(("listening", str(port)), "", said("listens"))


def _commands(run: RunFact) -> set[tuple[str, ...]]:
    """What runs, without shells that only wait for another process and without kernel threads."""
    found = {program_words(process.argv) for process in run.processes if process.argv}
    return {words for words in found if words[0].rpartition("/")[2] not in _SHELLS}


def _user(original: Observation, candidate: Observation) -> tuple[list[Difference], list[Allowed]]:
    before = {process.uid for process in original.runs[0].processes}
    after = {process.uid for process in candidate.runs[0].processes}
    if before == after or not before or not after:
        return [], []
    difference = Difference(("processes", "user"), _uids(before), _uids(after))
    changed = user_id(original.facts) != user_id(candidate.facts)
    if changed and after <= (before - {0}) | {user_id(candidate.facts)}:
        return [], [Allowed(difference, said("follows the changed USER"))]
    return [difference], []


def _written(original: Observation, candidate: Observation) -> list[Difference]:
    """Paths that every run of the original wrote and the candidate did not; a changed USER has another home."""
    stable = set.intersection(*(_worth(run) for run in original.runs))
    gone = sorted(stable - _worth(candidate.runs[0]))
    user = user_id(original.facts)
    if user != user_id(candidate.facts):
        homes = {one.home.strip("/") for one in original.facts.accounts if one.uid == user} - {""}
        gone = [path for path in gone if not any(path.startswith(f"{home}/") for home in homes)]
    return [Difference(("written", path), said("written"), "") for path in gone]


def _worth(run: RunFact) -> set[str]:
    paths = (canonical(path.lstrip("/")) for path in run.written)
    return {path for path in paths if "/.cache/" not in f"/{path}" and not allowance(path, "missing")}


def _figures(original: Observation, candidate: Observation) -> Iterator[str]:
    before, after = original.runs[0], candidate.runs[0]
    if before.peak_rss and after.peak_rss:
        yield said(
            "peak memory (VmHWM) {peak_rss:.1f} MB before, {peak_rss2:.1f} MB now",
            peak_rss=before.peak_rss / 1000000.0,
            peak_rss2=after.peak_rss / 1000000.0,
        )
    if before.seconds_to_listen is not None and after.seconds_to_listen is not None:
        yield said(
            "listens after {seconds_to_listen:.2f} s before, {after_seconds_to_listen:.2f} s now",
            seconds_to_listen=before.seconds_to_listen,
            after_seconds_to_listen=after.seconds_to_listen,
        )


def _described(run: RunFact) -> str:
    ports = ", ".join(str(port) for port in run.ports)
    return (
        said("runs, listens on {ports}", ports=ports)
        if ports
        else said("runs, listens nowhere: its processes, log and files were compared")
    )


def _company(original: Observation) -> str:
    return said(", beside {services}", services=", ".join(original.services)) if original.services else ""


def _uids(uids: set[int]) -> str:
    return ", ".join(f"uid {uid}" for uid in sorted(uids))
