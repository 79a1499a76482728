"""The pieces of a simple command: its words, assignments and redirections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from lightship.shell.model import Assignment, Redirection, ShellWord
from lightship.shell.words import Source, value_of, word_of, words_of

if TYPE_CHECKING:
    from tree_sitter import Node

Variables: TypeAlias = Mapping[str, str | None]
REDIRECTS = frozenset({"file_redirect", "heredoc_redirect", "herestring_redirect"})


def redirection(
    node: Node, source: Source, variables: Variables, found: list[Redirection], following: list[Node]
) -> None:
    """One redirection, and what else its node holds."""
    operator, descriptor, target = "", "", None
    for child in node.children:
        if child.type == "file_descriptor":
            descriptor = source.of(child)
        elif child.type in ("heredoc_start", "heredoc_end"):
            continue
        elif child.type in ("file_redirect", "herestring_redirect"):
            redirection(child, source, variables, found, following)
        elif not child.is_named and not operator:
            operator = child.type
        elif node.type == "heredoc_redirect" and child.type != "heredoc_body":
            following.append(child)
        elif child.is_named:
            target = redirected_to(child, source, variables)
    found.append(Redirection(operator, descriptor, target, source.span(node)))


def redirected_to(node: Node, source: Source, variables: Variables) -> ShellWord:
    """Where a redirection goes, or a heredoc's body."""
    if node.type != "heredoc_body":
        return word_of(node, source, variables)
    raw = source.of(node)
    known = not any(child.type != "heredoc_content" for child in node.named_children) and "`" not in raw
    return ShellWord(raw if known else None, raw, source.span(node))


def plain(node: Node, source: Source, variables: Variables) -> list[ShellWord]:
    """The words of a named node or of a keyword such as ``export``."""
    if node.is_named:
        return words_of(node, source, variables)
    raw = source.of(node)
    return [ShellWord(raw, raw, source.span(node))]


def leaves(node: Node, source: Source, variables: Variables) -> list[ShellWord]:
    """The words of a test expression, which the grammar parses as an expression."""
    words: list[ShellWord] = []
    stack = [node]
    while stack:
        current = stack.pop()
        if current.type.endswith("_expression"):
            stack += reversed(current.children)
        else:
            words += plain(current, source, variables)
    return words


def one_assignment(node: Node, source: Source, variables: Variables) -> Assignment:
    """One ``name=value``."""
    name = source.of(node.children[0])
    appended = any(child.type == "+=" for child in node.children)
    span = source.span(node)
    if len(node.children) < 3:
        return Assignment(name, ShellWord("" if not appended else None, "", span), span)
    value_node = node.children[-1]
    value = value_of(value_node, source, variables)
    word = ShellWord(None if appended else value, source.of(value_node), source.span(value_node))
    return Assignment(name, word, span)
