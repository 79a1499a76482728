"""What was written in a Dockerfile, to the character, and what BuildKit would refuse of it."""

from lightship.dockerfile.lex import ExpandError, Expansion, lex
from lightship.dockerfile.model import (
    Blank,
    Comment,
    Directive,
    Dockerfile,
    Flag,
    Heredoc,
    Instruction,
    Item,
    Problem,
    SourceMap,
    Word,
)
from lightship.dockerfile.mounts import Mount, mounts
from lightship.dockerfile.parse import parse

__all__ = [
    "Blank",
    "Comment",
    "Directive",
    "Dockerfile",
    "ExpandError",
    "Expansion",
    "Flag",
    "Heredoc",
    "Instruction",
    "Item",
    "Mount",
    "Problem",
    "SourceMap",
    "Word",
    "lex",
    "mounts",
    "parse",
]
