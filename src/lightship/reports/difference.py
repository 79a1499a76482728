"""What differs between two images, for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from lightship.inspection.difference import ImageDifference
from lightship.reports.figures import megabytes, percent
from lightship.reports.sections import Layout, sections_text
from lightship.reports.translation import tr


def difference_text(found: ImageDifference, *, top: int = 15) -> str:
    """The figures, then what changed most, laid out for the terminal's width."""
    return sections_text(_sections(found, top))


def _sections(found: ImageDifference, top: int) -> Iterator[tuple[str, str | Layout]]:
    yield (
        f"{found.before} -> {found.after}",
        f"{megabytes(found.size_before)} MB -> {megabytes(found.size_after)} MB "
        f"({_signed(found.growth)} MB, {percent(found.size_after, found.size_before)}), "
        + tr("{before:,} -> {after:,} files", before=found.files_before, after=found.files_after),
    )
    shared, new = megabytes(found.shared), megabytes(found.new)
    yield "", tr("{shared} MB in layers that both have, {new} MB in new ones", shared=shared, new=new)
    if found.layers:
        rows = [(_sign(one.state), megabytes(one.size), one.instruction) for one in found.layers]
        yield tr("Layers"), ((("", "left"), ("MB", "right"), ("instruction", "cut")), rows)
    if found.directories:
        tree = [
            (_signed(one.growth), str(one.added), str(one.removed), str(one.changed), f"/{one.path}")
            for one in found.directories[:top]
        ]
        columns = (("MB", "right"), ("added", "right"), ("removed", "right"), ("changed", "right"), ("path", "cut"))
        yield tr("Directories"), (columns, tree)
    if found.files:
        files = [
            (_signed(one.growth), _sign(one.state), " ".join(map(tr, one.what)), f"/{one.path}")
            for one in found.files[:top]
        ]
        yield (
            tr("Files: {count:,} differ", count=len(found.files)),
            ((("MB", "right"), ("", "left"), ("what", "left"), ("path", "cut")), files),
        )
    if found.content_unread:
        count = found.content_unread
        yield "", tr("{count:,} files of equal size were not compared byte by byte (--no-contents)", count=count)
    if found.packages:
        packages = [
            (one.kind, _signed(one.growth) if one.growth else "-", one.before or "-", one.after or "-", one.name)
            for one in found.packages[:top]
        ]
        yield (
            tr("Packages: {count:,} differ", count=len(found.packages)),
            ((("kind", "left"), ("MB", "right"), ("before", "left"), ("after", "left"), ("name", "cut")), packages),
        )
    surface = [*found.surface, *([found.secrets] if found.secrets.added or found.secrets.removed else [])]
    if surface:
        points = [(tr(one.point), _listed(one.added, top), _listed(one.removed, top)) for one in surface]
        yield tr("Attack surface"), ((("", "left"), ("only now", "fold"), ("only before", "fold")), points)
    if not (found.layers or found.files or found.packages or surface):
        yield "", tr("nothing differs")


def _signed(size: int) -> str:
    return f"{size / 1e6:+.1f}"


def _sign(state: str) -> str:
    return {"added": "+", "removed": "-", "changed": "~"}[state]


def _listed(words: tuple[str, ...], top: int) -> str:
    more = tr(" and {count} more", count=len(words) - top) if len(words) > top else ""
    return " ".join(words[:top]) + more if words else "-"
