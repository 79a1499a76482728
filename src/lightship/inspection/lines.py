"""From layers to the lines of the Dockerfile that made them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lightship.inspection.model import Inspection, LayerRow
from lightship.semantic import StageGraph

# WORKDIR makes a layer when its directory is not there yet.
_ALWAYS, _SOMETIMES = frozenset({"run", "copy", "add"}), "workdir"


def with_lines(inspection: Inspection, graph: StageGraph) -> Inspection:
    """The inspection with the line of each layer that the target stage made; unchanged where they do not match.

    Counted from the last layer up: how many layers the base image has is not known without it.
    """
    stage = graph.target
    if stage is None:
        return inspection
    made = [item for item in stage.instructions if item.keyword in _ALWAYS or item.keyword == _SOMETIMES]
    lines = _aligned([(item.keyword, item.line) for item in made], inspection.layers)
    rows = tuple(replace(row, line=lines.get(row.index, 0)) for row in inspection.layers)
    return replace(inspection, layers=rows)


def _aligned(made: Sequence[tuple[str, int]], rows: Sequence[LayerRow]) -> dict[int, int]:
    lines: dict[int, int] = {}
    left = list(rows)
    for keyword, line in reversed(made):
        word = left[-1].instruction.partition(" ")[0].lower() if left else ""
        if word == keyword:
            lines[left.pop().index] = line
        elif keyword != _SOMETIMES:
            return {}
    return lines
