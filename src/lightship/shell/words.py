"""What a shell word becomes, where that can be known: quotes, escapes, variables.

Rules: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_06
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lightship.shell.model import ShellWord
from lightship.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED_IN_QUOTES = re.compile(r'\\([$`"\\])')
_CONTINUED = re.compile(r"\\\r?\n")
_GLOB = re.compile(r"(?<!\\)(?:[*?]|\[[^\]]*\]|\{[^{}]*(?:,|\.\.)[^{}]*\})")
_BLANK = re.compile(r"[ \t\n]+")
_ANSI = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "e": "\x1b"}
MAX_DEPTH = 50
"""``${a:-${b:-...}}`` nested deeper than this (a level counts twice) is unknown."""

_DEFAULTS = (":-", "-", ":+", "+")


@dataclass(frozen=True, slots=True)
class Source:
    """The text that was parsed, and how bytes in it (tree-sitter's unit) map to characters (ours)."""

    text: str
    raw: bytes
    starts: tuple[int, ...] | None
    shift: int = 0

    def span(self, node: Node) -> Span:
        """The node's span in characters of the file."""
        start, end = node.start_byte, node.end_byte
        if self.starts is not None:
            start, end = self.starts[start], self.starts[end]
        return Span(start + self.shift, end + self.shift)

    def of(self, node: Node) -> str:
        """The node's text."""
        start, end = node.start_byte, node.end_byte
        return self.text[start:end] if self.starts is None else self.text[self.starts[start] : self.starts[end]]

    def char(self, byte: int) -> int:
        """The character that begins at a byte."""
        return byte if self.starts is None else self.starts[byte]


def source_of(text: str) -> Source:
    """The source of a text; bytes that are not UTF-8 count as one character each."""
    raw = text.encode("utf-8", "replace")
    if len(raw) == len(text):
        return Source(text, raw, None)
    starts: list[int] = []
    for index, char in enumerate(text):
        starts += [index] * len(char.encode("utf-8", "replace"))
    return Source(text, raw, (*starts, len(text)))


def words_of(node: Node, source: Source, variables: Mapping[str, str | None]) -> list[ShellWord]:
    """The words that one written word becomes: an unquoted variable may be none, one or many."""
    raw, span = source.of(node), source.span(node)
    if node.type in ("simple_expansion", "expansion"):
        value = _expansion(node, source, variables)
        if value is None:
            return [ShellWord(None, raw, span)]
        return [ShellWord(part, raw, span, bool(_GLOB.search(part))) for part in _BLANK.split(value) if part]
    value = value_of(node, source, variables)
    return [ShellWord(value, raw, span, _is_glob(node, source))]


def word_of(node: Node, source: Source, variables: Mapping[str, str | None]) -> ShellWord:
    """The word where no splitting happens: in an assignment, a redirection."""
    return ShellWord(value_of(node, source, variables), source.of(node), source.span(node), _is_glob(node, source))


def value_of(node: Node, source: Source, variables: Mapping[str, str | None], depth: int = 0) -> str | None:  # noqa: PLR0911 - one return a rule
    """What a node becomes, None when unknown."""
    kind = node.type
    if depth > MAX_DEPTH:
        return None
    if kind in ("word", "number", "variable_name", "command_name", "extglob_pattern", "test_operator"):
        if node.named_child_count:
            return _join(node, source, variables, depth + 1)
        text = source.of(node)
        return _ESCAPED.sub(r"\1", _CONTINUED.sub("", text)) if "\\" in text else text
    if kind == "raw_string":
        return source.of(node)[1:-1]
    if kind == "string":
        return _string(node, source, variables, depth + 1)
    if kind == "ansi_c_string":
        return _ansi(source.of(node)[2:-1])
    if kind in ("simple_expansion", "expansion"):
        value = _expansion(node, source, variables, depth + 1)
        # Inside a longer word white space in an unquoted value would split it: that is more than one word.
        return None if value is None or _BLANK.search(value) else value
    if kind == "concatenation":
        return _join(node, source, variables, depth + 1)
    return None


def _join(node: Node, source: Source, variables: Mapping[str, str | None], depth: int = 0) -> str | None:
    parts: list[str] = []
    at = node.start_byte
    for child in node.children:
        parts.append(_between(source, at, child.start_byte))
        value = value_of(child, source, variables, depth + 1) if child.is_named else source.of(child)
        if value is None:
            return None
        parts.append(value)
        at = child.end_byte
    parts.append(_between(source, at, node.end_byte))
    return "".join(parts)


def _between(source: Source, start: int, end: int) -> str:
    return source.text[source.char(start) : source.char(end)]


def _string(node: Node, source: Source, variables: Mapping[str, str | None], depth: int = 0) -> str | None:
    parts: list[str] = []
    at = node.start_byte + 1
    for child in node.named_children:
        if child.type == "string_content":
            continue
        parts.append(_quoted_text(_between(source, at, child.start_byte)))
        value = _expansion(child, source, variables, depth + 1) if "expansion" in child.type else None
        if value is None:
            return None
        parts.append(value)
        at = child.end_byte
    parts.append(_quoted_text(_between(source, at, max(node.end_byte - 1, at))))
    return "".join(parts)


def _quoted_text(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPED_IN_QUOTES.sub(r"\1", _CONTINUED.sub("", text))


def _ansi(text: str) -> str | None:
    known = True

    def one(match: re.Match[str]) -> str:
        nonlocal known
        known = known and match[1] in _ANSI
        return _ANSI.get(match[1], "")

    value = _ESCAPED.sub(one, text)
    return value if known else None


def _expansion(node: Node, source: Source, variables: Mapping[str, str | None], depth: int = 0) -> str | None:
    """``$x``, ``${x}``, ``${x:-word}`` and ``${x:+word}``; other forms are unknown."""
    if node.type not in ("simple_expansion", "expansion"):
        return None
    children = node.children
    if len(children) < 2 or children[1].type != "variable_name":
        return None
    name = source.of(children[1])
    value = variables.get(name)
    if len(children) == 2 or (len(children) == 3 and children[2].type == "}"):
        return value
    operator = source.of(children[2])
    if operator not in _DEFAULTS or name not in variables or value is None:
        return None
    empty = operator.startswith(":") and not value
    default = value_of(children[3], source, variables, depth + 1) if children[3].is_named else ""
    if operator.endswith("-"):
        return default if empty else value
    return "" if empty else default


def _is_glob(node: Node, source: Source) -> bool:
    if node.type == "concatenation":
        return any(_is_glob(child, source) for child in node.named_children) or bool(
            re.search(r"\{[^{}]*(?:,|\.\.)[^{}]*\}", source.of(node))
        )
    return node.type in ("word", "extglob_pattern") and bool(_GLOB.search(source.of(node)))
