"""One image, looked at as the plan says."""

from __future__ import annotations

from lightship.engines.protocol import Engine, RunSpec
from lightship.evidence.observation import CommandAnswer, ImageFacts, ImportAnswer, Observation
from lightship.probes.command import run_command, run_commands
from lightship.probes.hardened import hardened_runs
from lightship.probes.inside import ask_node, ask_python
from lightship.probes.plan import ProbePlan
from lightship.probes.process import watch


def observe(engine: Engine, image: str, facts: ImageFacts, plan: ProbePlan, *, runs: int = 1) -> Observation:
    """What the image does. The original is to be observed with ``runs=2`` at least: what differs is not stable.

    Raises EngineError when the engine fails; whatever the image does wrong is part of the answer.
    """
    spec = RunSpec(env=plan.environment, pids_limit=plan.limits.processes)
    seen = tuple(
        watch(
            engine, image, spec, plan,
            healthcheck=facts.config.healthcheck, shell=facts.config.shell or (), stop=True,
        )
        for _ in range(runs)
    )  # fmt: skip
    imports: tuple[ImportAnswer, ...] = ()
    commands: list[tuple[CommandAnswer, ...]] = []
    for index in range(runs):
        found, answers = _inside(engine, image, facts, plan, spec, imports=index == 0)
        imports += found
        commands.append(answers)
    hardened = (
        hardened_runs(engine, image, facts, plan, spec=spec, plain=seen) if plan.hardened and _is_up(seen) else ()
    )
    asked = [run_commands(engine, image, plan.user_commands, plan) for _ in range(runs)]
    return Observation(
        image=image,
        facts=facts,
        runs=seen,
        imports=imports,
        commands=tuple(commands),
        hardened=hardened,
        user_commands=tuple(asked) if plan.user_commands else (),
        limits=plan.left_out,
        services=tuple(one.label for one in plan.services),
    )


def _is_up(seen: tuple[object, ...]) -> bool:
    return all(not getattr(run, "ended", True) for run in seen)


def _inside(
    engine: Engine, image: str, facts: ImageFacts, plan: ProbePlan, spec: RunSpec, *, imports: bool
) -> tuple[tuple[ImportAnswer, ...], tuple[CommandAnswer, ...]]:
    """Imports, and answers to --version and --help: by the image's own Python where there is one."""
    found: list[ImportAnswer] = []
    answers: tuple[CommandAnswer, ...] = ()
    there = {one.role: one.path for one in facts.pythons}
    if "program" not in there:
        answers = tuple(run_command(engine, image, probe, plan) for probe in plan.commands)
    for role, modules in plan.modules if imports else [one for one in plan.modules if one[0] == "program"]:
        if role not in there:
            found += [ImportAnswer(role, name, "there is no such Python any more") for name in modules]
            continue
        first = role == "program"
        if not imports and not plan.commands:
            continue
        got, said = ask_python(
            engine,
            image,
            spec,
            there[role],
            role,
            modules=modules if imports else (),
            stdlib=plan.stdlib and first and imports,
            commands=plan.commands if first else (),
        )
        found += got
        answers = said if first else answers
    if imports and plan.node_modules:
        if facts.node:
            found += ask_node(engine, image, spec, facts.node, plan.node_modules)
        else:
            found += [ImportAnswer("node", name, "there is no node any more") for name in plan.node_modules]
    return tuple(found), answers
