"""Container engines behind one protocol; the only room that starts programs.

``choose(name)`` gives an engine that answers, ``all_infos()`` what each of them says. Adding an engine is adding a file
and a line in ``ENGINES``.
"""

from __future__ import annotations

from collections.abc import Callable

from lightship.engines import buildah, docker, ours, podman
from lightship.engines.install import install_command
from lightship.engines.protocol import CommandLog, Engine, EngineInfo
from lightship.engines.self_test import known_self_test, self_test
from lightship.errors import EngineError, UsageError
from lightship.messages import joined, message, said

__all__ = [
    "ENGINES",
    "CommandLog",
    "Engine",
    "EngineInfo",
    "all_infos",
    "choose",
    "install_command",
    "known_self_test",
    "open_engine",
    "self_test",
]

Open = Callable[[ours.RunId, CommandLog], Engine]


def _docker(run_id: ours.RunId, log: CommandLog) -> Engine:
    found, problem = docker.find(log)
    if found is None:
        raise problem or EngineError("docker does not answer")
    return docker.Docker(found, run_id, log)


def _podman(run_id: ours.RunId, log: CommandLog) -> Engine:
    found, problem = podman.find(log)
    if found is None:
        raise problem or EngineError("podman does not answer")
    return podman.Podman(found, run_id, log)


def _buildah(run_id: ours.RunId, log: CommandLog) -> Engine:
    found, problem = buildah.find(log)
    if found is None:
        raise problem or EngineError("buildah does not answer")
    return buildah.Buildah(found, run_id, log)


ENGINES: tuple[tuple[str, Open], ...] = (("docker", _docker), ("podman", _podman), ("buildah", _buildah))
"""In the order in which they are tried."""


def choose(name: str | None = None, *, log: CommandLog | None = None) -> Engine:
    """The engine of that name, or the first that answers. Raises EngineError, saying how to get one."""
    log = log or CommandLog()
    run_id = ours.new_run_id()
    if name:
        return open_engine(name, run_id, log)
    problems: list[str] = []
    for known, open_ in ENGINES:
        try:
            return open_(run_id, log)
        except EngineError as error:
            problems.append(f"{known}: " + message(error.what))
    raise EngineError("no container engine answers", why=joined("; ", problems), help=install_command())


def open_engine(name: str, run_id: ours.RunId | None = None, log: CommandLog | None = None) -> Engine:
    """The engine of that name. Raises UsageError for an unknown name, EngineError when it does not answer."""
    open_ = dict(ENGINES).get(name)
    if open_ is None:
        raise UsageError(
            said("unknown engine {name}", name=name),
            help=said("known: {names}", names=", ".join(known for known, _ in ENGINES)),
        )
    return open_(run_id or ours.new_run_id(), log or CommandLog())


def all_infos(log: CommandLog | None = None) -> tuple[EngineInfo, ...]:
    """What each known engine says, present or not."""
    return tuple(_info(name, log or CommandLog()) for name, _ in ENGINES)


def _info(name: str, log: CommandLog) -> EngineInfo:
    try:
        return open_engine(name, log=log).info()
    except EngineError as error:
        return EngineInfo(name, "", None, problem=error.what, help=error.help or error.why)
