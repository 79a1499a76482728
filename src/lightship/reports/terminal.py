"""Reports for people at a terminal, and for the files they pipe them into."""

from __future__ import annotations

import difflib
import io
import os
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lightship.reports.figures import megabytes, percent
from lightship.reports.translation import told, tr

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from lightship.optimize.model import IgnoreFile, Measurement, Optimization, Trial

# Wide enough for every table here; a pipe has no width of its own.
PIPE_WIDTH = 140


def buffered() -> tuple[Console, io.StringIO]:
    """A console that writes into a buffer what stdout should get, and the buffer.

    Plain text of a fixed width when stdout is piped; NO_COLOR, FORCE_COLOR and COLUMNS are honoured.
    """
    from rich.console import Console

    buffer = io.StringIO()
    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal or "COLUMNS" in os.environ else PIPE_WIDTH
    out = Console(file=buffer, width=width, force_terminal=terminal or None, highlight=False, emoji=False)
    return out, buffer


COLUMNS = (
    ("image", "left"), ("MB", "right"), ("compressed MB", "right"), ("layers", "right"), ("files", "right"),
    ("user", "left"), ("ports", "left"), ("base", "left"), ("build s", "right"), ("difference MB", "right"),
    ("difference", "right"),
)  # fmt: skip
LADDER_COLUMNS = ("level", "state", "what was compared")
# A narrower terminal gets one column an image instead of one line an image.
WIDE = 120


def measurements(rows: Sequence[Measurement], *, width: int = PIPE_WIDTH) -> Table:
    """The comparison of the lesson, for any images: the first is what the others are held against."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    lines = [[escape(told(cell)) for cell in _cells(row, rows[0])] for row in rows]
    if width >= WIDE:
        for name, justify in COLUMNS:
            table.add_column(tr(name), justify="right" if justify == "right" else "left", overflow="fold")
        for line in lines:
            table.add_row(*line)
        return table
    table.add_column(tr("image"), style="bold")
    for line in lines:
        table.add_column(line[0], justify="right", overflow="fold")
    for (name, _), cells in zip(COLUMNS[1:], zip(*(line[1:] for line in lines), strict=True), strict=True):
        table.add_row(tr(name), *cells)
    return table


def _cells(row: Measurement, first: Measurement) -> tuple[str, ...]:
    same = row is first
    return (
        row.reference,
        megabytes(row.size),
        "-" if row.compressed is None else megabytes(row.compressed),
        str(row.layers),
        str(row.files),
        row.user,
        " ".join(row.ports) or "-",
        row.base or "-",
        "-" if row.build_seconds is None else f"{row.build_seconds:.1f}",
        "-" if same else f"{(row.size - first.size) / 1e6:+.1f}",
        "-" if same else percent(row.size, first.size),
    )


def trials(optimization: Optimization) -> Table:
    """Every candidate, how big it became, how far up the ladder it was shown to be the same, or why it was refused."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(tr("candidate"))
    table.add_column("MB", justify="right")
    table.add_column(tr("saves"), justify="right")
    table.add_column(tr("verdict"))
    table.add_column(tr("why"), overflow="fold")
    for trial in optimization.trials:
        size = trial.measurement.size if trial.measurement else None
        saves = "-"
        if size is not None and optimization.original:
            saves = percent(size, optimization.original.size)
        table.add_row(
            escape(tr(trial.candidate.title)),
            "-" if size is None else megabytes(size),
            saves,
            tr(str(trial.verdict)) if trial.verdict else "-",
            tr("taken") if trial is optimization.chosen else escape(tr(trial.problem or trial.candidate.refused)),
        )
    return table


def hunks(trial: Trial) -> str:
    """Every change, with its reason and what it saves."""
    lines = []
    for hunk in trial.candidate.hunks:
        saving = "" if hunk.saves is None else f"  ({hunk.saves / 1e6:+.1f} MB)"
        lines.append(f"  {tr('line')} {hunk.line}: {tr(hunk.reason)}{saving}")
    return "\n".join(lines)


def diff(before: str, after: str, before_name: str, after_name: str) -> str:
    """A unified diff of two texts. Lines end at LF only, as they do for Docker."""
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(_lines(before), _lines(after), before_name, after_name)
    )


def ignore_diff(ignored: IgnoreFile) -> str:
    """What the ignore file gets."""
    return diff(ignored.before, ignored.text, str(ignored.path), str(ignored.path))


def _lines(text: str) -> list[str]:
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def ladder(trial: Trial) -> Table:
    """The rungs of the equivalence ladder, and what was seen on each."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in LADDER_COLUMNS:
        table.add_column(tr(name), overflow="fold")
    for rung in trial.verdict.levels if trial.verdict else ():
        table.add_row(f"L{rung.level}", tr(rung.state), escape(tr(rung.detail)))
    return table


def printed(rows: Sequence[Measurement]) -> str:
    """The comparison as text, laid out for the terminal's width."""
    out, buffer = buffered()
    out.print(measurements(rows, width=out.width))
    return buffer.getvalue().rstrip("\n")
