"""BuildKit's shell words: quotes, escapes and ``$variables`` of every instruction but RUN, CMD and ENTRYPOINT.

Behaviour after https://docs.docker.com/reference/dockerfile/#environment-replacement and what BuildKit's
``frontend/dockerfile/shell`` does in the corners that the reference leaves open.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lightship.dockerfile.pattern import PatternError, compile_pattern, trim
from lightship.errors import InputError
from lightship.messages import said

SPACES = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
"""What Go's ``unicode.IsSpace`` calls white space; Python's ``str.isspace`` has four more."""

MAX_DEPTH = 100
"""``${a:-${b:-...}}`` deeper than this is refused: every level copies its text, and nobody writes a hundred."""

_SPACE_SET = frozenset(SPACES)


class ExpandError(InputError):
    """A word that BuildKit refuses to expand: an open quote, a bad substitution, ``${x:?message}`` of an unset x."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a word expands to, and which variables it named: those that were set, those that were not."""

    text: str
    words: tuple[str, ...]
    matched: frozenset[str]
    unmatched: frozenset[str]


def lex(
    word: str,
    variables: Mapping[str, str],
    *,
    escape: str = "\\",
    raw_quotes: bool = False,
    raw_escapes: bool = False,
    process_quotes: bool = True,
    skip_unset: bool = False,
) -> Expansion:
    """``word`` with quotes and escapes taken away and variables replaced, whole and split into words.

    ``raw_quotes`` and ``raw_escapes`` keep them; without ``process_quotes`` they mean nothing, as in a heredoc;
    ``skip_unset`` leaves ``$name`` as it is when the name is not set, where otherwise it becomes empty.
    Raises ExpandError.
    """
    lexer = _Lexer(
        word,
        variables,
        escape=escape,
        raw_quotes=raw_quotes,
        process_quotes=process_quotes,
        skip_unset=skip_unset,
    )
    text, words = lexer.until("", raw_escapes, 0)
    return Expansion(text, tuple(words), frozenset(lexer.matched), frozenset(lexer.unmatched))


