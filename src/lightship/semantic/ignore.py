"""``.dockerignore``: which files of the context the build never sees.

https://docs.docker.com/build/concepts/context/#dockerignore-files and the behaviour of moby/patternmatcher.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lightship.dockerfile.lex import SPACES
from lightship.errors import InputError
from lightship.messages import said
from lightship.text import decode


@dataclass(frozen=True)
class IgnoreRules:
    """Patterns in the order of the file; the last one that matches a path or a parent of it decides.

    ``path`` is the file that they come from, None when there is none.
    """

    patterns: tuple[str, ...] = ()
    path: Path | None = None

    def excludes(self, path: str) -> bool:
        """Whether a path (relative to the context, ``/`` between its parts) is left out of the build."""
        clean = clean_path(path).removeprefix("/")
        if clean == ".":
            return False
        parts = clean.split("/")
        parents = ["/".join(parts[:end]) for end in range(1, len(parts))]
        excluded = False
        for pattern in self._compiled:
            if pattern.keeps != excluded:
                continue
            if pattern.matches(clean) or any(pattern.matches(parent) for parent in parents):
                excluded = not pattern.keeps
        return excluded

    @property
    def has_exceptions(self) -> bool:
        """Whether a pattern with ``!`` may bring back something below an excluded directory."""
        return any(pattern.keeps for pattern in self._compiled)

    @cached_property
    def _compiled(self) -> tuple[_Pattern, ...]:
        return tuple(compile_pattern(pattern) for pattern in self.patterns)


def load(context: Path, dockerfile: Path | None = None) -> IgnoreRules:
    """The rules for a build: ``<Dockerfile>.dockerignore`` beside the Dockerfile, otherwise the context's own.

    Raises InputError when a file cannot be read or a pattern is not one.
    """
    candidates = [context / ".dockerignore"]
    if dockerfile is not None:
        candidates.insert(0, dockerfile.with_name(dockerfile.name + ".dockerignore"))
    for candidate in candidates:
        try:
            raw = candidate.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise InputError((error.strerror or str(error)).lower(), where=str(candidate)) from error
        rules = IgnoreRules(read(decode(raw)), candidate)
        try:
            _ = rules.has_exceptions
        except InputError as error:
            raise InputError(error.what, where=str(candidate), help=error.help) from error
        return rules
    return IgnoreRules()


def read(text: str) -> tuple[str, ...]:
    """The patterns of an ignore file: no comments, no blank lines, cleaned, without a leading slash."""
    patterns: list[str] = []
    for line in text.removeprefix("\ufeff").split("\n"):
        pattern = line.removesuffix("\r")
        if pattern.startswith("#"):
            continue
        pattern = pattern.strip(SPACES)
        if not pattern:
            continue
        keeps = pattern.startswith("!")
        if keeps:
            pattern = pattern[1:].strip(SPACES)
        if pattern:
            pattern = clean_path(pattern)
            if len(pattern) > 1:
                pattern = pattern.removeprefix("/")
        patterns.append("!" + pattern if keeps else pattern)
    return tuple(patterns)


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path or a parent of it matches the patterns, the last one deciding. Raises InputError."""
    return IgnoreRules(tuple(patterns)).excludes(path)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One pattern, ready to match; ``keeps`` for one that starts with ``!``."""

    matches: Callable[[str], bool]
    keeps: bool


def compile_pattern(pattern: str) -> _Pattern:
    """A pattern as moby/patternmatcher reads it. Raises InputError."""
    text = clean_path(pattern.strip(SPACES))
    keeps = text.startswith("!")
    if keeps:
        text = text[1:]
        if not text:
            raise InputError('illegal exclusion pattern: "!"', help="write what the exception is for, or remove it")
    if not _is_valid(text):
        raise InputError(
            said("syntax error in pattern: {text}", text=text), help="close the bracket, or escape it with a backslash"
        )
    return _Pattern(_matcher(text), keeps)


def _matcher(pattern: str) -> Callable[[str], bool]:
    """The test for a pattern: equality, prefix or suffix where that will do, otherwise a regular expression.

    Which of them it is shows: ``**file`` also matches ``xfile``, ``**file*`` does not match ``xfile``.
    """
    regex, special, suffix, prefix = _regex(pattern)
    if suffix and not special:
        tail = pattern[2:]
        return lambda path: path.endswith(tail) or (tail.startswith("/") and path == tail[1:])
    if prefix:
        return lambda path: path.startswith(pattern[:-2])
    if not special:
        return lambda path: path == pattern
    try:
        compiled = re.compile(regex, re.ASCII)
    except re.error:
        # moby compiles a pattern when it first matches, and then takes an error for "does not match".
        return lambda _: False
    return lambda path: compiled.fullmatch(path) is not None


def _regex(pattern: str) -> tuple[str, bool, bool, bool]:
    """The regular expression, and whether it is needed, starts with ``**``, is text and then ``**``."""
    out: list[str] = []
    special = suffix = prefix = in_class = False
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if in_class:
            in_class = char != "]"
            if char == "\\" and at < len(pattern):
                char += pattern[at]
                at += 1
            # Python reads "[", "&&", "||" and "~~" in a class as operators to come; Go does not.
            out.append("\\" + char if char in "[&|~" else char)
        elif char == "*" and pattern.startswith("*", at):
            first = at == 1
            at += 2 if pattern.startswith("/", at + 1) else 1
            prefix = at >= len(pattern) and not special and not suffix
            special = special or not (first or prefix)
            suffix = suffix or first
            out.append(".*" if at >= len(pattern) else "(?:.*/)?")
        else:
            special = special or char in "*?[]\\"
            in_class = char == "["
            if char == "\\" and at < len(pattern):
                out.append(re.escape(pattern[at]))
                at += 1
            else:
                out.append(_TRANSLATED.get(char) or (char if char in "[]^" else re.escape(char)))
    return "".join(out), special, suffix, prefix and not suffix


_TRANSLATED = {"*": "[^/]*", "?": "[^/]"}


def _is_valid(pattern: str) -> bool:
    """Whether Go's ``filepath.Match`` takes the pattern: brackets closed and not empty, escapes complete."""
    return _VALID.fullmatch(pattern) is not None


_RANGE = r"(?:\\.|[^\\\]-])"
_VALID = re.compile(rf"(?:[^\\\[]|\\.|\[\^?(?:{_RANGE}(?:-{_RANGE})?)++\])*+", re.DOTALL)


def clean_path(path: str) -> str:
    """The shortest equal path, as Go's ``filepath.Clean``: no ``.``, no ``..`` that can be resolved, no ``//``."""
    rooted = path.startswith("/")
    parts: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part != ".." or not rooted:
            parts.append(part)
    joined = "/".join(parts)
    return "/" + joined if rooted else joined or "."
