"""The files of a project, as the build would see them."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lightship.errors import InputError, UnknownError
from lightship.messages import said
from lightship.semantic.ignore import IgnoreRules
from lightship.text import decode

SKIPPED = frozenset(["node_modules", "vendor", "venv", "env", "virtualenv", "site-packages", "__pycache__", "testdata"])
"""Directories that hold no source of the project's own, at any depth; hidden ones are skipped too."""
READS_PORT = re.compile(r"(?:environ|[Gg]etenv|process\.env|LookupEnv)\W{0,8}(?:get\W{1,3})?PORT\b")
"""Source in which a variable PORT of the environment is read."""
_LARGEST_TEXT = 2 << 20
_MOST_FILES = 20_000
_ASIDE = re.compile(
    r"(?:^|/)(?:tests?|__tests__|spec|e2e|docs?|examples?|samples?|benchmarks?|fixtures|migrations|build|dist)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest|setup|noxfile|tasks|fabfile)\.py$"
    r"|(?:^|/)[^/]*(?:_test\.go|\.(?:test|spec|config)\.[cm]?[jt]sx?)$"
)


@dataclass(frozen=True, slots=True)
class Project:
    """A folder without a Dockerfile. ``files`` are relative paths with ``/``, sorted; ignored ones are left out.

    ``paths`` are the same files and the directories that they are in.
    """

    folder: Path
    files: tuple[str, ...]
    paths: frozenset[str]

    def has(self, name: str) -> bool:
        """Whether there is such a file or directory that the build can see."""
        return name.strip("/") in self.paths

    def text(self, name: str) -> str | None:
        """A file's text; None when it is not there, is not a plain file, or is far too large for what we look for."""
        path = self.folder / name
        try:
            if not path.is_file() or path.stat().st_size > _LARGEST_TEXT:
                return None
            return decode(path.read_bytes()).removeprefix("\ufeff")
        except OSError:
            return None

    def reads_port(self, *suffixes: str) -> bool:
        """Whether the source takes a port from the variable PORT."""
        return any(READS_PORT.search(self.text(one) or "") for one in self.sources(*suffixes))

    def where(self, name: str) -> str:
        """The path of a file for an error."""
        return str(self.folder / name)

    def toml(self, name: str) -> dict[str, object]:
        """A TOML file's tables, none when it is not there. Raises InputError when it is not TOML."""
        text = self.text(name)
        if text is None:
            return {}
        try:
            return tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            help_ = "correct the file; lightship reads what it states"
            raise InputError("not TOML", where=self.where(name), why=str(error), help=help_) from error

    def json(self, name: str) -> dict[str, object]:
        """A JSON file's object, empty when it is not there. Raises InputError when it holds no JSON object."""
        text = self.text(name)
        if text is None:
            return {}
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            help_ = "correct the file; lightship reads what it states"
            raise InputError("not JSON", where=self.where(name), why=str(error), help=help_) from error
        if not isinstance(value, dict):
            raise InputError("not a JSON object", where=self.where(name), help="it starts with {")
        return value

    def sources(self, *suffixes: str) -> Iterator[str]:
        """Source files of the program itself: no tests, documents, examples, migrations, nor build results."""
        return (one for one in self.files if one.endswith(suffixes) and not _ASIDE.search(one))


def read_project(folder: Path, ignore: IgnoreRules) -> Project:
    """The files below a folder. Raises UnknownError when there are too many to be one project's sources."""
    found: list[str] = []
    for root, directories, names in os.walk(folder):
        at = Path(root).relative_to(folder)
        directories[:] = sorted(
            name
            for name in directories
            if name not in SKIPPED and not name.startswith(".") and not _is_venv(root, name)
        )
        found += [path for name in names if not ignore.excludes(path := (at / name).as_posix())]
        if len(found) > _MOST_FILES:
            raise UnknownError(
                said("more than {most_files} files", most_files=_MOST_FILES),
                where=str(folder),
                help="name the folder of the one program, or write a .dockerignore that leaves the others out",
            )
    parents = {parent.as_posix() for path in {path.rpartition("/")[0] for path in found} for parent in _upwards(path)}
    return Project(folder, tuple(sorted(found)), frozenset(found) | parents)


def _upwards(path: str) -> tuple[PurePosixPath, ...]:
    """A directory and those above it, the root left out."""
    pure = PurePosixPath(path)
    return tuple(one for one in (pure, *pure.parents) if one.name)


def _is_venv(root: str, name: str) -> bool:
    return (Path(root) / name / "pyvenv.cfg").exists()


def table(value: object, *names: str) -> dict[str, object]:
    """A table within tables; empty where one of them is missing or something else."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def string(value: object) -> str:
    """A string, empty for everything else."""
    return value.strip() if isinstance(value, str) else ""


def strings(value: object) -> tuple[str, ...]:
    """The strings of a list; none for everything else."""
    return tuple(one.strip() for one in value if isinstance(one, str)) if isinstance(value, list) else ()
