"""The report of ``lightship optimize`` for people."""

from __future__ import annotations

from pathlib import Path

from lightship.optimize.model import Optimization
from lightship.reports.headline import headline, nearest
from lightship.reports.terminal import buffered, diff, hunks, ignore_diff, ladder, measurements, trials
from lightship.reports.translation import tr


def optimization_text(result: Optimization, dockerfile: Path, output: Path, written: str) -> str:
    """Diff, reasons, candidates, ladder and table, then one sentence that says how it ended.

    ``written`` is "written", "unchanged", "kept" when it could not be written, or "" when nothing was to be.
    """
    from rich.markup import escape

    out, buffer = buffered()
    if result.chosen:
        out.out(diff(result.original_text, result.text, str(dockerfile), str(output)))
        out.print(f"[bold]{tr('Why each change')}[/]")
        out.out(hunks(result.chosen) + "\n")
    if result.ignore_file:
        out.out(ignore_diff(result.ignore_file))
    if result.remarks:
        out.print(f"[bold]{tr('Besides')}[/]")
        out.out("".join(f"  {tr(remark)}\n" for remark in result.remarks))
    if result.trials:
        out.print(f"[bold]{tr('Candidates')}[/]")
        out.print(trials(result))
        out.print()
    shown = result.chosen or nearest(result)
    if shown and shown.verdict:
        out.print(
            f"[bold]{tr(str(shown.verdict))}[/]"
            + ("" if result.chosen else f" [dim]({escape(tr(shown.candidate.title))})[/]")
        )
        out.print(ladder(shown))
        out.print()
    if result.original:
        rows = [result.original]
        rows += [result.chosen.measurement] if result.chosen and result.chosen.measurement else []
        out.print(measurements(rows, width=out.width))
        out.print()
    out.out(headline(result, output, written).ending)
    if result.chosen:
        took = f"{result.seconds:.1f}", f"{result.own_seconds:.1f}"
        out.out(tr("Took {all} s, {own} s of it outside of {engine}.", all=took[0], own=took[1], engine=result.engine))
    return buffer.getvalue().rstrip("\n")
