"""Building the candidates and watching them run, from the smallest up, until one is shown to do the same.

A candidate in which lines of the original were rewritten has a plain twin. Where the rewritten one does not build, or
is not the same, the twin takes its place, and what was taken back is said: a rewrite never costs a smaller image.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lightship.errors import BuildError
from lightship.evidence.observation import ImageFacts, Observation
from lightship.messages import said
from lightship.multistage import Candidate
from lightship.optimize.measure import measure
from lightship.optimize.model import LEVEL_NEEDED, Measurement, Trial
from lightship.optimize.proposals import Proposal, Proposals
from lightship.optimize.relevance import without_gone_places
from lightship.optimize.workshop import Built, Workshop
from lightship.probes import ProbePlan, image_facts, observe
from lightship.verify import Allowance, Verdict, compare
from lightship.verify.settings import Settings

_UNSEEN = ("not checked", "not reached by the original")


@dataclass(frozen=True, slots=True)
class Original:
    """The original, built and watched, and how to watch others the same way."""

    built: Built
    measurement: Measurement
    observation: Observation
    plan: ProbePlan
    all_facts: ImageFacts


@dataclass(frozen=True, slots=True)
class Contender:
    """A candidate that was built."""

    proposal: Proposal
    built: Built
    measurement: Measurement


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of every kind of candidate, what was built for it, and which rewrites were taken back and why."""

    trials: tuple[Trial, ...]
    contenders: Mapping[Candidate, Contender]
    remarks: tuple[str, ...]


@dataclass(slots=True)
class _Work:
    """What is known so far. ``innocent`` are objections that a candidate without any rewrite met as well."""

    workshop: Workshop
    original: Original
    proposals: Proposals
    settings: Settings
    contenders: dict[Candidate, Contender] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    innocent: set[str] = field(default_factory=set)

    def give_up(self, above: int, level: int, why: str) -> None:
        """Go on with fewer rewrites, and say why."""
        self.remarks.append(said("left out: {what} ({why})", what=self.proposals.lost(above, level), why=why))
        self.proposals.level = level


def try_all(workshop: Workshop, original: Original, proposals: Proposals, settings: Settings) -> Tried:
    """Build every proposal, and compare until the smallest that does the same is known."""
    work = _Work(workshop, original, proposals, settings)
    built = tuple(_build(work, kind) for kind in range(len(proposals.at(proposals.level))))
    trials = _prove(work, built)
    return Tried(trials, work.contenders, tuple(dict.fromkeys(work.remarks)))


def _build(work: _Work, kind: int) -> Trial:
    """The trial of one kind, built with as many rewrites as build."""
    first = work.proposals.level
    failed = trial = _built(work, work.proposals.at(first)[kind])
    for level in _fewer(first):
        if trial.measurement is not None or trial.candidate.refused:
            break
        trial = _built(work, work.proposals.at(level)[kind])
        if trial.measurement is not None:
            work.give_up(first, level, failed.problem)
    return trial


def _fewer(level: int) -> tuple[int, ...]:
    """With how many rewrites to try again: without the last one, then without any."""
    return tuple(sorted({level - 1, 0}, reverse=True)) if level else ()


def _built(work: _Work, proposal: Proposal) -> Trial:
    candidate, workshop = proposal.candidate, work.workshop
    if candidate.refused:
        return Trial(candidate, problem=candidate.refused)
    workshop.progress.phase(said("building a candidate on {title}", title=candidate.title))
    try:
        built = workshop.build(candidate.text, ignore=proposal.ignore, rewritten=proposal.level > 0)
    except BuildError as error:
        return Trial(candidate, problem=said("it does not build: {why}", why=error.what), detail=str(error))
    base = "scratch" if candidate.kind == "scratch" else candidate.title.split(" ", 1)[0]
    measurement = measure(built.image, candidate.title, base=base, build_seconds=built.seconds)
    work.contenders[candidate] = Contender(proposal, built, measurement)
    return Trial(candidate, measurement)


