"""A rule's page: the docstring of its module, taken apart into title, text and examples."""

from __future__ import annotations

import inspect
import re
import sys
from dataclasses import dataclass
from typing import Literal

from lightship.rules.model import Rule

_FENCE = re.compile(r"^(`{3,})([^\n`]*)\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(Bad|Good)\b[^\n]*:[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """A Dockerfile in a page, and the files (path and content) that stand beside it."""

    kind: Literal["bad", "good"]
    text: str
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says: its first line, the whole as Markdown, and its examples."""

    title: str
    text: str
    examples: tuple[Example, ...]


def page(rule: Rule) -> Page:
    """The page of a rule. A block fenced as ``text file=PATH`` is a file of the context of the examples below it."""
    text = inspect.cleandoc(sys.modules[rule.check.__module__].__doc__ or "")
    examples: list[Example] = []
    files: list[tuple[str, str]] = []
    headings = [(match.start(), match[1].lower()) for match in _HEADING.finditer(text)]
    for match in _FENCE.finditer(text):
        info = match[2].split()
        kind = next((kind for start, kind in reversed(headings) if start < match.start()), "")
        path = next((word.removeprefix("file=") for word in info if word.startswith("file=")), "")
        if path:
            files.append((path, match[3]))
        elif info[:1] == ["dockerfile"] and kind:
            examples.append(Example("bad" if kind == "bad" else "good", match[3], tuple(files)))
    return Page(text.split("\n", 1)[0], text, tuple(examples))
