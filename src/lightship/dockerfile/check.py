"""What BuildKit refuses when it turns a tree into instructions: wrong flags, too few arguments, forbidden places."""

from __future__ import annotations

from lightship.dockerfile.model import Instruction, Item, Problem


def check_instruction(instruction: Instruction) -> list[Problem]:
    """The problems of one instruction by itself."""
    return []


def check_file(text: str, items: tuple[Item, ...]) -> list[Problem]:
    """The problems of the file as a whole."""
    return []
