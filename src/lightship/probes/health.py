"""The image's HEALTHCHECK, run as an engine would run it, but not waiting for its interval."""

from __future__ import annotations

import time

from lightship.engines.protocol import Container
from lightship.errors import EngineError
from lightship.evidence.observation import HealthFact
from lightship.oci.model import Healthcheck

NANOSECOND = 1e-9
DEFAULT_RETRIES = 3
PAUSE = 1.0
"""Seconds between two tries when the image asks for more: healthy is healthy, however often one looks."""


def check_health(container: Container, check: Healthcheck, shell: tuple[str, ...], limit: float) -> HealthFact | None:
    """Whether the check turns healthy; None when there is none. Tried until retries and start period are over."""
    argv = argv_of(check, shell)
    if not argv:
        return None
    started = time.monotonic()
    timeout = min(check.timeout * NANOSECOND or limit, limit)
    tries = check.retries or DEFAULT_RETRIES
    grace = min(check.start_period * NANOSECOND, limit)
    pause = min(check.interval * NANOSECOND or PAUSE, PAUSE)
    failed = 0
    while True:
        try:
            done = container.exec(argv, timeout=timeout)
        except EngineError as error:
            return HealthFact(False, None, problem=error.why or error.what, seconds=time.monotonic() - started)
        fact = HealthFact(done.exit_code == 0, done.exit_code, done.stdout + done.stderr, time.monotonic() - started)
        failed += time.monotonic() - started > grace
        if fact.healthy or failed >= tries or fact.seconds > 2 * limit:
            return fact
        time.sleep(pause)


def argv_of(check: Healthcheck, shell: tuple[str, ...]) -> tuple[str, ...]:
    """What the check runs; empty for NONE."""
    if not check.test or check.test[0] == "NONE":
        return ()
    if check.test[0] == "CMD-SHELL":
        return (*(shell or ("/bin/sh", "-c")), *check.test[1:])
    return check.test[1:] if check.test[0] == "CMD" else check.test
