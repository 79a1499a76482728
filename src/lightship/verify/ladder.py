"""The ladder L0 to L8: every comparator, and the one verdict over all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from lightship.evidence.observation import Observation
from lightship.messages import joined, message, said
from lightship.verify.allowed import Allowance, Allowances, allowance_of_difference
from lightship.verify.answers import compare_answers
from lightship.verify.commands import compare_commands, compare_user_probes
from lightship.verify.config import compare_config
from lightship.verify.ending import compare_ending
from lightship.verify.files import compare_files
from lightship.verify.hardened import compare_hardened
from lightship.verify.health import compare_health
from lightship.verify.imports import compare_imports
from lightship.verify.libraries import compare_libraries, compare_programs, compare_scripts
from lightship.verify.packages import compare_os_packages, compare_packages
from lightship.verify.running import compare_running
from lightship.verify.stopping import compare_stopping
from lightship.verify.surroundings import compare_accounts, compare_surroundings
from lightship.verify.verdict import (
    LEVELS,
    Allowed,
    Comparison,
    Difference,
    LevelResult,
    State,
    Verdict,
    Word,
    settle,
)

Compare = Callable[[Observation, Observation, Allowances], Comparison]


@dataclass(frozen=True, slots=True)
class Comparator:
    """One comparison of the ladder."""

    name: str
    level: int
    compare: Compare
    essential: bool = False
    """When the original does not reach this, it does not reach the level, whatever else of the level it reaches."""


def _plain(compare: Callable[[Observation, Observation], Comparison]) -> Compare:
    return lambda original, candidate, _: compare(original, candidate)


def _built(original: Observation, candidate: Observation) -> Comparison:
    if not candidate.built:
        return settle("", [Difference(("build",), said("builds"), said("does not build"))])
    return settle("both images are there")


COMPARATORS: tuple[Comparator, ...] = (
    Comparator("parses", 0, _plain(lambda original, candidate: settle("given as an image, or read by an engine"))),
    Comparator("builds", 1, _plain(_built)),
    Comparator("image config", 2, _plain(compare_config)),
    Comparator("packages", 3, _plain(compare_packages)),
    Comparator("OS packages", 3, _plain(compare_os_packages)),
    Comparator("files", 3, compare_files),
    Comparator("libraries", 4, _plain(compare_libraries)),
    Comparator("console scripts", 4, _plain(compare_scripts)),
    Comparator("programs", 4, _plain(compare_programs)),
    Comparator("surroundings", 4, _plain(compare_surroundings)),
    Comparator("users", 4, _plain(compare_accounts)),
    Comparator("imports", 5, _plain(compare_imports)),
    Comparator("commands", 5, _plain(compare_commands)),
    Comparator("ending", 5, _plain(compare_ending)),
    Comparator("running", 6, _plain(compare_running), essential=True),
    Comparator("answers", 6, _plain(compare_answers), essential=True),
    Comparator("health", 7, _plain(compare_health)),
    Comparator("stopping", 7, _plain(compare_stopping)),
    Comparator("hardened", 7, _plain(compare_hardened)),
    Comparator("user's probes", 8, _plain(compare_user_probes)),
)
"""Every comparator, in the order of the ladder."""


def compare(original: Observation, candidate: Observation, *, allowed: tuple[Allowance, ...] = ()) -> Verdict:
    """Whether the candidate does what the original does, on every level that the original itself reaches.

    ``allowed`` adds to what may differ; a pattern is matched against a file's path, or against a difference's
    path joined with "/" (``image config/ENV/FOO``).
    """
    own = Allowances(allowed)
    results = [(one, _let_through(one.compare(original, candidate, own), own)) for one in COMPARATORS]
    levels = tuple(
        _level(number, [(one, result) for one, result in results if one.level == number])
        for number in range(len(LEVELS))
    )
    levels = _dependent(levels)
    return Verdict(
        _word(levels),
        _reached(levels),
        levels,
        tuple(difference for level in levels for difference in level.differences),
        tuple(doubt for level in levels for doubt in level.doubts),
        tuple(one for _, result in results for one in result.allowed),
        (
            *dict.fromkeys(note for _, result in results for note in result.notes),
            *_limits(original, candidate),
        ),
    )


def _level(number: int, results: list[tuple[Comparator, Comparison]]) -> LevelResult:
    states = {result.state for _, result in results}
    detail = joined("; ", (message(result.detail) for _, result in results if result.detail))
    return LevelResult(
        number,
        _joined(states, [result for one, result in results if one.essential]),
        detail,
        tuple(difference for _, result in results for difference in result.differences),
        tuple(doubt for _, result in results for doubt in result.doubts),
    )


def _joined(states: set[State], essential: Iterable[Comparison]) -> State:
    missing: tuple[State, ...] = ("not reached by the original", "not checked")
    for state in ("different", "unknown"):
        if state in states:
            return state
    for result in essential:
        if result.state in missing:
            return result.state
    if "not checked" in states:
        return "not checked"
    return "same" if "same" in states else "not reached by the original"


def _dependent(levels: tuple[LevelResult, ...]) -> tuple[LevelResult, ...]:
    """L7 says nothing more than L6 about a program that was not seen running."""
    running = levels[6].state
    if running == "same" or levels[7].state in ("different", "unknown"):
        return levels
    return (
        *levels[:7],
        replace(levels[7], state=running if running.startswith("not") else "not checked"),
        *levels[8:],
    )


def _word(levels: tuple[LevelResult, ...]) -> Word:
    states = {level.state for level in levels}
    if "different" in states:
        return "DIFFERENT"
    return "UNKNOWN" if "unknown" in states or _reached(levels) < 2 else "SAME"


def _reached(levels: tuple[LevelResult, ...]) -> int:
    """The last level that is the same with none below it that differs, is unknown or was not looked at."""
    reached = -1
    for level in levels:
        if level.state in ("different", "unknown"):
            break
        if level.state == "not checked" and level.level < 6:
            break
        if level.state == "same":
            reached = level.level
    return reached


def _let_through(result: Comparison, allowed: Allowances) -> Comparison:
    """The comparison without the differences and doubts that the caller allows."""
    if not (result.differences or result.doubts):
        return result
    kept, through = _sorted(result.differences, allowed)
    doubts, also = _sorted(result.doubts, allowed)
    if not through and not also:
        return result
    return settle(result.detail, kept, doubts=doubts, allowed=(*result.allowed, *through, *also), notes=result.notes)


def _sorted(found: tuple[Difference, ...], allowed: Allowances) -> tuple[list[Difference], list[Allowed]]:
    kept, through = [], []
    for one in found:
        why = allowance_of_difference("/".join(one.path), allowed)
        if why:
            through.append(Allowed(one, why))
        else:
            kept.append(one)
    return kept, through


def _limits(original: Observation, candidate: Observation) -> Iterable[str]:
    for who, one in ((said("original"), original), (said("candidate"), candidate)):
        yield from (who + ": " + message(text) for text in (*one.limits, *one.facts.unread))
