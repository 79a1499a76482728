"""Services beside the program: started afresh for every run that is observed, and gone after it.

All containers of one run share one network that has a loopback and nothing more, so this works with every engine, with
and without bridges, takes no port of this machine and never meets another run. A program on this machine is reached
through a port of that network which lightship hands on.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from lightship.engines.host_program import HostProgram, free_port, listens
from lightship.engines.protocol import Container, Engine, RunSpec
from lightship.errors import EngineError, InputError, UsageError
from lightship.evidence.observation import ImageFacts
from lightship.messages import said
from lightship.verify.services import Service, with_port

POLL = 0.1
CHECK = 10.0
"""Seconds for one try of a ready command."""
TRIES = 3
"""Starts of a host program: somebody may take its port between choosing and listening."""

Joined = Callable[[RunSpec], RunSpec]
"""The way to start a container: the same, but in the company of the services."""


@contextmanager
def beside(engine: Engine, services: Sequence[Service]) -> Iterator[Joined]:
    """Every service started and ready, in order; all are removed at the end, whatever happened.

    Raises InputError for an image that cannot be had, EngineError when a service does not become ready in time, or ends
    while the program is looked at.
    """
    if not services:
        yield lambda spec: spec
        return
    names = tuple(one.name for one in services)
    with ExitStack() as stack:
        network = engine.network(names)
        stack.callback(network.remove)
        running = []
        for service in services:
            one = (_contained if service.image else _on_host)(engine, service, network, names, stack)
            running.append((service, one))
        yield lambda spec: replace(spec, beside=network, hosts=names)
        for service, one in running:
            if not _is_running(one):
                raise _failed(service, one, said("ended while the program was looked at"))


def refuse_clashes(facts: ImageFacts, services: Sequence[Service]) -> None:
    """Raise UsageError when the image exposes a port that a service has in the same network."""
    exposed = {port.partition("/")[0] for port in facts.config.exposed_ports}
    for one in services:
        if str(one.port) in exposed:
            raise UsageError(
                said("the program and its service {name} both want port {port}", name=one.name, port=one.port),
                where=f"[verify.services.{one.name}]",
                why="they share one network",
                help="let the service listen elsewhere, and say so in its `port`",
            )


def _contained(
    engine: Engine, service: Service, network: Container, names: tuple[str, ...], stack: ExitStack
) -> Container:
    image = engine.resolve(service.image)
    if image is None:
        raise InputError(
            said("the service {name} cannot be started", name=service.name),
            where=f"[verify.services.{service.name}]",
            why=said("{name} neither has nor finds an image {image}", name=engine.name, image=service.image),
        )
    argv = (*(engine.config(image).entrypoint or ()), *service.command) if service.command else None
    container = engine.start(image, RunSpec(argv=argv, env=service.env, beside=network, hosts=names))
    stack.callback(container.remove)

    def is_ready() -> bool:
        if service.ready_command:
            done = container.exec(service.ready_command, timeout=CHECK)
            if done.exit_code != 0:
                return False
        return _has_said(service, container) and service.port in network.listening()

    _await(service, container, is_ready)
    return container


def _on_host(
    engine: Engine, service: Service, network: Container, names: tuple[str, ...], stack: ExitStack
) -> HostProgram:
    for last in (False,) * (TRIES - 1) + (True,):
        port = free_port()
        folder = Path(tempfile.mkdtemp(prefix=f"lightship-{engine.run_id}-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        program = HostProgram(
            [with_port(word, port) for word in service.host_command],
            env={name: with_port(value, port) for name, value in service.env},
            folder=folder,
            run_id=engine.run_id,
            log=engine.log,
        )
        stack.callback(program.remove)

        def is_ready(program: HostProgram = program, port: int = port) -> bool:
            if service.ready_command:
                words = [with_port(word, port) for word in service.ready_command]
                if program.exec(words, timeout=CHECK).exit_code != 0:
                    return False
            return _has_said(service, program) and listens(port)

        try:
            _await(service, program, is_ready)
        except EngineError:
            if last or _is_running(program):
                raise
            continue
        network.forward(service.port, port)
        return program
    raise AssertionError("the last try raises or returns")


def _await(service: Service, one: Container | HostProgram, is_ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + service.timeout
    while True:
        if not _is_running(one):
            raise _failed(service, one, said("ended instead of becoming ready"))
        if is_ready():
            return
        if time.monotonic() > deadline:
            raise _failed(service, one, said("was not ready within {timeout:g} s", timeout=service.timeout))
        time.sleep(POLL)


def _has_said(service: Service, one: Container | HostProgram) -> bool:
    if not service.ready_log:
        return True
    wanted = service.ready_log.encode()
    return any(wanted in part for part in one.output())


def _is_running(one: Container | HostProgram) -> bool:
    return one.running if isinstance(one, HostProgram) else one.state().running


def _failed(service: Service, one: Container | HostProgram, how: str) -> EngineError:
    stdout, stderr = one.output()
    lines = [line for part in (stderr, stdout) for line in part.decode("utf-8", "replace").split("\n") if line.strip()]
    code = one.exit_code if isinstance(one, HostProgram) else one.state().exit_code
    problem = "" if isinstance(one, HostProgram) else one.state().problem
    last = said("its last words: {words}", words=lines[-1].strip()[:300]) if lines else said("it said nothing")
    why = problem or last
    return EngineError(
        said("the service {label} {how}", label=service.label, how=how),
        where=f"[verify.services.{service.name}]",
        why=why if code is None else said("exit code {code}; {why}", code=code, why=why),
        help="try its command by itself; `ready` and `timeout` say when it counts as started",
    )
