"""Two texts side by side: which line became which, with notes at the lines."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["same", "changed", "removed", "added"]


@dataclass(frozen=True, slots=True)
class Side:
    """One line of one text; ``note`` is what stands beside it (bytes), ``reasons`` what stands below it."""

    number: int
    text: str
    note: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the original, of the result, or of both."""

    kind: Kind
    old: Side | None
    new: Side | None


def rows(
    before: str,
    after: str,
    *,
    old_notes: Mapping[int, str],
    new_notes: Mapping[int, str],
    reasons: Mapping[int, tuple[str, ...]],
) -> tuple[Row, ...]:
    """Every line of both texts, in order. Notes and reasons are by line number; reasons are the original's."""
    return tuple(_rows(_lines(before), _lines(after), old_notes, new_notes, reasons))


def _rows(
    old: list[str],
    new: list[str],
    old_notes: Mapping[int, str],
    new_notes: Mapping[int, str],
    reasons: Mapping[int, tuple[str, ...]],
) -> Iterator[Row]:
    def left(index: int) -> Side:
        return Side(index + 1, old[index], old_notes.get(index + 1, ""), reasons.get(index + 1, ()))

    def right(index: int) -> Side:
        return Side(index + 1, new[index], new_notes.get(index + 1, ""))

    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        paired = min(end - start, new_end - new_start)
        kind: Kind = "same" if tag == "equal" else "changed"
        for offset in range(paired):
            yield Row(kind, left(start + offset), right(new_start + offset))
        yield from (Row("removed", left(index), None) for index in range(start + paired, end))
        yield from (Row("added", None, right(index)) for index in range(new_start + paired, new_end))


def _lines(text: str) -> list[str]:
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
