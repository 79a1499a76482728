"""The straight line: read, build, observe, explain, split, build, compare."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache

from lightship.dockerfile import Dockerfile, parse
from lightship.engines.protocol import Engine
from lightship.evidence import Evidence, gather
from lightship.evidence.observation import Observation
from lightship.messages import joined, said
from lightship.multistage import Candidate, Needs, needs_of
from lightship.oci import Image, ImageConfig
from lightship.optimize.candidates import candidates
from lightship.optimize.contents import Contents, Opened, contents
from lightship.optimize.ignored import ignore_file_for
from lightship.optimize.measure import measure
from lightship.optimize.model import Measurement, Optimization, Options, Outcome, Progress, Trial
from lightship.optimize.proposals import Proposals
from lightship.optimize.read import already_split, read_dockerfile, stage_to_split
from lightship.optimize.relevance import relevant
from lightship.optimize.rewrites import Known, Rewritten, Step, rewritten
from lightship.optimize.rewrites.non_root import why_not_another
from lightship.optimize.trials import Contender, Original, try_all
from lightship.optimize.workshop import Workshop
from lightship.probes import image_facts, observe, served, with_languages
from lightship.probes.hardened import ANOTHER_USER
from lightship.semantic import Stage, stages
from lightship.semantic.ignore import IgnoreRules, load
from lightship.text import decode
from lightship.verify.settings import Settings

# The original is run twice: what is not stable between two runs of it says nothing about a candidate.
ORIGINAL_RUNS = 2


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
    all_facts = image_facts(built.image.config, built.image.rootfs())

    def explain() -> tuple[Evidence, Needs]:
        evidence = gather(dockerfile, stage, built.image, base)
        return evidence, needs_of(evidence, options.trims)

    explaining = workshop.meanwhile(explain)
    compressed = workshop.compressed(built)
    progress.phase("watching it run")
    with workshop.engine_at_work():
        plan = served(workshop.engine, built.name, all_facts, settings)
    evidence, needs = explaining.result()
    facts = relevant(all_facts, evidence, needs)
    with workshop.engine_at_work():
        plan = with_languages(workshop.engine, built.name, facts, plan)
        observation = observe(workshop.engine, built.name, facts, plan, runs=ORIGINAL_RUNS)
    measurement = measure(built.image, options.dockerfile.name, base=stage.base.reference, build_seconds=built.seconds)
    original = Original(built, measurement, observation, plan, all_facts)
    ignore = load(options.context, options.dockerfile)
    steps = _rewrites(workshop, evidence, needs, observation, ignore)
    proposals = _proposals(workshop, evidence, needs, steps, ignore)
    tried = try_all(workshop, original, proposals, settings)
    trials = tuple(_with_compressed(workshop, trial, tried.contenders) for trial in tried.trials)
    found = _conclude(workshop, dockerfile, replace(measurement, compressed=compressed.result()), trials)
    remarks = (
        *(said("left out: {what} ({why})", what=step.title, why=step.idle) for step in steps if step.idle),
        *tried.remarks,
    )
    chosen = found.chosen
    if chosen is not None:
        proposal = tried.contenders[chosen.candidate].proposal
        found = replace(found, ignore_file=ignore_file_for(options, ignore, proposal.ignore))
        remarks += _advice(chosen, observation)
    found = replace(found, remarks=remarks)
    if not options.look_inside:
        return found
    progress.phase("looking inside both images")
    opened = Opened(built.image, dockerfile.text, base, options.build_args, options.target)
    return replace(found, contents=_contents(workshop, opened, found.chosen, tried.contenders))


def _rewrites(
    workshop: Workshop, evidence: Evidence, needs: Needs, observation: Observation, ignore: IgnoreRules
) -> tuple[Step, ...]:
    options = workshop.options
    capabilities = workshop.engine.info().capabilities if "cache_mounts" in options.rewrites else None
    known = Known(
        options.context,
        observation,
        options.build_args,
        options.target,
        programs=needs.uses.programs,
        reached=needs.reached,
        cache_mounts=capabilities is not None and capabilities.cache_mounts,
        ignore=ignore,
    )
    return tuple(rewritten(Rewritten(evidence), options.rewrites, known))


def _proposals(
    workshop: Workshop, evidence: Evidence, needs: Needs, steps: Sequence[Step], ignore: IgnoreRules
) -> Proposals:
    # An image that one set of candidates looked at is looked at by the next.
    find: Callable[[str], Image | None] = cache(workshop.find)

    def make(changed: Evidence) -> tuple[Candidate, ...]:
        return candidates(changed, needs, workshop.options.runtime, find)

    text = decode(ignore.path.read_bytes()) if ignore.path else ""
    return Proposals(Rewritten(evidence), steps, make, text)


def _advice(chosen: Trial, observation: Observation) -> tuple[str, ...]:
    """What could be done besides, with the evidence for it."""
    is_root = chosen.measurement is not None and chosen.measurement.user in ("root", "0")
    if not is_root or why_not_another(observation):
        return ()
    return (
        said(
            "the program needs no root: as {user} it did the same (--non-root makes that its USER)", user=ANOTHER_USER
        ),
    )


def _contents(
    workshop: Workshop, original: Opened, chosen: Trial | None, contenders: Mapping[Candidate, Contender]
) -> Contents:
    if chosen is None:
        return contents(original, None)
    image = contenders[chosen.candidate].built.image
    text = chosen.candidate.text
    stage = stages(parse(text), build_args=original.build_args, target=original.target).target
    on_image = stage is not None and stage.base.kind == "image"
    base = workshop.config(stage.base.reference) if stage and on_image else ImageConfig()
    return contents(original, replace(original, image=image, text=text, base=base))


def _with_compressed(workshop: Workshop, trial: Trial, contenders: Mapping[Candidate, Contender]) -> Trial:
    """The trial with its compressed size, when it is one that may be taken."""
    if trial.measurement is None or trial.verdict is None or trial.problem:
        return trial
    size = workshop.compressed(contenders[trial.candidate].built).result()
    return replace(trial, measurement=replace(trial.measurement, compressed=size))


def _refused(trials: Sequence[Trial], size: int) -> str:
    """The candidates smaller than ``size`` that were not believed: they are what there may be to gain after all."""
    smaller = [one for one in trials if one.measurement and one.verdict and one.problem and one.measurement.size < size]
    return joined("", (said("; on {title} {why}", title=one.candidate.title, why=one.problem) for one in smaller))


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
            why = said(
                "the best proven candidate saves {saved:.1f} %, less than the threshold of {threshold:g} %{others}",
                saved=saved,
                threshold=workshop.options.threshold,
                others=_refused(trials, best.measurement.size),
            )
            return result("nothing to gain", why, None)
        return result("improved", said("{saved:.1f} % smaller, {verdict}", saved=saved, verdict=best.verdict), best)
    smaller = [trial for trial in trials if trial.measurement and trial.measurement.size < original.size]
    if not smaller and any(trial.measurement for trial in trials):
        return result("nothing to gain", "no candidate is smaller than the original", None)
    refused = [one.candidate.title + ": " + one.candidate.refused for one in trials if one.candidate.refused]
    if len(refused) == len(trials):
        return result("not proven", said("there is no candidate to try ({why})", why=joined("; ", refused)), None)
    return result("not proven", "no candidate could be shown to do the same", None)
