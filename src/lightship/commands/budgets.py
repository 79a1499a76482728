"""The budget half of ``lightship check --image``: what an image may be, and what was last accepted of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lightship.commands.settings import load_budget

if TYPE_CHECKING:
    from lightship.inspection.accepted import Figures
    from lightship.inspection.budget import Excess
    from lightship.semantic import StageGraph


@dataclass(frozen=True, slots=True)
class Judged:
    """An image held against its budget and its accepted figures. ``accepted`` None: there were none."""

    image: str
    figures: Figures
    accepted: Figures | None
    excesses: tuple[Excess, ...]
    lock: Path
    written: bool = False


def judged(
    dockerfile: Path, image: str, *, engine: str | None, graph: StageGraph, accepting: bool = False
) -> Judged | None:
    """The judgement; None when there is neither a budget nor a lock file, and nothing to accept.

    Raises InputError, UsageError, EngineError.
    """
    from lightship.inspection.accepted import LOCK, accept, figures_of, read_lock
    from lightship.inspection.budget import Budget, exceeded

    budget = load_budget(dockerfile.parent.absolute())
    folder = Path(budget.where).parent if budget else dockerfile.parent.absolute()
    lock = folder / LOCK
    if budget is None and not lock.is_file() and not accepting:
        return None
    # Imported here: reading images is most of the time of a run that needs none.
    from lightship.commands.images import Looking, inspected
    from lightship.inspection.lines import with_lines

    budget = budget or Budget()
    name = dockerfile.absolute().relative_to(folder).as_posix()
    known = read_lock(lock)
    accepted = known.get(name)
    compress = budget.max_compressed_mb is not None or (accepted is not None and accepted.compressed is not None)
    found = with_lines(inspected(image, Looking(engine=engine, compress=compress)), graph)
    figures = figures_of(found)
    written = accept(lock, name, figures) if accepting else False
    excesses = tuple(exceeded(found, budget, figures if accepting else accepted))
    return Judged(image, figures, accepted, excesses, lock, written)
