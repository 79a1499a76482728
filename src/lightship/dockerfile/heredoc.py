"""Here-documents of RUN, COPY and ADD: https://docs.docker.com/reference/dockerfile/#here-documents"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lightship.dockerfile.lex import ExpandError, lex

CAN_HOLD = frozenset({"add", "copy", "run"})

_HEREDOC = re.compile(r"([0-9]*)<<(-?)[\t\n\f\r ]*([^<]*)")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_MAX_DESCRIPTOR = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Opening:
    """``<<NAME`` as it opens a heredoc; ``start`` and ``end`` are its place in the logical line."""

    name: str
    expand: bool
    chomp: bool
    file_descriptor: int
    start: int
    end: int


def openings(line: str) -> list[Opening]:
    """The heredocs that a logical line opens, in order. Raises ExpandError when a name has an open quote."""
    if "<<" not in line:
        return []
    try:
        words = lex(line, {}, raw_quotes=True, raw_escapes=True, skip_unset=True).words
    except ExpandError:
        # BuildKit finds no heredocs in a line that it cannot split into words.
        return []
    found: list[Opening] = []
    at = 0
    for word in words:
        start = line.find(word, at)
        at = start + len(word) if start >= 0 else at
        opening = parse_opening(word, max(start, 0))
        if opening is not None:
            found.append(opening)
    return found


def parse_opening(word: str, start: int = 0) -> Opening | None:
    """The heredoc that ``word`` opens, or None. Raises ExpandError."""
    match = _HEREDOC.fullmatch(word)
    if match is None or not match[3]:
        return None
    if _PLAIN_NAME.fullmatch(match[3]):
        return Opening(match[3], True, match[2] == "-", _descriptor(match[1]), start, start + len(word))
    names = lex(match[3], {}, skip_unset=True).words
    if len(names) != 1:
        return None
    raw = lex(match[3], {}, raw_quotes=True, skip_unset=True).words
    expand = len(raw) == 1 and _quotes(raw[0]) == _quotes(names[0])
    return Opening(names[0], expand, match[2] == "-", _descriptor(match[1]), start, start + len(word))


def _quotes(text: str) -> int:
    return text.count("'") + text.count('"')


def _descriptor(digits: str) -> int:
    if not digits:
        return 0
    return min(int(digits), _MAX_DESCRIPTOR) if len(digits) < 30 else _MAX_DESCRIPTOR
