"""The Dockerfiles below a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

_NAMED = re.compile(r"(?:dockerfile|containerfile)(?:\..+)?|.+\.(?:dockerfile|containerfile)", re.IGNORECASE)
# What begins with "Dockerfile." but is something else: ignore files, documents, sources, and templates, which are no
# Dockerfiles before something has filled them in.
_OTHER = re.compile(
    r".*(?:~|\.(?:dockerignore|containerignore|md|rst|adoc|html|bak|orig|rej|swp|j2|jinja2?|tmpl|tpl|template|erb|in|ejs"
    r"|mustache|hbs|py|pyc|go|rs|rb|js|mjs|ts|tsx|java|kt|lua|vim|sh|json|yaml|yml|toml|lock|xml|svg|png))",
    re.IGNORECASE,
)
SKIPPED = frozenset({".git", ".hg", ".svn", "node_modules", ".venv", "venv", "__pycache__", ".tox", ".nox"})
"""Folders that hold other people's files, or none."""


def is_dockerfile_name(name: str) -> bool:
    """Whether a file of that name is taken for a Dockerfile."""
    return _NAMED.fullmatch(name) is not None and _OTHER.fullmatch(name) is None


def dockerfiles(folder: Path) -> Iterator[Path]:
    """The Dockerfiles below a folder, sorted within each folder. Links to folders are not followed."""
    stack = [str(folder)]
    while stack:
        here = stack.pop()
        try:
            with os.scandir(here) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        if any(entry.name == "pyvenv.cfg" for entry in found):
            continue
        folders: list[str] = []
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED:
                    folders.append(entry.path)
            elif is_dockerfile_name(entry.name) and entry.is_file():
                yield Path(entry.path)
        stack += reversed(folders)
