"""Whether an engine works here: tried by building, running and reaching an image of 2 kB."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from lightship.engines import ours, remembered
from lightship.engines.protocol import BuildRequest, Engine, RunSpec
from lightship.engines.relay import relay
from lightship.errors import EngineError, LightshipError
from lightship.messages import joined, message, said

PORT = 8000
PATIENCE = 20.0
DOCKERFILE = f"""\
FROM scratch
COPY relay /relay
RUN ["/relay", "ports"]
HEALTHCHECK CMD ["/relay", "ports"]
ENTRYPOINT ["/relay"]
CMD ["serve", "{PORT}"]
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried; ``problem`` is "" when it works."""

    name: str
    seconds: float
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SelfTest:
    """All that was tried, in order; nothing more is tried after a failure."""

    checks: tuple[Check, ...]

    @property
    def problem(self) -> str:
        """The first failure in words, "" when there is none."""
        return next((f"{check.name}: {check.problem}" for check in self.checks if check.problem), "")


def self_test(engine: Engine) -> SelfTest:
    """Build, read, run, start, exec, listen, connect, stop. Never raises LightshipError."""
    checks: list[Check] = []
    with ours.passing_folder() as folder, contextlib.suppress(_Stop):
        _try_all(engine, folder, checks)
    return SelfTest(tuple(checks))


def known_self_test(engine: Engine) -> SelfTest:
    """The result of a trial of this version of the engine since this boot and within a day, made if there is none."""
    name = remembered.key("self-test", engine.name, engine.info().version)
    known = remembered.recall(name)
    with contextlib.suppress(TypeError, KeyError):
        if known:
            return SelfTest(tuple(Check(**check) for check in known))
    result = self_test(engine)
    if not result.problem:
        remembered.remember(name, [asdict(check) for check in result.checks])
    return result


class _Stop(Exception):
    """A check has failed; what follows needs it."""


def _try_all(engine: Engine, folder: Path, checks: list[Check]) -> None:
    program = relay()
    if program is None:
        raise EngineError(said("lightship has no test program for this kind of machine"))
    (folder / "relay").write_bytes(program)
    (folder / "relay").chmod(0o755)
    images: list[str] = []
    with _check("build", checks):
        images.append(engine.build(BuildRequest(DOCKERFILE, folder), lambda step: None).image)
    image = images[0]
    try:
        with _check("config", checks):
            _expect(engine.config(image).healthcheck is not None, said("HEALTHCHECK is lost"))
        capabilities = engine.info().capabilities
        if capabilities and capabilities.runs_containers:
            _try_containers(engine, image, checks)
    finally:
        with contextlib.suppress(LightshipError):
            engine.remove_image(image)


def _try_containers(engine: Engine, image: str, checks: list[Check]) -> None:
    with _check("run", checks):
        done = engine.run(image, RunSpec(argv=("/relay", "ports")), timeout=PATIENCE)
        _expect(
            done.exit_code == 0,
            done.stderr.decode("utf-8", "replace").strip() or said("exit code {exit_code}", exit_code=done.exit_code),
        )
    with _check("start", checks):
        container = engine.start(image, RunSpec())
    try:
        with _check("listen", checks):
            _expect(_until(lambda: PORT in container.listening()), said("its port is not seen"))
        with _check("connect", checks), container.connect(PORT, PATIENCE) as link:
            _expect(link.recv(16) == b"ok\n", said("a wrong answer"))
        with _check("exec", checks):
            done = container.exec(["/relay", "ports"], timeout=PATIENCE)
            _expect(done.exit_code == 0, done.stderr.decode("utf-8", "replace").strip())
        with _check("stop", checks):
            container.signal("SIGKILL")
            _expect(not container.wait(PATIENCE).running, said("it is still running"))
    finally:
        container.remove()


@contextlib.contextmanager
def _check(name: str, checks: list[Check]) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    except LightshipError as error:
        checks.append(
            Check(
                name, time.monotonic() - began, joined(" - ", (message(one) for one in (error.what, error.why) if one))
            )
        )
        raise _Stop from error
    except (OSError, AssertionError) as error:
        checks.append(Check(name, time.monotonic() - began, str(error)))
        raise _Stop from error
    checks.append(Check(name, time.monotonic() - began))


def _expect(true: bool, otherwise: str) -> None:
    if not true:
        raise AssertionError(otherwise)


def _until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.01)
    return False
