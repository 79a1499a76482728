"""Commands in a project's data files: a program that starts what it is given may be given what stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lightship.closure.mentions import Mention, is_beside, possible_commands

_DATA = re.compile(r"\.(?:json5?|ya?ml|toml|ini|cfg|conf|properties)$", re.IGNORECASE)
# What tells other tools about the project: package managers, linters, builders, platforms.
_FOR_OTHERS = re.compile(
    r"(?:^|/)(?:\.|package\.json|package-lock\.|npm-shrinkwrap|composer\.|[jt]sconfig|pnpm-|bower\.|lerna\.|nx\.|turbo\."
    r"|docker-compose|compose\.|pyproject\.|poetry\.|uv\.|setup\.cfg|tox\.|pytest\.|mypy\.|mkdocs\.|openapi|swagger|manifest\."
    r"|vercel\.|netlify\.|render\.|fly\.|cloudbuild|azure-pipelines|appveyor|codecov|renovate|lightship\.)",
    re.IGNORECASE,
)
LARGEST_WRITTEN = 256 << 10
"""Bytes above which nobody wrote a file by hand."""

_ENTRY = re.compile(r"^[\w.\s\"-]{0,80}[:=]\s*([A-Za-z/][\w./+-]{1,80})(?=\s+[\w.]*[-/$%{])", re.MULTILINE)


def is_settings(path: str) -> bool:
    """Whether a file of a project holds data of the program's own."""
    return _DATA.search(path) is not None and not _FOR_OTHERS.search(path) and not is_beside(path)


def commands_in_settings(source: bytes) -> Iterator[Mention]:
    """The names that stand in data where a command's can, with quotes around (JSON) or without (YAML)."""
    if len(source) > LARGEST_WRITTEN:
        return
    text = source.decode("utf-8", "replace")
    # A word alone is a word: of "type": "file" nothing is started.
    yield from (replace(one, direct=False) for one in possible_commands(text) if one.command)
    for match in _ENTRY.finditer(text):
        yield Mention("program", match.group(1), direct=False)