def _prove(work: _Work, trials: tuple[Trial, ...]) -> tuple[Trial, ...]:
    """Watch the candidates run, from the smallest up, until one is shown to do the same."""
    done = list(trials)
    proven = False
    built = [(kind, one.measurement) for kind, one in enumerate(trials) if one.measurement is not None]
    for kind, measurement in sorted(built, key=lambda one: one[1].size):
        trial = trials[kind]
        if proven:
            done[kind] = replace(trial, problem="not tried: a smaller one is proven")
        elif measurement.size >= work.original.measurement.size:
            done[kind] = replace(trial, problem="not tried: it is not smaller than the original")
        else:
            done[kind] = _judged(work, kind, trial)
            proven = not done[kind].problem
    return tuple(done)


def _judged(work: _Work, kind: int, trial: Trial) -> Trial:
    """The trial with its verdict; of its twins with fewer rewrites the first that is proven, where it is not."""
    first = work.contenders[trial.candidate].proposal.level
    judged = _compared(work, trial)
    if not _may_be_the_rewrite(judged) or not first or judged.problem in work.innocent:
        return judged
    for level in _fewer(first):
        twin = _built(work, work.proposals.at(level)[kind])
        if twin.measurement is None:
            continue
        twin = _compared(work, twin)
        if not twin.problem:
            work.give_up(first, level, judged.problem)
            return twin
        if level == 0:
            work.innocent.update((judged.problem, twin.problem))
            return twin
    return judged


def _may_be_the_rewrite(trial: Trial) -> bool:
    """Whether a twin without rewrites could do better: not where the same was seen, but not far enough."""
    return bool(trial.problem) and trial.verdict is not None and trial.verdict.word != "SAME"


def _compared(work: _Work, trial: Trial) -> Trial:
    workshop, candidate = work.workshop, trial.candidate
    workshop.progress.phase(said("comparing the candidate on {title}", title=candidate.title))
    left = (Allowance(item.pattern, ("missing",), item.reason) for item in candidate.left)
    verdict = _verdict(work, work.contenders[candidate].built, (*work.settings.allowed, *left))
    level = max(LEVEL_NEEDED[candidate.kind], work.settings.require or 0, workshop.options.require)
    return replace(trial, verdict=verdict, problem=_objection(verdict, level))


def _verdict(work: _Work, built: Built, allowed: tuple[Allowance, ...]) -> Verdict:
    """What comes of comparing a candidate; it is not started when its files alone show a difference."""
    workshop, original = work.workshop, work.original
    workshop.compressed(built)  # begins while the engine works; asked for again when the candidate is taken
    held = original.observation.facts
    facts = without_gone_places(
        image_facts(built.image.config, built.image.rootfs(), asked=False), original.all_facts, held
    )
    verdict = compare(Observation("original", held), Observation(built.name, facts), allowed=allowed)
    if verdict.word == "DIFFERENT":
        unseen = said("not looked at: the files alone show a difference")
        return replace(
            verdict,
            levels=tuple(
                replace(one, detail=unseen) if one.level > 4 and one.state in _UNSEEN else one for one in verdict.levels
            ),
        )
    with workshop.engine_at_work():
        seen = observe(workshop.engine, built.name, facts, original.plan)
    return compare(original.observation, seen, allowed=allowed)


def _objection(verdict: Verdict, level: int) -> str:
    if verdict.word == "DIFFERENT":
        first = verdict.differences[0]
        more = said(" (and {count} more)", count=len(verdict.differences) - 1) if len(verdict.differences) > 1 else ""
        return said("it differs: {what}{more}", what=first.name, more=more)
    if verdict.word == "UNKNOWN":
        doubt = verdict.doubts[0].name if verdict.doubts else said("something could not be seen")
        return said("it could not be shown to be the same: {doubt}", doubt=doubt)
    if verdict.level < level:
        why = next((one.detail for one in verdict.levels if one.level == level and one.detail), "")
        only = said(
            "the same up to L{reached} only, and this runtime stage needs L{level}", reached=verdict.level, level=level
        )
        return only + (": " + why) if why else only
    return ""
