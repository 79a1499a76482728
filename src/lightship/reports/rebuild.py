"""What rebuilds cost, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby

from lightship.rebuild import RebuildCost
from lightship.reports.sections import Layout, sections_text
from lightship.reports.translation import tr

_COLUMNS = (
    ("edit", "left"), ("run", "right"), ("cached", "right"), ("new layers", "right"), ("new kB", "right"),
    ("seconds", "right"), ("what was edited", "cut"),
)  # fmt: skip


def rebuild_text(costs: Sequence[RebuildCost]) -> str:
    """A table for each Dockerfile."""
    return sections_text(_sections(costs))


def rebuild_json(costs: Sequence[RebuildCost], engine: str) -> str:
    """The document ``lightship.rebuild/1``."""
    return json.dumps(
        {"schema": "lightship.rebuild/1", "engine": engine, "costs": [asdict(one) for one in costs]}, indent=2
    )


def _sections(costs: Sequence[RebuildCost]) -> Iterator[tuple[str, str | Layout]]:
    for name, rows in groupby(costs, key=lambda one: one.dockerfile):
        found = list(rows)
        yield name, (_COLUMNS, [rebuild_row(one) for one in found])
        for one in found:
            if one.problem:
                yield "", f"{one.code}: {tr(one.problem)}"


def rebuild_row(one: RebuildCost) -> tuple[str, ...]:
    """Edit, steps run and cached, new layers and kB, seconds, what was edited; a dash where there is no figure."""
    what = f"{tr(one.title)}{f': {one.file}' if one.file else ''}"
    if one.problem:
        return one.code, "-", "-", "-", "-", "-", what
    return (
        one.code,
        str(one.steps_run),
        str(one.steps_cached),
        str(one.new_layers),
        f"{one.new_bytes / 1e3:,.0f}",
        f"{one.seconds:.1f}",
        what,
    )
