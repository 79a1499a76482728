"""Several measured images in every format that ``lightship compare --report`` knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lightship.optimize.model import Measurement
from lightship.reports import json_report
from lightship.reports.figures import megabytes, percent
from lightship.reports.markdown import code, text
from lightship.reports.picture import picture
from lightship.reports.translation import tr

Rows = Sequence[Measurement]


def render(name: str, rows: Rows) -> str:
    """The images in the format of that name; the first is what the others are held against."""
    return _FORMATS[name](rows)


def _markdown(rows: Rows) -> str:
    first = rows[0]
    names = (tr("image"), tr("size"), tr("difference"), tr("compressed"), tr("layers"), tr("files"), tr("user"))
    header = (*names, tr("ports"), tr("base"))
    lines = [f"| {' | '.join(header)} |", "|---|--:|--:|--:|--:|--:|---|---|---|"]
    for row in rows:
        cells = (
            code(row.reference),
            f"{megabytes(row.size)} MB",
            "" if row is first else percent(row.size, first.size),
            "" if row.compressed is None else f"{megabytes(row.compressed)} MB",
            str(row.layers),
            f"{row.files:,}",
            text(row.user),
            text(" ".join(row.ports)),
            code(row.base),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _svg(rows: Rows) -> str:
    title = f"{tr('Images')}: {len(rows)}"
    return picture(title, tr("uncompressed, summed over layers"), [(row.reference, row.size) for row in rows])


_FORMATS: Mapping[str, Callable[[Rows], str]] = {"markdown": _markdown, "json": json_report.measurements, "svg": _svg}
