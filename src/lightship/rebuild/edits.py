"""The edits after which people build again, as small changes of files that leave a program's meaning as it is.

E0 nothing, E1 a line of source, E2 the manifest of the dependencies, E3 a README, E4 another digest of the base image.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

Code = Literal["E0", "E1", "E2", "E3", "E4"]
CODES: tuple[Code, ...] = ("E0", "E1", "E2", "E3", "E4")

_HASH, _SLASHES, _XML = "# {}\n", "// {}\n", "<!-- {} -->\n"
_COMMENTS = {
    **dict.fromkeys((".py", ".rb", ".sh", ".pl", ".toml", ".txt", ".yml", ".yaml", ".ex", ".exs", ".r", ".jl"), _HASH),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".ts", ".mts", ".jsx", ".tsx", ".go", ".java", ".kt", ".kts"), _SLASHES),
    **dict.fromkeys((".rs", ".c", ".cc", ".cpp", ".h", ".hpp", ".cs", ".swift", ".scala", ".gradle", ".mod"), _SLASHES),
    **dict.fromkeys((".php",), _SLASHES),
    **dict.fromkeys((".xml", ".csproj", ".fsproj", ".md"), _XML),
}
_SOURCES = frozenset(_COMMENTS) - {
    ".toml",
    ".txt",
    ".yml",
    ".yaml",
    ".xml",
    ".csproj",
    ".fsproj",
    ".mod",
    ".md",
    ".gradle",
}
_MANIFESTS = (
    "requirements*.txt", "requirements/*.txt", "pyproject.toml", "Pipfile", "package.json", "go.mod", "Cargo.toml",
    "pom.xml", "build.gradle", "build.gradle.kts", "Gemfile", "composer.json", "*.csproj", "mix.exs",
)  # fmt: skip
_NOT_OURS = frozenset(
    {"node_modules", "vendor", "site-packages", "tests", "test", "__tests__", "docs", ".git", "venv", ".venv"}
)


@dataclass(frozen=True, slots=True)
class Change:
    """One edit. ``file`` is the path in the context that is changed, "" for E0 and E4; ``problem``: there is none."""

    code: Code
    title: str
    file: str = ""
    problem: str = ""


def changes_for(files: Sequence[str], dockerfile: str) -> tuple[Change, ...]:
    """The edits for a context: paths of the files that the build may see, and the Dockerfile's text."""
    source, manifest = _source(files, dockerfile), _manifest(files, dockerfile)
    readme = next((path for path in files if "/" not in path and path.lower().startswith("readme")), "README.md")
    return (
        Change("E0", "nothing"),
        Change("E1", "one line of source", source, "" if source else "there is no source file that is known as one"),
        Change("E2", "the dependencies", manifest, "" if manifest else "there is no manifest of dependencies"),
        Change("E3", "the README", readme),
        Change("E4", "the base image"),
    )


def edited(path: str, text: str, token: str) -> str:
    """A file's text with a remark at its end that means nothing to the language (in JSON: one more key)."""
    remark = f"lightship rebuild {token}"
    if path.endswith(".json"):
        at = text.find("{") + 1
        key = f'"lightship-rebuild": "{token}"'
        is_empty = text[at:].lstrip()[:1] == "}"
        return text[:at] + key + ("" if is_empty else ",") + text[at:] if at else text
    form = _COMMENTS.get(PurePosixPath(path).suffix.lower(), _HASH)
    end = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{end}{form.format(remark)}"


def _source(files: Iterable[str], dockerfile: str) -> str:
    """The source file that is most likely edited: one that the Dockerfile names, else the highest, by its name."""
    ours = [
        path
        for path in files
        if PurePosixPath(path).suffix.lower() in _SOURCES and not _NOT_OURS & set(path.split("/")[:-1])
    ]
    word = _words(dockerfile)

    def rank(path: str) -> tuple[bool, bool, int, str]:
        name = PurePosixPath(path)
        return not word(name.name), not word(name.stem), path.count("/"), path

    return min(ours, key=rank, default="")


def _manifest(files: Iterable[str], dockerfile: str) -> str:
    word = _words(dockerfile)

    def rank(path: str) -> tuple[bool, int, int, str]:
        kind = next(at for at, pattern in enumerate(_MANIFESTS) if PurePosixPath(path).match(pattern))
        return not word(PurePosixPath(path).name), path.count("/"), kind, path

    found = (
        path
        for path in files
        if any(PurePosixPath(path).match(pattern) for pattern in _MANIFESTS)
        and not _NOT_OURS & set(path.split("/")[:-1])
    )
    return min(found, key=rank, default="")


def _words(text: str) -> Callable[[str], bool]:
    def is_there(word: str) -> bool:
        return re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-])", text) is not None

    return is_there
