"""An optimization as the document ``lightship.optimize/1``."""

from __future__ import annotations

from lightship.reports.json_report import optimization
from lightship.reports.optimizations import Outcome


def render(outcome: Outcome) -> str:
    """The document; see docs/reference/json.md."""
    return optimization(outcome.result, outcome.written, outcome.rebuild)
