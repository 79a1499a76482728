"""Titles with tables below them, laid out for a terminal's width without a library.

rich takes as long to import and to lay out these tables as reading an image takes, and takes width that is missing from
all columns alike: a number without its first digit is a wrong one.
"""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from lightship.reports.translation import told, tr

Row = Sequence[str]
Layout = tuple[Sequence[tuple[str, str]], Sequence[Row]]
"""Columns and rows of a table that is not laid out yet.

A column is a name, and how it stands: left, right, fold (it goes on in the next line), cut (to what is left over), path
(the same, without its middle)."""

PIPE_WIDTH = 140
_NARROWEST = 16
_GAP = "  "


def sections_text(sections: Iterable[tuple[str, str | Layout]]) -> str:
    """Titles with what stands below them; without a title it goes on where the last one ended."""
    width = _width()
    lines: list[str] = []
    for title, body in sections:
        if title:
            lines += ["", _styled(printable(told(title)), "1")]
        lines += _folded(printable(told(body)), width) if isinstance(body, str) else table(*body, width=width)
    return "\n".join(lines).strip("\n")


def table(columns: Sequence[tuple[str, str]], rows: Sequence[Row], *, width: int) -> Iterator[str]:
    """The lines of a table: numbers are never cut, texts share what is left."""
    rows = [[printable(told(cell)) for cell in row] for row in rows]
    columns = [(tr(name), how) for name, how in columns]
    named = any(name for name, _ in columns)
    widths = [max([len(name) if named else 0, *(len(row[at]) for row in rows)]) for at, (name, _) in enumerate(columns)]
    flexible = [at for at, (_, how) in enumerate(columns) if how in ("cut", "path", "fold")]
    fixed = sum(of for at, of in enumerate(widths) if at not in flexible) + len(_GAP) * (len(columns) - 1)
    left = width - fixed
    for count, at in enumerate(sorted(flexible, key=lambda at: widths[at])):
        widths[at] = max(min(widths[at], left // (len(flexible) - count)), _NARROWEST)
        left -= widths[at]
    if named:
        head = _line([name for name, _ in columns], columns, widths)
        yield _styled(head, "2")
    for row in rows:
        yield from _lines(row, columns, widths)


def printable(text: str) -> str:
    """What does not fit a terminal (control characters, bytes that are no UTF-8) must not reach it."""
    return text if text.isprintable() else "".join(char if char.isprintable() else "\ufffd" for char in text)


def _lines(row: Row, columns: Sequence[tuple[str, str]], widths: Sequence[int]) -> Iterator[str]:
    cells: list[list[str]] = []
    for cell, (_, how), width in zip(row, columns, widths, strict=True):
        if how == "fold":
            cells.append(_folded(cell, width))
        elif how == "path":
            cells.append([_without_middle(cell, width)])
        else:
            cells.append([cell if how != "cut" or len(cell) <= width else cell[: width - 1] + "…"])
    for at in range(max(map(len, cells))):
        yield _line([cell[at] if at < len(cell) else "" for cell in cells], columns, widths)


def _folded(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def _without_middle(path: str, width: int) -> str:
    """A path that fits: where it begins, and what it is called."""
    if len(path) <= width:
        return path
    end = (width - 1) * 2 // 3
    return f"{path[: width - 1 - end]}…{path[-end:]}"


def _line(cells: Sequence[str], columns: Sequence[tuple[str, str]], widths: Sequence[int]) -> str:
    parts = (
        cell.rjust(width) if how == "right" else cell.ljust(width)
        for cell, (_, how), width in zip(cells, columns, widths, strict=True)
    )
    return _GAP.join(parts).rstrip()


def _width() -> int:
    terminal = sys.stdout.isatty()
    return shutil.get_terminal_size().columns if terminal or "COLUMNS" in os.environ else PIPE_WIDTH


def _styled(text: str, code: str) -> str:
    """Bold or faint at a terminal; NO_COLOR and FORCE_COLOR are honoured (https://no-color.org)."""
    wanted = sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR"))
    plain = not wanted or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return text if plain else f"\033[{code}m{text}\033[0m"
