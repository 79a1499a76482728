"""Changes of the original's own lines that go with a split: one file a rewrite, imported when it is asked for.

Invariant: a rewrite is derived from the original's layers, and what it gives is built and compared before it is
believed. Absent by intent: building, comparing, writing files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from lightship.optimize.rewrites.model import Known, Rewritten, in_original

REWRITES: tuple[str, ...] = ("ignore_file", "source_last", "apt_in_one", "cache_mounts", "non_root")
"""In the order in which they are made: what the build does not see stands in nobody's way. When the result of all is
not proven, the last one is taken back first, and then all."""

__all__ = ["REWRITES", "Known", "Rewritten", "Step", "in_original", "rewritten"]


class _Rewrite(Protocol):
    NAME: str

    def rewrite(self, before: Rewritten, known: Known) -> Rewritten | None:
        """The evidence after the rewrite, None when there is nothing to do."""
        ...

    def idle(self, known: Known) -> str:
        """Why there was nothing to do, "" when nobody wants to know."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """One rewrite, and all that stands after it and those before it. ``idle`` says why it changes nothing, or is ""."""

    title: str
    after: Rewritten
    idle: str = ""


def rewritten(before: Rewritten, names: Iterable[str], known: Known) -> Iterator[Step]:
    """The rewrites of these names, one after the other."""
    asked = frozenset(names)
    for name in REWRITES:
        if name not in asked:
            continue
        module = cast(_Rewrite, import_module(f"{__name__}.{name}"))
        after = module.rewrite(before, known)
        if after is not None:
            before = after
        elif not (idle := module.idle(known)):
            continue
        yield Step(module.NAME, before, "" if after is not None else idle)
