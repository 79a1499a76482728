"""Shell patterns in ``${name#pattern}`` and its kin: ``*`` and ``?``, no brackets, as BuildKit has them."""

from __future__ import annotations

import re

from lightship.messages import said


class PatternError(ValueError):
    """A pattern that BuildKit refuses."""


def compile_pattern(pattern: str, *, greedy: bool) -> re.Pattern[str]:
    """A shell pattern (``*`` and ``?`` only) as a regular expression."""
    out: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            out.append(".*" if greedy else ".*?")
            continue
        if char == "?":
            out.append(".")
            continue
        if char == "\\":
            following = pattern[at : at + 1]
            if following and following in "}/":
                continue
            at += 1
            if not following or following not in "*?\\":
                raise PatternError(
                    said(
                        "invalid pattern ({pattern}) in substitution: invalid escape '\\{following}'",
                        pattern=pattern,
                        following=following,
                    )
                )
            char = following
        out.append(re.escape(char))
    return re.compile("".join(out))


def trim(value: str, pattern: str, greedy: bool, *, at_end: bool) -> str:
    """``value`` without the shortest or longest prefix (or, ``at_end``, suffix) that the pattern matches."""
    if not at_end:
        match = compile_pattern(pattern, greedy=greedy).match(value)
        return value[match.end() :] if match else value
    match = compile_pattern(_reverse_pattern(pattern), greedy=greedy).match(value[::-1])
    return value[: len(value) - match.end()] if match else value


def _reverse_pattern(pattern: str) -> str:
    """The pattern that matches the reversed text; an escaped character keeps its backslash before it."""
    pieces = re.findall(r"\\.|.", pattern, re.DOTALL)
    return "".join(reversed(pieces))