class _Lexer:
    """The place in one word; every method reads on from there."""

    __slots__ = (
        "at",
        "escape",
        "matched",
        "process_quotes",
        "raw_escapes",
        "raw_quotes",
        "skip_unset",
        "source",
        "unmatched",
        "variables",
    )

    def __init__(
        self,
        source: str,
        variables: Mapping[str, str],
        *,
        escape: str,
        raw_quotes: bool,
        process_quotes: bool,
        skip_unset: bool,
    ) -> None:
        self.source = source
        self.variables = variables
        self.escape = escape
        self.raw_quotes = raw_quotes
        self.process_quotes = process_quotes
        self.skip_unset = skip_unset
        self.raw_escapes = False
        self.matched: set[str] = set()
        self.unmatched: set[str] = set()
        self.at = 0

    def peek(self) -> str:
        """The next character, or nothing at the end."""
        return self.source[self.at : self.at + 1]

    def take(self) -> str:
        """The next character, passed over."""
        char = self.source[self.at : self.at + 1]
        self.at += len(char)
        return char

    def until(self, stop: str, raw_escapes: bool, depth: int) -> tuple[str, list[str]]:
        """Text and words up to ``stop``, which is passed over; an empty ``stop`` is the end."""
        before, self.raw_escapes = self.raw_escapes, raw_escapes
        try:
            return self._until(stop, depth)
        finally:
            self.raw_escapes = before

    def _until(self, stop: str, depth: int) -> tuple[str, list[str]]:
        if depth > MAX_DEPTH:
            raise ExpandError(said("variables are nested more than {max_depth} deep", max_depth=MAX_DEPTH))
        plain = _plain_run(stop, self.escape)
        result: list[str] = []
        words = _Words()
        while self.at < len(self.source):
            run = plain.match(self.source, self.at)
            if run is not None:
                self.at = run.end()
                result.append(run.group())
                words.add(run.group())
                continue
            char = self.peek()
            if char == stop:
                self.at += 1
                return "".join(result), words.finish()
            if char == "$":
                value = self.dollar(depth)
                result.append(value)
                words.add(value)
            elif char == "<":
                value = self.less_than()
                result.append(value)
                words.add_raw(value)
            elif char in "'\"" and self.process_quotes:
                value = self.single_quote() if char == "'" else self.double_quote(depth)
                result.append(value)
                words.add_raw(value)
            elif char == self.escape:
                value = self.escaped()
                result.append(value)
                words.add_raw(value)
            else:
                self.at += 1
                result.append(char)
                words.add(char)
        if stop:
            raise ExpandError(said("unexpected end of statement while looking for matching {stop}", stop=stop))
        return "".join(result), words.finish()

    def less_than(self) -> str:
        """``<``, or ``<<`` with the white space after it, which belongs to a heredoc's word: ``<< EOF``."""
        match = _LESS_THAN.match(self.source, self.at)
        text = match.group() if match else ""
        self.at += len(text)
        return text

    def escaped(self) -> str:
        """The character after an escape character; nothing at the end."""
        escape = self.take() if self.raw_escapes else self.take() and ""
        return escape + self.take()

    def single_quote(self) -> str:
        """What stands between single quotes, where nothing is special."""
        end = self.source.find("'", self.at + 1)
        if end < 0:
            self.at = len(self.source)
            raise ExpandError("unexpected end of statement while looking for matching single-quote")
        text = self.source[self.at : end + 1]
        self.at = end + 1
        return text if self.raw_quotes else text[1:-1]

    def double_quote(self, depth: int) -> str:
        """What stands between double quotes, variables replaced."""
        quote = self.take() if self.raw_quotes else self.take() and ""
        result = [quote]
        plain = _plain_run('"', self.escape)
        while self.at < len(self.source):
            run = plain.match(self.source, self.at)
            if run is not None:
                self.at = run.end()
                result.append(run.group())
                continue
            char = self.peek()
            if char == '"':
                self.at += 1
                result.append(quote)
                return "".join(result)
            if char == "$":
                result.append(self.dollar(depth))
                continue
            self.at += 1
            if char == self.escape:
                if self.raw_escapes:
                    result.append(char)
                following = self.peek()
                if not following:
                    break
                if following in ('"', "$", self.escape):
                    char = self.take()
            result.append(char)
        raise ExpandError("unexpected end of statement while looking for matching double-quote")

    def dollar(self, depth: int) -> str:
        """The value of ``$name`` or ``${...}``."""
        self.at += 1
        if self.peek() != "{":
            name = self.name()
            if not name:
                return "$"
            value = self.get(name)
            return f"${name}" if value is None and self.skip_unset else value or ""
        self.at += 1
        following = self.peek()
        if not following:
            raise ExpandError("syntax error: missing '}'")
        if following in "{}:":
            raise ExpandError("syntax error: bad substitution")
        name = self.name()
        char = self.take()
        if char == "}":
            value = self.get(name)
            return f"${{{name}}}" if value is None and self.skip_unset else value or ""
        if char == "/":
            return self.replace(name, depth)
        operator = char
        if char == ":":
            char = self.take()
            operator += char
        elif not char:
            raise ExpandError("syntax error: missing '}'")
        elif char not in "+-?#%":
            raise ExpandError(said("unsupported modifier ({char}) in substitution", char=char))
        return self.modify(name, char, operator, depth)

    def modify(self, name: str, char: str, operator: str, depth: int) -> str:
        """``${name:-word}`` and its kin, after the operator."""
        word = self.operand("}", char in ("#", "%"), depth, "syntax error: missing '}'")
        value = self.get(name)
        if value is None and self.skip_unset:
            return f"${{{name}{operator}{word}}}"
        present = value is not None and not (operator[0] == ":" and value == "")
        if char == "-":
            return value if present and value is not None else word
        if char == "+":
            return word if present else ""
        if char == "?":
            if not present:
                default = said("is not allowed to be unset") if value is None else said("is not allowed to be empty")
                raise ExpandError(f"{name}: " + (word or default))
            return value or ""
        if char and char in "#%":
            greedy = word.startswith(char)
            try:
                return trim(value or "", word[1:] if greedy else word, greedy, at_end=char == "%")
            except PatternError as error:
                raise ExpandError(str(error)) from error
        raise ExpandError(said("unsupported modifier ({operator}) in substitution", operator=operator))

    def replace(self, name: str, depth: int) -> str:
        """``${name/pattern/replacement}`` and, with two slashes, every match of it."""
        every = self.peek() == "/"
        if every:
            self.at += 1
        pattern = self.operand("/", True, depth, "syntax error: missing '/' in ${}")
        replacement = self.operand("}", True, depth, "syntax error: missing '}'")
        value = self.get(name)
        if value is None:
            return f"${{{name}/{pattern}/{replacement}}}" if self.skip_unset else ""
        try:
            regex = compile_pattern(pattern, greedy=True)
        except PatternError as error:
            raise ExpandError(str(error)) from error
        if every:
            # Go's ReplaceAllString expands $1 in the replacement; patterns have no groups, so $name becomes nothing.
            text = re.sub(r"\$(\$|\w+|\{\w+\})", lambda match: "$" if match[1] == "$" else "", replacement)
            return regex.sub(lambda _: text, value)
        return regex.sub(lambda _: replacement, value, count=1)

    def operand(self, stop: str, raw_escapes: bool, depth: int, missing: str) -> str:
        """The word after an operator, up to ``stop``."""
        try:
            return self.until(stop, raw_escapes, depth + 1)[0]
        except ExpandError as error:
            if self.at >= len(self.source) and depth < MAX_DEPTH:
                raise ExpandError(missing) from error
            raise

    def name(self) -> str:
        """The variable's name: digits, one special parameter, or letters, digits and underscores."""
        match = _NAME.match(self.source, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match.group()

    def get(self, name: str) -> str | None:
        """The variable's value; the name is noted as matched or not."""
        value = self.variables.get(name)
        (self.unmatched if value is None else self.matched).add(name)
        return value


class _Words:
    """Words under construction: unquoted white space ends one."""

    __slots__ = ("parts", "words")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.words: list[str] = []

    def add(self, text: str) -> None:
        """Text in which white space separates."""
        pieces = _split(text)
        for index, piece in enumerate(pieces):
            if index:
                self.end()
            if piece:
                self.parts.append(piece)

    def add_raw(self, text: str) -> None:
        """Text that belongs to the word whatever is in it."""
        self.parts.append(text)

    def end(self) -> None:
        """End the word, if there is one."""
        word = "".join(self.parts)
        self.parts.clear()
        if word:
            self.words.append(word)

    def finish(self) -> list[str]:
        """All words."""
        self.end()
        return self.words


def _split(text: str) -> list[str]:
    if not _SPACE_SET.intersection(text):
        return [text]
    return _SPACE_RUN.split(text)


_LESS_THAN = re.compile(r"<(?:<[ \t\r]*)?")
_NAME = re.compile(r"\d+|[@*#?$!-]|\w+")
_SPACE_RUN = re.compile(f"[{re.escape(SPACES)}]+")
_PLAIN_RUNS: dict[tuple[str, str], re.Pattern[str]] = {}


def _plain_run(stop: str, escape: str) -> re.Pattern[str]:
    """A run of characters that mean nothing special before ``stop``."""
    key = (stop, escape)
    if key not in _PLAIN_RUNS:
        quotes = "" if stop == '"' else "'\"<"
        _PLAIN_RUNS[key] = re.compile(f"[^{re.escape(stop + escape + quotes + '$')}]+")
    return _PLAIN_RUNS[key]
