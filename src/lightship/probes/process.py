"""One start of an image: wait until it listens, ask, look around, stop it."""

from __future__ import annotations

import time
from collections.abc import Callable

from lightship.engines.protocol import Container, Engine, RunSpec
from lightship.evidence.observation import Exchange, HttpRequest, ProcessFact, RunFact, StopFact
from lightship.oci.model import Healthcheck
from lightship.probes.health import check_health
from lightship.probes.http import ask, knock
from lightship.probes.plan import ProbePlan
from lightship.probes.services import beside

POLL = 0.05
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
NOT_HTTP = "listens"
"""Source of the request to a port that speaks no HTTP: it is only connected to."""


def watch(
    engine: Engine,
    image: str,
    spec: RunSpec,
    plan: ProbePlan,
    *,
    healthcheck: Healthcheck | None = None,
    shell: tuple[str, ...] = (),
    times: int = 2,
    stop: bool = True,
) -> RunFact:
    """What happened when the image was started. Safe requests are asked ``times`` times, others once."""
    with beside(engine, plan.services) as joined:
        container = engine.start(image, joined(spec))
        return _watch(container, plan, healthcheck=healthcheck, shell=shell, times=times, stop=stop)


def _watch(
    container: Container,
    plan: ProbePlan,
    *,
    healthcheck: Healthcheck | None,
    shell: tuple[str, ...],
    times: int,
    stop: bool,
) -> RunFact:
    try:
        seconds = wait_until_ready(container, plan)
        if not container.state().running:
            return _ended(container, plan)
        exchanges = tuple(_ask(container, request, plan, times) for request in plan.requests)
        health = check_health(container, healthcheck, shell, plan.limits.health) if healthcheck else None
        if not container.state().running:
            return _ended(container, plan, exchanges)
        ports, processes, written = container.listening(), container.processes(), container.written()
        stopped = _stop(container, plan.limits.stop) if stop else None
        stdout, stderr = container.output(plan.limits.output)
        return RunFact(
            ended=False,
            stdout=stdout,
            stderr=stderr,
            truncated=max(len(stdout), len(stderr)) >= plan.limits.output,
            ports=tuple(sorted(set(ports))),
            seconds_to_listen=seconds,
            exchanges=exchanges,
            processes=tuple(ProcessFact(one.argv, one.uid) for one in processes),
            written=written,
            peak_rss=sum(one.peak_rss for one in processes),
            health=health,
            stop=stopped,
        )
    finally:
        container.remove()


def wait_until_ready(container: Container, plan: ProbePlan) -> float | None:
    """Seconds until it listened on the plan's ports, and answered on those that speak HTTP; None when it did not.

    Returns early when the container ends. One that listens nowhere is watched for ``limits.settle`` seconds.
    """
    started = time.monotonic()
    if not plan.stays:
        container.wait(plan.limits.start)
        return None
    if not plan.ports:
        _until(lambda: not container.state().running, plan.limits.settle)
        return None
    wanted = set(plan.ports)
    done = _until(lambda: wanted <= set(container.listening()) or not container.state().running, plan.limits.start)
    if not done or not container.state().running:
        return None
    seconds = time.monotonic() - started
    for request in {one.port: one for one in reversed(plan.requests) if one.source != NOT_HTTP}.values():
        left = plan.limits.start - (time.monotonic() - started)
        _until(lambda request=request: _answers(container, request, plan), left, pause=0.2)  # type: ignore[misc]
    return seconds


def _answers(container: Container, request: HttpRequest, plan: ProbePlan) -> bool:
    """Whether anything comes back at all. Asks for a path that no plan asks for, so that counters are left alone."""
    probe = HttpRequest(request.port, "/lightship-is-it-there", scheme=request.scheme)
    answer = ask(container, probe, timeout=plan.limits.request, body_limit=1024)
    return answer.status not in (None, 502, 503) or not container.state().running


def _ask(container: Container, request: HttpRequest, plan: ProbePlan, times: int) -> Exchange:
    count = times if request.method in SAFE_METHODS else 1
    limits = plan.limits
    if request.source == NOT_HTTP:
        return Exchange(request, (knock(container, request.port, timeout=limits.request),))
    answers = [ask(container, request, timeout=limits.request, body_limit=limits.body)]
    # An answer that took its whole time limit would only do so again.
    while len(answers) < count and answers[-1].status is not None:
        answers.append(ask(container, request, timeout=limits.request, body_limit=limits.body))
    return Exchange(request, tuple(answers))


def _ended(container: Container, plan: ProbePlan, exchanges: tuple[Exchange, ...] = ()) -> RunFact:
    state = container.state()
    stdout, stderr = container.output(plan.limits.output)
    return RunFact(
        ended=True,
        exit_code=state.exit_code,
        stdout=stdout,
        stderr=stderr,
        truncated=max(len(stdout), len(stderr)) >= plan.limits.output,
        exchanges=exchanges,
        written=() if state.problem else container.written(),
        problem=state.problem,
    )


def _stop(container: Container, timeout: float) -> StopFact:
    stopped = container.stop(timeout)
    code = container.state().exit_code
    return StopFact(stopped.seconds, code, killed=stopped.killed and code == 137)


def _until(done: Callable[[], bool], seconds: float, pause: float = POLL) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        if done():
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
