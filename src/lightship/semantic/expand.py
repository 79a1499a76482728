"""Variables in a Dockerfile's words, as the build replaces them."""

from __future__ import annotations

from collections.abc import Mapping

from lightship.dockerfile import ExpandError, Expansion, lex

__all__ = ["ExpandError", "Expansion", "expand", "expand_heredoc", "expansion", "process_words"]


def expand(word: str, variables: Mapping[str, str], escape: str = "\\") -> str:
    """``word`` without quotes and escapes, its variables replaced; a variable that is not set becomes empty.

    Raises ExpandError for what BuildKit refuses: an open quote, a bad substitution, an unset ``${x:?message}``.
    """
    return lex(word, variables, escape=escape).text


def process_words(text: str, variables: Mapping[str, str], escape: str = "\\") -> tuple[str, ...]:
    """The words that ``text`` becomes: split at white space outside quotes, *after* variables were replaced.

    Raises ExpandError.
    """
    return lex(text, variables, escape=escape).words


def expansion(word: str, variables: Mapping[str, str], escape: str = "\\") -> Expansion:
    """As ``expand``, with the names of the variables that were set and of those that were not. Raises ExpandError."""
    return lex(word, variables, escape=escape)


def expand_heredoc(text: str, variables: Mapping[str, str], escape: str = "\\") -> str:
    """The body of an unquoted heredoc of COPY or ADD: variables replaced, quotes kept. Raises ExpandError."""
    return lex(text, variables, escape=escape, process_quotes=False).text
