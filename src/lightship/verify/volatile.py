"""Text as a pattern: what several answers of the original have in common, with gaps where they differ.

Nothing is called volatile by its looks: only what differed between two answers of the original is a gap.
A gap swallows anything, so words are kept whole (``12:00:01``, an id, a date): a text of which little is
left is said to be too volatile to compare (``Pattern.share``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

ALIGN_LIMIT = 20_000
"""Words up to which two texts of different lengths are aligned; above, their whole rest is one gap."""

_WORD = re.compile(r"[\w:.+/=@%-]+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Constant parts with a gap between each two. One part and no gap: the text never changed."""

    parts: tuple[str, ...]
    share: float
    """How much of the text is constant, 0 to 1."""

    @property
    def is_constant(self) -> bool:
        """Whether all the original's texts were equal."""
        return len(self.parts) == 1

    def matches(self, text: str) -> bool:
        """Whether ``text`` has all constant parts, in order, from its start to its end."""
        if len(self.parts) == 1:
            return text == self.parts[0]
        first, *middle, last = self.parts
        if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
            return False
        at, end = len(first), len(text) - len(last)
        for part in middle:
            found = text.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True


def pattern(texts: Sequence[str]) -> Pattern:
    """The pattern that all ``texts`` (at least one) have in common."""
    unique = list(dict.fromkeys(texts))
    if len(unique) == 1:
        return Pattern((unique[0],), 1.0)
    words = _WORD.findall(unique[0])
    loose: set[int] = set()
    gaps: set[int] = set()
    for other in unique[1:]:
        gone, more = _unlike(words, _WORD.findall(other))
        loose |= gone
        gaps |= more
    parts: list[str] = [""]
    open_gap = False
    for index, word in enumerate(words):
        open_gap = open_gap or index in gaps or index in loose
        if index in loose:
            continue
        if open_gap:
            parts.append("")
            open_gap = False
        parts[-1] += word
    if open_gap or len(words) in gaps:
        parts.append("")
    kept = sum(len(part.strip()) for part in parts)
    return Pattern(tuple(parts), kept / max(1, len(unique[0].strip())))


def first_difference(before: str, after: str, width: int = 120) -> tuple[str, str]:
    """The first line in which two texts differ, of each, cut to ``width``."""
    old, new = before.split("\n"), after.split("\n")
    for left, right in zip(old, new, strict=False):
        if left != right:
            return _around(left, right, width)
    longer = old if len(old) > len(new) else new
    extra = longer[min(len(old), len(new))] if len(old) != len(new) else ""
    return (extra[:width], "") if longer is old else ("", extra[:width])


def _unlike(words: list[str], others: list[str]) -> tuple[set[int], set[int]]:
    """Indices of ``words`` that ``others`` does not have there, and indices before which ``others`` has more."""
    if len(words) == len(others):
        pairs = enumerate(zip(words, others, strict=True))
        return {index for index, (left, right) in pairs if left != right}, set()
    if max(len(words), len(others)) > ALIGN_LIMIT:
        pairs = enumerate(zip(words, others, strict=False))
        head = next((index for index, (left, right) in pairs if left != right), min(len(words), len(others)))
        return set(range(head, len(words))), {head}
    gone: set[int] = set()
    more: set[int] = set()
    at = other_at = 0
    for block in SequenceMatcher(None, words, others, autojunk=len(words) > 2000).get_matching_blocks():
        gone.update(range(at, block.a))
        if block.b > other_at:
            more.add(block.a)
        at, other_at = block.a + block.size, block.b + block.size
    return gone, more


def _around(left: str, right: str, width: int) -> tuple[str, str]:
    at = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    start = max(0, at - width // 3)
    head = "…" if start else ""
    return head + left[start : start + width], head + right[start : start + width]


def runs_agree(values: Sequence[object]) -> bool:
    """Whether all values are equal."""
    return all(left == right for left, right in pairwise(values))
