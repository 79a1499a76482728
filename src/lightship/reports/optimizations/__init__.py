"""An optimization in every format that ``--report`` knows. One file a format, imported when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from lightship.optimize.model import Optimization

if TYPE_CHECKING:
    from lightship.rebuild import RebuildCost

FORMATS: tuple[str, ...] = ("markdown", "html", "json", "sarif", "svg")
"""The names of ``--report``; each is a module of this folder with a function ``render``."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """An optimization, and what became of it.

    ``written`` is "written", "unchanged", "kept" when it could not be written, or "" when nothing was to be.
    ``rebuild`` is what rebuilds of the original and of the result cost, where that was asked for.
    """

    result: Optimization
    dockerfile: Path
    output: Path
    written: str = ""
    rebuild: tuple[RebuildCost, ...] = ()


class _Format(Protocol):
    def render(self, outcome: Outcome) -> str:
        """All of it as one text, without a line end at its end."""
        ...


def render(name: str, outcome: Outcome) -> str:
    """An optimization in the format of that name."""
    return cast(_Format, import_module(f"{__name__}.{name}_format")).render(outcome)
