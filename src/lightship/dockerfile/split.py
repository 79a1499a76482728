"""A logical line into keyword, flags and words, each instruction by its own rules, as BuildKit's parser has them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from lightship.dockerfile.lex import SPACES
from lightship.dockerfile.model import Flag, SourceMap, Word
from lightship.messages import said
from lightship.text import Span

_SPACE_SET = frozenset(SPACES)
_BLANK = re.compile(r"[\t\v\f\r ]+")
_NOT_BLANK = re.compile(r"[^\t\v\f\r ]+")
_JSON_SPACE = re.compile(r"[ \t\n\r]*")
_JSON_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_SURROGATE = re.compile("[\ud800-\udfff]")

MAYBE_JSON = frozenset({"cmd", "entrypoint", "run", "shell"})
MAYBE_JSON_LIST = frozenset({"add", "copy", "volume"})
BLANK_SEPARATED = frozenset({"expose", "from"})
WHOLE = frozenset({"maintainer", "stopsignal", "user", "workdir"})
NAME_VALUE = frozenset({"env", "label"})
KEYWORDS = MAYBE_JSON | MAYBE_JSON_LIST | BLANK_SEPARATED | WHOLE | NAME_VALUE | {"arg", "healthcheck", "onbuild"}


@dataclass(frozen=True, slots=True)
class Head:
    """Keyword and flags; ``start`` and ``end`` are where the arguments lie in the logical line."""

    keyword: str
    keyword_start: int
    flags: tuple[Flag, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Split:
    """The words of an instruction; ``error`` is what BuildKit's parser says when it refuses them."""

    words: tuple[Word, ...] = ()
    exec_form: tuple[str, ...] | None = None
    error: str = ""
    at: Span | None = field(default=None)


def head(line: str, source: SourceMap) -> Head:
    """Keyword, flags and the place of the arguments in a logical line."""
    start = len(line) - len(line.lstrip(SPACES))
    end = len(line.rstrip(SPACES))
    if start >= end:
        return Head("", 0, (), len(line), len(line))
    blank = _BLANK.search(line, start, end)
    if blank is None:
        return Head(line[start:end], start, (), end, end)
    flags, at = _flags(line, blank.end(), end, source)
    while at < end and line[at] in _SPACE_SET:
        at += 1
    return Head(line[start : blank.start()], start, flags, at, end)


def _flags(line: str, at: int, end: int, source: SourceMap) -> tuple[tuple[Flag, ...], int]:
    """The flags before the arguments, and where the arguments start."""
    flags: list[Flag] = []
    while True:
        while at < end and line[at] in _SPACE_SET:
            at += 1
        if not line.startswith("--", at, end):
            return tuple(flags), at
        value, after = _flag_word(line, at, end)
        if value == "--":
            return tuple(flags), after
        name, equals, rest = value[2:].partition("=")
        flags.append(Flag(name, rest if equals else None, line[at:after], source.span(at, after)))
        at = after


def _flag_word(line: str, at: int, end: int) -> tuple[str, int]:
    """A flag without its quotes and escapes, and where it ends. The escape here is always a backslash."""
    out: list[str] = []
    quote = ""
    while at < end:
        char = line[at]
        if char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        elif not quote and char in _SPACE_SET:
            break
        elif char == "\\":
            at += 1
            out.append(line[at : min(at + 1, end)])
        else:
            out.append(char)
        at += 1
    return "".join(out), min(at, end)


def words(keyword: str, rest: str, source: SourceMap, escape: str) -> Split:  # noqa: PLR0911 - one return a rule
    """The words of ``rest``, the arguments of an instruction."""
    if keyword in MAYBE_JSON:
        return _maybe_json(rest, 0, source, escape)
    if keyword in MAYBE_JSON_LIST:
        return _json(rest, 0, source) or Split(_blank_separated(rest, source, escape))
    if keyword in BLANK_SEPARATED:
        return Split(_blank_separated(rest, source, escape))
    if keyword in WHOLE:
        return Split((_word(rest, 0, len(rest), source, escape),)) if rest else Split()
    if keyword in NAME_VALUE:
        return _name_value(keyword, rest, source, escape)
    if keyword == "arg":
        return Split(tuple(_word(rest, *place, source, escape) for place in _quoted(rest, escape)))
    if keyword == "healthcheck":
        return _healthcheck(rest, source, escape)
    return Split()


def _word(rest: str, start: int, end: int, source: SourceMap, escape: str) -> Word:
    text = rest[start:end]
    return Word(text, unquote(text, escape), source.span(start, end))


def _blank_separated(rest: str, source: SourceMap, escape: str) -> tuple[Word, ...]:
    return tuple(_word(rest, match.start(), match.end(), source, escape) for match in _NOT_BLANK.finditer(rest))


def _quoted(rest: str, escape: str) -> list[tuple[int, int]]:
    """Where words lie that white space outside quotes separates; an escape character at the very end is dropped."""
    found = [match.span() for match in _quoted_word(escape).finditer(rest)]
    if not found or found[-1][1] < len(rest) or not rest.endswith(escape):
        return found
    start, end = found[-1]
    match = _quoted_word(escape).match(rest, start)
    end -= 1 if match and (match[1] or match[2]) else 0
    return found[:-1] if start == end else [*found[:-1], (start, end)]


