"""Sizes as a picture: bars of images, and of what each line of a Dockerfile put into one; SVG, light and dark."""

from __future__ import annotations

from collections.abc import Sequence

from lightship.optimize import Part
from lightship.reports.html import rendered
from lightship.reports.translation import told

WIDTH = 860
_CHARACTER = 7.6
"""Pixels of one character of a label, at most, in the fonts that systems have."""
_MIDDLE = 440
_FIGURES = 110
_LABEL_CHARACTERS = 34
_CODE_CHARACTERS = 50


def picture(
    title: str, subtitle: str, images: Sequence[tuple[str, int]], parts: Sequence[Part] = (), *, compared: bool = False
) -> str:
    """A picture of images (name and bytes each; the first is what the others are held against) and of layers.

    ``compared`` says that the parts know what of them ships.
    """
    largest = max((size for _, size in images), default=0) or 1
    labels = [_end(told(name), _LABEL_CHARACTERS) for name, _ in images]
    left = 28 + max(map(len, labels), default=0) * _CHARACTER + 16
    room = WIDTH - left - _FIGURES - 28
    bars = [
        {
            "label": labels[index],
            "first": index == 0 and len(images) > 1,
            "y": 88 + index * 30,
            "width": f"{max(size * room / largest, 1):.1f}",
            "figure": _figure(size),
        }
        for index, (_, size) in enumerate(images)
    ]
    rule = 88 + len(images) * 30 + 12
    heaviest = max((part.size for part in parts), default=0) or 1
    room = WIDTH - _MIDDLE - _FIGURES - 28
    lines = [
        {
            "number": part.line,
            "label": _short(part.text, _CODE_CHARACTERS),
            "y": rule + 44 + index * 26,
            "width": f"{max(part.size * room / heaviest, 1):.1f}",
            "shipped": f"{max(part.shipped * room / heaviest, 1):.1f}" if compared and part.shipped else "",
            "figure": _figure(part.size),
        }
        for index, part in enumerate(parts)
    ]
    return rendered(
        "picture.svg.j2",
        {
            "title": title,
            "subtitle": subtitle,
            "bars": bars,
            "lines": lines,
            "legend": compared,
            "width": WIDTH,
            "height": rule + 56 + len(parts) * 26 if parts else rule + 12,
            "left": f"{left:.0f}",
            "middle": _MIDDLE,
            "rule": rule,
        },
    )


def _figure(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 50_000 else f"{size / 1e3:,.1f} kB"


def _end(text: str, width: int) -> str:
    """The end of a name, which tells more than its beginning."""
    return text if len(text) <= width else "…" + text[-width + 1 :]


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
