"""Comments that switch rules off: ``# lightship ignore=``, ``# hadolint ignore=``, ``# check=skip=``.

``# check=`` at the top of the file is a parser directive; above an instruction BuildKit reads ``skip`` for that one
only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lightship.dockerfile import Comment, Dockerfile
from lightship.text import Span

# Compiled when first used, which in most files is never.
_OURS = r"lightship[ \t]+ignore[ \t]*=[ \t]*([\w-]+(?:[ \t]*,[ \t]*[\w-]+)*)[ \t]*(.*)"
_HADOLINT = r"hadolint[ \t]+(global[ \t]+)?ignore[ \t]*=[ \t]*(\w+(?:[ \t]*,[ \t]*\w+)*)"
_CHECK = r"check[ \t]*=[ \t]*(?:[a-z]+=[^;\s]*;)*skip=([\w,-]+)"
_NAME = r"[\w-]+"


@dataclass(frozen=True, slots=True)
class Name:
    """One rule's name in an ignore comment, as written."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Ignore:
    """One ignore comment. ``covers`` is the instruction that it speaks of, with its comments; None when it has none.

    ``ours`` is false for those of other tools; ``everywhere`` is true for hadolint's ``global``.
    """

    names: tuple[Name, ...]
    comment: Comment
    covers: Span | None
    reason: str
    ours: bool
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class CheckDirective:
    """``# check=skip=A,B;error=true;experimental=C``: names in lower case, ``all`` among them."""

    skip: frozenset[str] = frozenset()
    experimental: frozenset[str] = frozenset()
    error: bool = False


def ignores(dockerfile: Dockerfile) -> Iterator[Ignore]:
    """The ignore comments of a file. One that belongs to no instruction covers nothing."""
    if "ignore" not in dockerfile.text and "skip" not in dockerfile.text:
        return
    attached: set[Span] = set()
    for instruction in dockerfile.instructions:
        start = min((comment.span.start for comment in instruction.comments), default=instruction.span.start)
        covers = Span(min(start, instruction.span.start), instruction.span.end)
        for comment in instruction.comments:
            attached.add(comment.span)
            yield from _ignore(dockerfile.text, comment, covers)
    for item in dockerfile.items:
        if isinstance(item, Comment) and item.span not in attached:
            yield from _ignore(dockerfile.text, item, None)


def check_directive(dockerfile: Dockerfile) -> CheckDirective:
    """What ``# check=`` asks for: https://docs.docker.com/reference/dockerfile/#check"""
    written = next((one.value for one in dockerfile.directives if one.name == "check"), "")
    options: dict[str, str] = {}
    for part in written.split(";"):
        name, _, value = part.partition("=")
        options[name.strip()] = value.strip()
    return CheckDirective(
        _names(options.get("skip", "")),
        _names(options.get("experimental", "")),
        options.get("error", "").lower() in ("true", "1", "t"),
    )


def _names(written: str) -> frozenset[str]:
    return frozenset(name.strip().lower() for name in written.split(",") if name.strip())


def _ignore(text: str, comment: Comment, covers: Span | None) -> Iterator[Ignore]:
    ours = re.match(_OURS, comment.value, re.DOTALL)
    if ours:
        names = ours[1]
        start = text.index(names, comment.span.start)
        found = tuple(Name(m.group(), Span(start + m.start(), start + m.end())) for m in re.finditer(_NAME, names))
        yield Ignore(found, comment, covers, ours[2].strip(), True)
        return
    skipped = re.match(_CHECK, comment.value)
    if skipped:
        found = tuple(Name(name, comment.span) for name in re.findall(_NAME, skipped[1]))
        yield Ignore(found, comment, covers, "", False)
        return
    theirs = re.match(_HADOLINT, comment.value)
    if theirs:
        found = tuple(Name(name, comment.span) for name in re.findall(_NAME, theirs[2]))
        yield Ignore(found, comment, covers, "", False, bool(theirs[1]))
