"""The straight line: read, build, observe, explain, split, build, compare."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lightship.dockerfile import Dockerfile, parse
from lightship.engines.protocol import Engine
from lightship.errors import BuildError
from lightship.evidence import gather
from lightship.evidence.observation import ImageFacts, Observation
from lightship.multistage import Candidate, needs_of
from lightship.oci import ImageConfig
from lightship.optimize.candidates import candidates
from lightship.optimize.contents import Contents, Opened, contents
from lightship.optimize.measure import measure
from lightship.optimize.model import LEVEL_NEEDED, Measurement, Optimization, Options, Outcome, Progress, Trial
from lightship.optimize.read import already_split, read_dockerfile, stage_to_split
from lightship.optimize.relevance import relevant, without_gone_places
from lightship.optimize.workshop import Built, Workshop
from lightship.probes import ProbePlan, image_facts, observe, plan_from_original
from lightship.semantic import Stage, stages
from lightship.verify import Allowance, Verdict, compare
from lightship.verify.settings import Settings

# The original is run twice: what is not stable between two runs of it says nothing about a candidate.
ORIGINAL_RUNS = 2


@dataclass(frozen=True, slots=True)
class _Original:
    """The original, built and watched, and how to watch others the same way."""

    built: Built
    measurement: Measurement
    observation: Observation
    plan: ProbePlan
    all_facts: ImageFacts


@dataclass(frozen=True, slots=True)
class _Contender:
    """A candidate that was built."""

    built: Built
    measurement: Measurement


def optimize(engine: Engine, options: Options, settings: Settings, progress: Progress) -> Optimization:
    """The smallest multi-stage Dockerfile that was built and behaved the same, or why there is none.

    Nothing of the user's is written. Raises InputError for an unusable Dockerfile, BuildError when the original does
    not build, EngineError when the engine fails, UnknownError when the built image cannot be understood.
    """
    start = time.monotonic()
    dockerfile = read_dockerfile(options.dockerfile)
    graph = stages(dockerfile, build_args=options.build_args, target=options.target)
    stage = stage_to_split(graph, options.dockerfile)
    already = already_split(graph, stage)
    if already:
        return Optimization("nothing to gain", already, None, (), None, dockerfile.text, dockerfile.text, engine.name)
    with Workshop(engine, options, progress) as workshop:
        found = _optimize(workshop, dockerfile, stage, settings)
        if workshop.rebuilt and any(trial.verdict and trial.verdict.word == "DIFFERENT" for trial in found.trials):
            # Two runs of one instruction seldom give the same bytes. What was built last is in the cache now.
            progress.note("the engine ran instructions of the original again for a candidate; comparing once more")
            found = _optimize(workshop, dockerfile, stage, settings)
    return replace(found, seconds=time.monotonic() - start, engine_seconds=workshop.engine_seconds)


def _optimize(workshop: Workshop, dockerfile: Dockerfile, stage: Stage, settings: Settings) -> Optimization:
    options, progress = workshop.options, workshop.progress
    progress.phase("building the original")
    built = workshop.build(dockerfile.text)
    base = workshop.config(stage.base.reference)
    progress.phase("reading its layers")
    evidence = gather(dockerfile, stage, built.image, base)
    needs = needs_of(evidence, options.trims)
    name = options.dockerfile.name
    measurement = measure(built.image, name, base=stage.base.reference, build_seconds=built.seconds)
    compressed = workshop.compressed(built)
    progress.phase("watching it run")
    all_facts = image_facts(built.image.config, built.image.rootfs())
    facts = relevant(all_facts, evidence, needs)
    with workshop.engine_at_work():
        plan = plan_from_original(workshop.engine, built.name, facts, settings)
        observation = observe(workshop.engine, built.name, facts, plan, runs=ORIGINAL_RUNS)
    original = _Original(built, measurement, observation, plan, all_facts)
    proposed = candidates(evidence, needs, options.runtime, workshop.find)
    built_trials, contenders = _build_all(workshop, proposed)
    trials = _prove(workshop, original, built_trials, contenders, settings)
    trials = tuple(_with_compressed(workshop, trial, contenders) for trial in trials)
    found = _conclude(workshop, dockerfile, replace(measurement, compressed=compressed.result()), trials)
    if not options.look_inside:
        return found
    progress.phase("looking inside both images")
    opened = Opened(built.image, dockerfile.text, base, options.build_args, options.target)
    return replace(found, contents=_contents(workshop, opened, found.chosen, contenders))


def _contents(
    workshop: Workshop, original: Opened, chosen: Trial | None, contenders: dict[Candidate, _Contender]
) -> Contents:
    if chosen is None:
        return contents(original, None)
    image = contenders[chosen.candidate].built.image
    text = chosen.candidate.text
    stage = stages(parse(text), build_args=original.build_args, target=original.target).target
    on_image = stage is not None and stage.base.kind == "image"
    base = workshop.config(stage.base.reference) if stage and on_image else ImageConfig()
    return contents(original, replace(original, image=image, text=text, base=base))


def _with_compressed(workshop: Workshop, trial: Trial, contenders: dict[Candidate, _Contender]) -> Trial:
    """The trial with its compressed size, when it is one that may be taken."""
    if trial.measurement is None or trial.verdict is None or trial.problem:
        return trial
    size = workshop.compressed(contenders[trial.candidate].built).result()
    return replace(trial, measurement=replace(trial.measurement, compressed=size))


def _build_all(workshop: Workshop, proposed: Sequence[Candidate]) -> tuple[list[Trial], dict[Candidate, _Contender]]:
    trials: list[Trial] = []
    contenders: dict[Candidate, _Contender] = {}
    for candidate in proposed:
        if candidate.refused:
            trials.append(Trial(candidate, problem=candidate.refused))
            continue
        workshop.progress.phase(f"building a candidate on {candidate.title}")
        try:
            built = workshop.build(candidate.text)
        except BuildError as error:
            trials.append(Trial(candidate, problem=f"it does not build: {error.what}", detail=str(error)))
            continue
        base = "scratch" if candidate.kind == "scratch" else candidate.title.split(" ", 1)[0]
        measurement = measure(built.image, candidate.title, base=base, build_seconds=built.seconds)
        contenders[candidate] = _Contender(built, measurement)
        trials.append(Trial(candidate, measurement))
    return trials, contenders


def _prove(
    workshop: Workshop,
    original: _Original,
    trials: Sequence[Trial],
    contenders: dict[Candidate, _Contender],
    settings: Settings,
) -> tuple[Trial, ...]:
    """Watch the candidates run, from the smallest up, until one is shown to do the same."""
    done: dict[Candidate, Trial] = {}
    proven = False
    for trial in sorted(trials, key=lambda trial: trial.measurement.size if trial.measurement else 0):
        contender = contenders.get(trial.candidate)
        if contender is None:
            continue
        if proven:
            done[trial.candidate] = replace(trial, problem="not tried: a smaller one is proven")
            continue
        if contender.measurement.size >= original.measurement.size:
            done[trial.candidate] = replace(trial, problem="not tried: it is not smaller than the original")
            continue
        workshop.progress.phase(f"comparing the candidate on {trial.candidate.title}")
        left = (Allowance(item.pattern, ("missing",), item.reason) for item in trial.candidate.left)
        verdict = _verdict(workshop, original, contender, (*settings.allowed, *left))
        level = max(LEVEL_NEEDED[trial.candidate.kind], settings.require or 0, workshop.options.require)
        problem = _objection(verdict, level)
        done[trial.candidate] = replace(trial, verdict=verdict, problem=problem)
        proven = not problem
    return tuple(done.get(trial.candidate, trial) for trial in trials)


def _verdict(workshop: Workshop, original: _Original, contender: _Contender, allowed: tuple[Allowance, ...]) -> Verdict:
    """What comes of comparing a candidate; it is not started when its files alone show a difference."""
    built = contender.built
    workshop.compressed(built)  # begins while the engine works; asked for again when the candidate is taken
    held = original.observation.facts
    facts = without_gone_places(image_facts(built.image.config, built.image.rootfs()), original.all_facts, held)
    verdict = compare(Observation("original", held), Observation(built.name, facts), allowed=allowed)
    if verdict.word == "DIFFERENT":
        return verdict
    with workshop.engine_at_work():
        seen = observe(workshop.engine, built.name, facts, original.plan)
    return compare(original.observation, seen, allowed=allowed)


def _objection(verdict: Verdict, level: int) -> str:
    if verdict.word == "DIFFERENT":
        first = verdict.differences[0]
        more = f" (and {len(verdict.differences) - 1} more)" if len(verdict.differences) > 1 else ""
        return f"it differs: {first.name}{more}"
    if verdict.word == "UNKNOWN":
        doubt = verdict.doubts[0].name if verdict.doubts else "something could not be seen"
        return f"it could not be shown to be the same: {doubt}"
    if verdict.level < level:
        why = next((one.detail for one in verdict.levels if one.level == level and one.detail), "")
        return f"the same up to L{verdict.level} only, and this runtime stage needs L{level}" + (why and f": {why}")
    return ""


def _refused(trials: Sequence[Trial], size: int) -> str:
    """The candidates smaller than ``size`` that were not believed: they are what there may be to gain after all."""
    smaller = [one for one in trials if one.measurement and one.verdict and one.problem and one.measurement.size < size]
    return "".join(f"; on {one.candidate.title} {one.problem}" for one in smaller)


def _conclude(
    workshop: Workshop, dockerfile: Dockerfile, original: Measurement, trials: Sequence[Trial]
) -> Optimization:
    def result(outcome: Outcome, reason: str, chosen: Trial | None) -> Optimization:
        text = chosen.candidate.text if chosen else dockerfile.text
        return Optimization(
            outcome, reason, original, tuple(trials), chosen, dockerfile.text, text, workshop.engine.name
        )

    proven = [trial for trial in trials if trial.verdict and not trial.problem]
    if proven:
        best = min(proven, key=lambda trial: trial.measurement.size if trial.measurement else 0)
        assert best.measurement is not None
        saved = (original.size - best.measurement.size) * 100 / max(original.size, 1)
        if saved < workshop.options.threshold:
            why = f"the best proven candidate saves {saved:.1f} %, less than the threshold of "
            why += f"{workshop.options.threshold:g} %{_refused(trials, best.measurement.size)}"
            return result("nothing to gain", why, None)
        return result("improved", f"{saved:.1f} % smaller, {best.verdict}", best)
    smaller = [trial for trial in trials if trial.measurement and trial.measurement.size < original.size]
    if not smaller and any(trial.measurement for trial in trials):
        return result("nothing to gain", "no candidate is smaller than the original", None)
    refused = [f"{one.candidate.title}: {one.candidate.refused}" for one in trials if one.candidate.refused]
    if len(refused) == len(trials):
        return result("not proven", f"there is no candidate to try ({'; '.join(refused)})", None)
    return result("not proven", "no candidate could be shown to do the same", None)
