"""L7: the image's HEALTHCHECK turns healthy."""

from __future__ import annotations

from lightship.evidence.observation import HealthFact, Observation
from lightship.messages import said
from lightship.verify.verdict import Comparison, Difference, not_reached, settle


def compare_health(original: Observation, candidate: Observation) -> Comparison:
    """The image's own HEALTHCHECK."""
    old = [run.health for run in original.runs if run.health is not None]
    reached = _reached(old)
    if reached is not None:
        return reached
    new = next((run.health for run in candidate.runs if run.health is not None), None)
    if new is None:
        return settle("", [Difference(("health",), said("healthy"), said("no HEALTHCHECK ran"))])
    if new.healthy:
        return settle("healthy")
    output = new.output.decode("utf-8", "replace").strip()[:200]
    why = new.problem or said("exit code {exit_code}: {output}", exit_code=new.exit_code, output=output)
    return settle("", [Difference(("health",), said("healthy"), said("unhealthy: {why}", why=why))])


def _reached(old: list[HealthFact]) -> Comparison | None:
    """Why there is nothing to be the same as, or None when the original is healthy in every run."""
    if not old:
        return not_reached("the original has no HEALTHCHECK")
    if any(one.problem for one in old):
        return not_reached(said("the original's HEALTHCHECK cannot be run: {problem}", problem=old[0].problem))
    if len({one.healthy for one in old}) > 1:
        return settle("", doubts=[Difference(("health",), said("healthy sometimes"), "")])
    if not old[0].healthy:
        return not_reached(said("the original never turns healthy: exit code {exit_code}", exit_code=old[0].exit_code))
    return None
