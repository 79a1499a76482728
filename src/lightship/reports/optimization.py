"""The report of ``lightship optimize`` for people."""

from __future__ import annotations

from pathlib import Path

from lightship.optimize.model import Optimization, Trial
from lightship.reports.terminal import buffered, diff, hunks, ladder, measurements, megabytes, percent, trials


def optimization_text(result: Optimization, dockerfile: Path, output: Path, written: str) -> str:
    """Diff, reasons, candidates, ladder and table, then one sentence that says how it ended.

    ``written`` is "written", "unchanged" or "" when nothing was to be written.
    """
    out, buffer = buffered()
    if result.chosen:
        out.out(diff(result.original_text, result.text, str(dockerfile), str(output)))
        out.print("[bold]Why each change[/]")
        out.out(hunks(result.chosen) + "\n")
    if result.trials:
        out.print("[bold]Candidates[/]")
        out.print(trials(result))
        out.print()
    shown = result.chosen or _nearest(result)
    if shown and shown.verdict:
        out.print(f"[bold]{shown.verdict}[/]" + ("" if result.chosen else f" [dim]({shown.candidate.title})[/]"))
        out.print(ladder(shown))
        out.print()
    if result.original:
        rows = [result.original]
        rows += [result.chosen.measurement] if result.chosen and result.chosen.measurement else []
        out.print(measurements(rows, width=out.width))
        out.print()
    out.out(_ending(result, output, written))
    return buffer.getvalue().rstrip("\n")


def _nearest(result: Optimization) -> Trial | None:
    """The candidate that came furthest when none is proven: what it lacks is what the user can help with."""
    tried = [trial for trial in result.trials if trial.verdict]
    if result.outcome != "not proven" or not tried:
        return None
    return max(tried, key=lambda one: (one.verdict.word != "DIFFERENT", one.verdict.level) if one.verdict else ())


def _ending(result: Optimization, output: Path, written: str) -> str:
    if result.outcome == "nothing to gain":
        return f"Nothing to gain: {result.reason}."
    if result.outcome == "not proven":
        return f"UNKNOWN: {result.reason}. Nothing was written."
    assert result.original and result.chosen and result.chosen.measurement
    before, after = result.original.size, result.chosen.measurement.size
    where = {
        "written": f"{output} was written.",
        "unchanged": f"{output} is up to date.",
        "": "Nothing was written (dry run).",
    }
    return (
        f"{result.chosen.verdict}: {megabytes(before)} MB -> {megabytes(after)} MB ({percent(after, before)}). "
        f"{where[written]}\n"
        f"Took {result.seconds:.1f} s, {result.own_seconds:.1f} s of it outside of {result.engine}."
    )
