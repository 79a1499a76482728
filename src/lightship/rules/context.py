"""What rules may know of the build context: the files beside the Dockerfile and what ``.dockerignore`` leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lightship.dockerfile import Dockerfile
from lightship.errors import InputError
from lightship.semantic.ignore import IgnoreRules, load

_NOT_LITERAL = re.compile(r"[$*?\[\\]|://|^git@")


@dataclass(frozen=True, slots=True)
class ContextFacts:
    """A folder that is the build context. ``given`` is false when that was worked out from what COPY names.

    ``ignore.path`` is None when there is no ``.dockerignore``.
    """

    folder: Path
    ignore: IgnoreRules
    given: bool = True

    def exists(self, path: str) -> bool:
        """Whether a path (relative to the context) is there, ignored or not."""
        return (self.folder / path.lstrip("/")).exists()

    def excludes(self, path: str) -> bool:
        """Whether ``.dockerignore`` leaves a path out."""
        return self.ignore.excludes(path)

    def read(self, path: str) -> str | None:
        """The text of a small file of the context, None when it is not there, not text or larger than 1 MB."""
        file = self.folder / path.lstrip("/")
        try:
            return file.read_text(encoding="utf-8") if file.stat().st_size <= 1 << 20 else None
        except (OSError, UnicodeDecodeError):
            return None


def given_context(folder: Path, dockerfile_path: Path | None) -> ContextFacts:
    """The context that the user named. Raises InputError when its ``.dockerignore`` cannot be read."""
    return ContextFacts(folder, load(folder, dockerfile_path))


def likely_context(dockerfile: Dockerfile, path: Path) -> ContextFacts | None:
    """The Dockerfile's folder when it looks like the context: it has the ignore file, or all that COPY names is in it.

    Otherwise None: a Dockerfile is often built with another folder as its context.
    """
    folder = path.parent
    try:
        ignore = load(folder, path)
    except InputError:
        return None
    sources = list(_literal_sources(dockerfile))
    if ignore.path is None and not (sources and all((folder / source).exists() for source in sources)):
        return None
    return ContextFacts(folder, ignore, given=False)


def _literal_sources(dockerfile: Dockerfile) -> Iterator[str]:
    """What COPY and ADD take from the context and name in full."""
    for instruction in dockerfile.instructions:
        if instruction.keyword not in ("copy", "add") or instruction.flag("from") is not None:
            continue
        for word in instruction.words[:-1]:
            if not _NOT_LITERAL.search(word.value) and not word.text.startswith("<<"):
                yield word.value.lstrip("/")
