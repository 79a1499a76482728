"""The images from elsewhere that a Dockerfile names."""

from __future__ import annotations

from collections.abc import Iterator

from lightship.rules.base_images import BaseImage, base_image
from lightship.rules.model import Subject
from lightship.text import Span


def named_images(subject: Subject) -> Iterator[tuple[Span, str, BaseImage]]:
    """Where, the reference, and its parts. What hangs on a variable without a known value is left out."""
    for placed in subject.instructions("from"):
        base = placed.stage.base
        if base.kind == "image" and placed.instruction.words and not _is_open(base.written, base.reference):
            yield placed.instruction.words[0].span, base.reference, base_image(base.reference)
    for edge in subject.graph.edges:
        if edge.source is not None or "$" in edge.reference or edge.reference.isdecimal():
            continue
        flags = [flag for flag in edge.instruction.flags if edge.reference in (flag.value or "")]
        if flags and edge.reference != "scratch":
            yield flags[0].span, edge.reference, base_image(edge.reference)


def _is_open(written: str, reference: str) -> bool:
    """Whether variables leave nothing fixed of a name, or part of it is missing."""
    return "$" in written and (reference.startswith(("/", ":")) or reference.endswith((":", "/", "@", "-")))
