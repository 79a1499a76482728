"""What differs between two images, for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from lightship.inspection.difference import ImageDifference
from lightship.reports.figures import megabytes, percent
from lightship.reports.sections import Layout, sections_text


def difference_text(found: ImageDifference, *, top: int = 15) -> str:
    """The figures, then what changed most, laid out for the terminal's width."""
    return sections_text(_sections(found, top))


def _sections(found: ImageDifference, top: int) -> Iterator[tuple[str, str | Layout]]:
    yield (
        f"{found.before} -> {found.after}",
        f"{megabytes(found.size_before)} MB -> {megabytes(found.size_after)} MB "
        f"({_signed(found.growth)} MB, {percent(found.size_after, found.size_before)}), "
        f"{found.files_before:,} -> {found.files_after:,} files",
    )
    yield "", f"{megabytes(found.shared)} MB in layers that both have, {megabytes(found.new)} MB in new ones"
    if found.layers:
        rows = [(_sign(one.state), megabytes(one.size), one.instruction) for one in found.layers]
        yield "Layers", ((("", "left"), ("MB", "right"), ("instruction", "cut")), rows)
    if found.directories:
        tree = [
            (_signed(one.growth), str(one.added), str(one.removed), str(one.changed), f"/{one.path}")
            for one in found.directories[:top]
        ]
        columns = (("MB", "right"), ("added", "right"), ("removed", "right"), ("changed", "right"), ("path", "cut"))
        yield "Directories", (columns, tree)
    if found.files:
        files = [
            (_signed(one.growth), _sign(one.state), " ".join(one.what), f"/{one.path}") for one in found.files[:top]
        ]
        yield (
            f"Files: {len(found.files):,} differ",
            ((("MB", "right"), ("", "left"), ("what", "left"), ("path", "cut")), files),
        )
    if found.content_unread:
        yield "", f"{found.content_unread:,} files of equal size were not compared byte by byte (--no-contents)"
    if found.packages:
        packages = [
            (one.kind, _signed(one.growth) if one.growth else "-", one.before or "-", one.after or "-", one.name)
            for one in found.packages[:top]
        ]
        yield (
            f"Packages: {len(found.packages):,} differ",
            ((("kind", "left"), ("MB", "right"), ("before", "left"), ("after", "left"), ("name", "cut")), packages),
        )
    surface = [*found.surface, *([found.secrets] if found.secrets.added or found.secrets.removed else [])]
    if surface:
        points = [(one.point, _listed(one.added, top), _listed(one.removed, top)) for one in surface]
        yield "Attack surface", ((("", "left"), ("only now", "fold"), ("only before", "fold")), points)
    if not (found.layers or found.files or found.packages or surface):
        yield "", "nothing differs"


def _signed(size: int) -> str:
    return f"{size / 1e6:+.1f}"


def _sign(state: str) -> str:
    return {"added": "+", "removed": "-", "changed": "~"}[state]


def _listed(words: tuple[str, ...], top: int) -> str:
    more = f" and {len(words) - top} more" if len(words) > top else ""
    return " ".join(words[:top]) + more if words else "-"
