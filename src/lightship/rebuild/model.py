"""What one edit costs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RebuildCost:
    """The rebuild of one Dockerfile after one edit.

    ``steps_run`` and ``steps_cached`` count instructions, FROM not among them. ``new_layers`` and ``new_bytes`` are the
    layers that the image had not before: what is pushed and pulled again, uncompressed. ``seconds`` is the median of
    ``runs`` builds. ``problem`` says why there are no figures, or is "".
    """

    dockerfile: str
    code: str
    title: str
    file: str = ""
    steps_run: int = 0
    steps_cached: int = 0
    ran: tuple[str, ...] = ()
    """The instructions that ran, as the engine names them."""
    new_layers: int = 0
    new_bytes: int = 0
    seconds: float = 0.0
    runs: int = 0
    problem: str = ""
