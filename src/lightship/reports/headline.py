"""What came of an optimization, in one line and in one sentence; the same in every report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lightship.messages import message
from lightship.optimize.model import Optimization, Trial
from lightship.reports.figures import megabytes, percent
from lightship.reports.translation import tr


@dataclass(frozen=True, slots=True)
class Headline:
    """``title`` is the result as a heading, "" without one; ``written`` what became of the file, or why not."""

    title: str
    written: str

    @property
    def ending(self) -> str:
        """Both as the last line of a text."""
        return f"{self.title}. {self.written}" if self.title else self.written


def headline(result: Optimization, output: Path, written: str) -> Headline:
    """The headline of an optimization; ``written`` is as ``Outcome`` has it."""
    if result.outcome == "nothing to gain":
        return Headline("", tr("Nothing to gain: {reason}.", reason=message(result.reason)))
    if result.outcome == "not proven":
        return Headline("", tr("UNKNOWN: {reason}. Nothing was written.", reason=message(result.reason)))
    assert result.original and result.chosen and result.chosen.measurement
    before, after = result.original.size, result.chosen.measurement.size
    figures = f"{megabytes(before)} MB -> {megabytes(after)} MB ({percent(after, before)})"
    where = {
        "written": tr("{output} was written.", output=output),
        "unchanged": tr("{output} is up to date.", output=output),
        "kept": tr("{output} was not written.", output=output),
        "": tr("Nothing was written (dry run)."),
    }
    return Headline(f"{tr(str(result.chosen.verdict))}: {figures}", where[written])


def nearest(result: Optimization) -> Trial | None:
    """The candidate that came furthest when none is proven: what it lacks is what the user can help with."""
    tried = [trial for trial in result.trials if trial.verdict]
    if result.outcome != "not proven" or not tried:
        return None
    return max(tried, key=lambda one: (one.verdict.word != "DIFFERENT", one.verdict.level) if one.verdict else ())
