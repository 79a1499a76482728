"""The table of base images, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from lightship.inspection.bases import BaseContents, BaseImage
from lightship.reports.figures import megabytes, percent
from lightship.reports.sections import Layout, sections_text
from lightship.reports.translation import tr

_FIGURES = (
    ("image", "fold"), ("compressed MB", "right"), ("MB", "right"), ("saves", "right"), ("layers", "right"),
    ("user", "left"), ("made", "left"),
)  # fmt: skip
_CONTENTS = (
    ("image", "fold"), ("system", "left"), ("OS packages", "right"), ("files", "right"), ("setuid", "right"),
    ("packages by", "left"), ("shells", "fold"),
)  # fmt: skip


def bases_text(bases: Sequence[BaseImage]) -> str:
    """The table, and what could not be reached below it."""
    return sections_text(_sections(bases))


def bases_json(bases: Sequence[BaseImage]) -> str:
    """The document ``lightship.bases/1``."""
    return json.dumps({"schema": "lightship.bases/1", "bases": [asdict(one) for one in bases]}, indent=2)


def _sections(bases: Sequence[BaseImage]) -> Iterator[tuple[str, str | Layout]]:
    seen = [one for one in bases if not one.problem]
    if seen:
        yield tr("Base images"), (_FIGURES, [_figures(one, seen[0]) for one in seen])
    if any(one.contents for one in seen):
        yield (
            tr("What is in them"),
            (_CONTENTS, [_contents(one.reference, one.contents) for one in seen if one.contents]),
        )
    unsaid = ", ".join(one.reference for one in seen if one.size is None)
    notes = (
        [tr("unpacked size not told without reading the layers (--look): {images}", images=unsaid)] if unsaid else []
    )
    stand_ins = ", ".join(one.reference for one in seen if one.stand_in)
    if stand_ins:
        notes.append(tr("stand-ins, not the official images: {images}", images=stand_ins))
    if notes:
        yield tr("Notes"), ([("", "fold")], [(note,) for note in notes])
    missed = [one for one in bases if one.problem]
    if missed:
        yield tr("Not seen"), ([("", "left"), ("", "fold")], [(one.reference, tr(one.problem)) for one in missed])


def _figures(one: BaseImage, first: BaseImage) -> tuple[str, ...]:
    saved = "-"
    if one is not first and None not in (one.size, first.size):
        saved = percent(one.size or 0, first.size or 0)
    elif one is not first and None not in (one.compressed, first.compressed):
        saved = percent(one.compressed or 0, first.compressed or 0)
    return (
        one.reference,
        _megabytes(one.compressed),
        _megabytes(one.size),
        saved,
        str(one.layers),
        one.user,
        one.created[:10],
    )


def _contents(reference: str, found: BaseContents) -> tuple[str, ...]:
    return (
        reference,
        found.distribution or "-",
        str(found.os_packages),
        str(found.files),
        str(found.set_id),
        found.package_manager or "-",
        " ".join(found.shells) or "-",
    )


def _megabytes(size: int | None) -> str:
    return "-" if size is None else megabytes(size)
