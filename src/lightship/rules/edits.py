"""Edits that rules make, so that line ends, comments and the escape character stay right."""

from __future__ import annotations

from lightship.dockerfile import Dockerfile, Instruction
from lightship.text import Edit, Span


def line_end(text: str) -> str:
    """The file's line end: that of its first line."""
    at = text.find("\n")
    return "\r\n" if at > 0 and text[at - 1] == "\r" else "\n"


def replace(span: Span, replacement: str) -> Edit:
    """Put other text in the place of a span."""
    return Edit(span, replacement)


def insert(offset: int, text: str) -> Edit:
    """Put text before a character."""
    return Edit(Span(offset, offset), text)


def indentation(text: str, offset: int) -> str:
    """The white space at the start of the line that ``offset`` is in."""
    start = text.rfind("\n", 0, offset) + 1
    end = start
    while end < len(text) and text[end] in " \t":
        end += 1
    return text[start:end]


def remove_instruction(dockerfile: Dockerfile, instruction: Instruction) -> Edit:
    """Take the lines of an instruction away. Comments above it stay; comments inside it stay as lines of their own."""
    span = instruction.span
    inside = [comment for comment in instruction.comments if span.start <= comment.span.start < span.end]
    return Edit(span, "".join(comment.text for comment in inside))


def insert_line_before(dockerfile: Dockerfile, instruction: Instruction, line: str) -> Edit:
    """A new instruction above another one, below the comments that belong to that one."""
    start = instruction.span.start
    indent = indentation(dockerfile.text, start)
    return insert(start, indent + line + line_end(dockerfile.text))


def insert_line_after(dockerfile: Dockerfile, instruction: Instruction, line: str) -> Edit:
    """A new instruction below another one."""
    text, end = dockerfile.text, instruction.span.end
    ended = text[end - 1 : end] == "\n"
    indent = indentation(text, instruction.span.start)
    return insert(end, indent + line + line_end(text) if ended else line_end(text) + indent + line)


def insert_flag(instruction: Instruction, flag: str) -> Edit:
    """A flag (``--link``) right behind the keyword."""
    return insert(instruction.keyword_span.end, f" {flag}")
