"""What is asked of both images: found out from the original once, then the same for each."""

from __future__ import annotations

from dataclasses import dataclass

from lightship.evidence.observation import CommandProbe, HttpRequest
from lightship.verify.services import Service


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much. Seconds and bytes."""

    start: float = 60.0
    """Until it listens."""
    settle: float = 3.0
    """How long a program that listens nowhere is watched before it is said to run."""
    stop: float = 10.0
    """Between the stop signal and the kill: Docker's default."""
    request: float = 10.0
    command: float = 30.0
    health: float = 30.0
    body: int = 1 << 20
    """Bytes of an HTTP body that are read and compared; the rest is not, and this is said."""
    output: int = 1 << 20
    processes: int = 2048
    """Processes that a container may have: a program that forks wildly is stopped here."""


@dataclass(frozen=True, slots=True)
class ProbePlan:
    """Everything that is done with one image. An empty plan only starts and stops it."""

    stays: bool = True
    """The original goes on running; else it ends by itself and is waited for."""
    ports: tuple[int, ...] = ()
    requests: tuple[HttpRequest, ...] = ()
    commands: tuple[CommandProbe, ...] = ()
    user_commands: tuple[CommandProbe, ...] = ()
    modules: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(role of a Python, top-level modules to import there)."""
    stdlib: bool = True
    """The program's Python also imports its whole standard library."""
    node_modules: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    """Variables given to every container, beside the image's own."""
    services: tuple[Service, ...] = ()
    """Started beside the program, afresh for every start of it."""
    hardened: bool = True
    limits: Limits = Limits()
    left_out: tuple[str, ...] = ()
    """In words, what could have been asked and is not."""
