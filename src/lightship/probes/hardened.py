"""Starts with less than usual: what the image's program can do without."""

from __future__ import annotations

from dataclasses import replace

from lightship.engines.protocol import Engine, RunSpec
from lightship.evidence.observation import HardenedFact, ImageFacts, Observation, RunFact
from lightship.probes.plan import ProbePlan
from lightship.probes.process import watch
from lightship.verify.config import user_id
from lightship.verify.hardened import ALL, ANOTHER, bears

ANOTHER_USER = "65532:65532"
"""A number that no image has a user for, and the one that distroless calls nonroot."""

MODES: tuple[tuple[str, dict[str, object]], ...] = (
    (ANOTHER, {"user": ANOTHER_USER}),
    ("read-only root, tmpfs on /tmp", {"read_only": True, "tmpfs": ("/tmp",)}),
    ("no capabilities", {"drop_capabilities": True}),
    ("no new privileges", {"no_new_privileges": True}),
)
"""Each mode and what it changes in the run."""

MOST_HURRIED = 5.0
"""Seconds that a start with less is waited for at least."""


def hardened_runs(
    engine: Engine, image: str, facts: ImageFacts, plan: ProbePlan, *, spec: RunSpec, plain: tuple[RunFact, ...]
) -> tuple[HardenedFact, ...]:
    """All modes at once; when the program does not bear that, each by itself."""
    modes = [(name, change) for name, change in MODES if name != ANOTHER or user_id(facts) == 0]
    changes: dict[str, object] = {}
    for _, change in modes:
        changes |= change
    # A program that will not start with less does not start late: a few times its plain start is enough.
    patience = max(MOST_HURRIED, 4 * max((run.seconds_to_listen or 0.0 for run in plain), default=0.0))
    together = _run(engine, image, plan, spec, mode=ALL, change=changes, patience=patience)
    if bears(plain, together):
        return (together,)
    return (
        together,
        *(_run(engine, image, plan, spec, mode=name, change=change, patience=patience) for name, change in modes),
    )


def runs_as_another(seen: Observation) -> bool:
    """Whether an image runs as root, and was seen to do the same as another user."""
    modes = {ANOTHER, ALL}
    return user_id(seen.facts) == 0 and any(bears(seen.runs, one) for one in seen.hardened if one.mode in modes)


def _run(
    engine: Engine, image: str, plan: ProbePlan, spec: RunSpec, *, mode: str, change: dict[str, object], patience: float
) -> HardenedFact:
    hurried = replace(plan, limits=replace(plan.limits, start=min(plan.limits.start, patience)))
    run = watch(engine, image, replace(spec, **change), hurried, times=1, stop=False)  # type: ignore[arg-type]
    return HardenedFact(mode, run)
