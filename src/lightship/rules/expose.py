"""The ports of EXPOSE, expanded."""

from __future__ import annotations

from collections.abc import Iterator

from lightship.dockerfile import ExpandError, Word
from lightship.rules.model import Subject
from lightship.semantic import expand_in


def ports(subject: Subject) -> Iterator[tuple[str, Word]]:
    """Every port of every EXPOSE with its variables replaced, and the word it stands in; unknown ones are left out."""
    for placed in subject.instructions("expose"):
        for word in placed.instruction.words:
            try:
                port = expand_in(placed.scope, word.text, subject.dockerfile.escape)
            except ExpandError:
                continue
            if port:
                yield port, word
