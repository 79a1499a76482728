"""Physical lines into logical ones: comments, blank lines, directives, continuation.

Lines end at LF only; CR before it is taken off with it, as BuildKit does
(https://docs.docker.com/reference/dockerfile/#escape).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lightship.dockerfile.lex import SPACES
from lightship.dockerfile.model import Comment, SourceMap
from lightship.text import Span

BOM = "\ufeff"

MAX_LINE = 64 * 1024
"""BuildKit reads with a ``bufio.Scanner``, whose tokens have at most this many bytes."""

_DIRECTIVE = re.compile(r"([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*([^\n]+?)[\t\n\f\r ]*\Z")
_NOT_END = SPACES.replace("\n", "")
_BLANK_LINES = re.compile(f"(?:[{_NOT_END}]*+\n)*+")


@dataclass(frozen=True, slots=True)
class Line:
    """One physical line: where it starts and ends, line end included, and its number, from 1."""

    start: int
    end: int
    number: int


@dataclass(frozen=True, slots=True)
class Logical:
    """A line joined over its continuation lines, and what stood between them."""

    text: str
    source: SourceMap
    comments: tuple[Comment, ...]
    blanks: tuple[Line, ...]


class Reader:
    """The physical lines of a text, one after the other."""

    __slots__ = ("at", "number", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.number = 0

    def next(self) -> Line | None:
        """The next line, or None at the end."""
        start = self.at
        if start >= len(self.text):
            return None
        end = self.text.find("\n", start) + 1 or len(self.text)
        self.at = end
        self.number += 1
        return Line(start, end, self.number)

    def content(self, line: Line) -> str:
        """The line without its line end; a byte order mark at the start of the file is left out as well."""
        start = line.start + (line.start == 0 and self.text.startswith(BOM))
        return self.text[start : line.end].rstrip("\r\n")

    def too_long(self, line: Line) -> bool:
        """Whether BuildKit's scanner would give up at this line."""
        length = line.end - line.start
        if length * 4 < MAX_LINE:
            return False
        raw = self.text[line.start : line.end]
        size = len(raw.encode("utf-8", "surrogatepass"))
        return size > MAX_LINE or (size == MAX_LINE and not raw.endswith("\n"))


def join(reader: Reader, first: Line, escape: str) -> Logical:
    """The logical line that begins at ``first``; the reader stands after it."""
    content = reader.content(first)
    token = content.lstrip(SPACES)
    # A line's content ends where its line end begins, so its start is found from there: that covers the BOM too.
    start = first.start + (first.start == 0 and reader.text.startswith(BOM)) + len(content) - len(token)
    piece, more = _continued(token, escape)
    parts, starts, offsets, length = [piece], [0], [start], len(piece)
    comments: list[Comment] = []
    blanks: list[Line] = []
    while more and (line := reader.next()) is not None:
        content = reader.content(line)
        stripped = content.lstrip(SPACES)
        if not stripped:
            blanks.append(line)
            continue
        if stripped[0] == "#":
            comments.append(comment(reader, line))
            continue
        piece, more = _continued(content, escape)
        if not piece:
            continue
        parts.append(piece)
        starts.append(length)
        offsets.append(line.start)
        length += len(piece)
    source = SourceMap(tuple(starts), tuple(offsets))
    return Logical("".join(parts), source, tuple(comments), tuple(blanks))


def comment(reader: Reader, line: Line) -> Comment:
    """The comment on a line."""
    value = reader.content(line).lstrip(SPACES)[1:].strip(SPACES)
    return Comment(reader.text[line.start : line.end], Span(line.start, line.end), value)


def directive(token: str) -> tuple[str, str] | None:
    """Name (lower case) and value of a line that has the form of a parser directive, known or not."""
    if not token.startswith("#"):
        return None
    match = _DIRECTIVE.match(token[1:].lstrip(SPACES))
    return (match[1].lower(), match[2]) if match else None


def wrong_check_option(value: str) -> str:
    """The first part of a ``# check=`` directive that BuildKit does not know, empty when it knows all.

    https://docs.docker.com/reference/dockerfile/#check
    """
    for part in value.split(" ", 1)[0].split(";"):
        name, equals, setting = part.partition("=")
        known = name.strip() in ("skip", "error", "experimental") and equals
        if not known or (
            name.strip() == "error" and setting.strip().lower() not in ("true", "false", "1", "0", "t", "f")
        ):
            return part
    return ""


def blank_run(reader: Reader) -> int:
    """Pass over the blank lines that follow; gives the offset after them."""
    match = _BLANK_LINES.match(reader.text, reader.at)
    if match is not None:
        reader.number += reader.text.count("\n", reader.at, match.end())
        reader.at = match.end()
    return reader.at


def _continued(token: str, escape: str) -> tuple[str, bool]:
    """The line without its continuation character, and whether there was one.

    An escape character before it makes it an ordinary character:
    https://docs.docker.com/reference/dockerfile/#escape (and moby/buildkit#2580).
    """
    body = token.rstrip(" \t")
    if not body.endswith(escape) or body[-2:-1] == escape:
        return token, False
    return body[:-1], True