_QUOTED_WORDS: dict[str, re.Pattern[str]] = {}


def _quoted_word(escape: str) -> re.Pattern[str]:
    if escape not in _QUOTED_WORDS:
        e, space = re.escape(escape), re.escape(SPACES)
        _QUOTED_WORDS[escape] = re.compile(
            rf"(?:[^{space}'\"{e}]++|{e}(?s:.)|({e})\Z|'[^']*+(?:'|\Z)|\"(?:[^\"{e}]++|{e}(?s:.))*+(?:\"|({e})?\Z))++"
        )
    return _QUOTED_WORDS[escape]


def _name_value(keyword: str, rest: str, source: SourceMap, escape: str) -> Split:
    """``name=value ...`` or the legacy form ``name value``; the first word says which."""
    places = _quoted(rest, escape)
    if not places:
        return Split()
    if rest.find("=", *places[0]) < 0:
        return _legacy_pair(keyword, rest, source, escape)
    found: list[Word] = []
    for start, end in places:
        middle = rest.find("=", start, end)
        if middle < 0:
            error = said(
                "Syntax error - can't find = in {word}. Must be of the form: name=value",
                word=_go_quote(rest[start:end]),
            )
            return Split(tuple(found), error=error, at=source.span(start, end))
        found.append(_word(rest, start, middle, source, escape))
        found.append(_word(rest, middle + 1, end, source, escape))
        found.append(Word("=", "=", source.span(middle, middle + 1)))
    return Split(tuple(found))


def _legacy_pair(keyword: str, rest: str, source: SourceMap, escape: str) -> Split:
    """``name value``, where the value is all of the rest."""
    blank = _BLANK.search(rest)
    if blank is None:
        name = _word(rest, 0, len(rest), source, escape)
        return Split((name,), error=said("{keyword} must have two arguments", keyword=keyword.upper()))
    name = _word(rest, 0, blank.start(), source, escape)
    value = _word(rest, blank.end(), len(rest), source, escape)
    return Split((name, value, Word("", "", source.span(blank.start(), blank.start()))))


def _healthcheck(rest: str, source: SourceMap, escape: str) -> Split:
    end = next((index for index, char in enumerate(rest) if char in _SPACE_SET), len(rest))
    if end == 0:
        return Split()
    kind = _word(rest, 0, end, source, escape)
    start = end
    while start < len(rest) and rest[start] in _SPACE_SET:
        start += 1
    command = _maybe_json(rest, start, source, escape)
    return Split((kind, *command.words), command.exec_form, command.error)


def _maybe_json(rest: str, start: int, source: SourceMap, escape: str) -> Split:
    """The strings of a JSON array, otherwise all of it as one word."""
    if start >= len(rest):
        return Split()
    as_json = _json(rest, start, source)
    if as_json is not None:
        return as_json
    text = rest[start:]
    return Split((Word(text, text, source.span(start, len(rest))),))


def _json(rest: str, start: int, source: SourceMap) -> Split | None:
    """A JSON array of strings; an error for an array of something else; None when it is no JSON array at all."""
    while start < len(rest) and rest[start] in _SPACE_SET:
        start += 1
    if not rest.startswith("[", start):
        return None
    found = _json_strings(rest, start, source)
    if found is not None:
        return Split(tuple(found), tuple(word.text for word in found))
    if not _is_json(rest[start:]):
        return None
    return Split(error="when using JSON array syntax, arrays must be comprised of strings only", exec_form=())


def _json_strings(rest: str, at: int, source: SourceMap) -> list[Word] | None:
    found: list[Word] = []
    at = _json_blank(rest, at + 1)
    while not rest.startswith("]", at):
        if found:
            if not rest.startswith(",", at):
                return None
            at = _json_blank(rest, at + 1)
        match = _JSON_STRING.match(rest, at)
        if match is None:
            return None
        # Go's decoder puts U+FFFD where a surrogate has no partner or a byte is not UTF-8.
        text = _SURROGATE.sub("\ufffd", json.loads(match.group()))
        found.append(Word(text, text, source.span(match.start(), match.end())))
        at = _json_blank(rest, match.end())
    return found if _json_blank(rest, at + 1) == len(rest) else None


def _json_blank(rest: str, at: int) -> int:
    match = _JSON_SPACE.match(rest, at)
    return match.end() if match else at


def _is_json(text: str) -> bool:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError):
        return False
    return True


def unquote(text: str, escape: str) -> str:
    """``text`` without quotes and escapes; variables stay as they are."""
    if not ("'" in text or '"' in text or escape in text):
        return text
    e = re.escape(escape)
    pattern = rf"'([^']*)'|\"((?:[^\"{e}]++|{e}(?s:.))*+)\"|{e}((?s:.)?)"

    def plain(match: re.Match[str]) -> str:
        if match[1] is not None:
            return match[1]
        if match[2] is not None:
            return re.sub(rf"{e}([\"${e}])", r"\1", match[2])
        return match[3] or ""

    return re.sub(pattern, plain, text)


def _go_quote(text: str) -> str:
    """The text as Go's ``%q`` prints it, near enough for a message."""
    return json.dumps(text, ensure_ascii=False)
