"""Numbers as people read them."""

from __future__ import annotations


def megabytes(size: int) -> str:
    """Bytes in MB (10^6), with one decimal."""
    return f"{size / 1e6:.1f}"


def percent(size: int, reference: int) -> str:
    """The difference to a reference, signed: ``-52.1 %``."""
    if not reference:
        return "-"
    change = (size - reference) * 100 / reference
    return f"{change:+.1f} %"
