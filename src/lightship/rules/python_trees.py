"""Virtual environments and per-user installs of Python: where stages make them, and where they end up."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lightship.rules.copied import Copied, absolute, copied, is_below
from lightship.rules.model import Placed, Subject
from lightship.semantic import Stage

if TYPE_CHECKING:
    from lightship.shell import Program

_PYTHON = re.compile(r"(?:python|pypy)(?:[23](?:\.\d+)?)?")
_MAKERS = ("venv", "virtualenv", "uv", "poetry")

_NAMES = """
    alembic arq celery daphne dramatiq fastapi flask granian gunicorn hypercorn jupyter litestar mlflow prefect
    pytest rq sanic streamlit uvicorn uwsgi waitress-serve
"""
SCRIPTS = frozenset(_NAMES.split())
"""Programs that only a Python package brings."""


@dataclass(frozen=True, slots=True)
class Venv:
    """A virtual environment and the RUN that makes it; ``relocatable`` when it may be moved."""

    path: str
    made_by: Placed
    relocatable: bool


def venvs(subject: Subject, stages: Iterable[Stage]) -> Iterator[Venv]:
    """The virtual environments that some stages make, at known places."""
    for stage in stages:
        for index, instruction in enumerate(stage.instructions):
            if instruction.keyword != "run" or not any(word in instruction.text for word in _MAKERS):
                continue
            placed = Placed(stage, index, instruction)
            for program in subject.programs(placed):
                path = _made(placed, program)
                if path:
                    yield Venv(path, placed, "--relocatable" in program.arguments)


def brought_venvs(subject: Subject) -> tuple[tuple[Venv, Copied, str], ...]:
    """The virtual environments of builder stages that the final image takes, the COPY, and where they end up."""
    if "brought_venvs" not in subject._known:
        subject._known["brought_venvs"] = tuple(_brought_venvs(subject))
    found: tuple[tuple[Venv, Copied, str], ...] = subject._known["brought_venvs"]
    return found


def _brought_venvs(subject: Subject) -> Iterator[tuple[Venv, Copied, str]]:
    target = subject.image_stages
    for one in copied(subject, target):
        if one.from_stage is None:
            continue
        for venv in venvs(subject, subject.graph.chain(one.from_stage)):
            place = one.place(venv.path)
            if place:
                yield venv, one, place


def installed_trees(subject: Subject, stages: Iterable[Stage]) -> Iterator[str]:
    """Where pip is told to put packages or wheels (``--prefix``, ``--target``, ``--wheel-dir``, ``--user``)."""
    for stage in stages:
        for index, instruction in enumerate(stage.instructions):
            if instruction.keyword != "run" or "pip" not in instruction.text:
                continue
            placed = Placed(stage, index, instruction)
            for program in subject.programs(placed):
                if "install" not in program.arguments and "wheel" not in program.arguments:
                    continue
                for at, word in enumerate(program.arguments):
                    option, equals, value = (word or "").partition("=")
                    if option in _PLACES:
                        path = value if equals else (*program.arguments, None)[at + 1]
                        yield from [absolute(placed.scope, path)] if path else []
                    elif word == "--user" and placed.scope.user in (None, "", "root", "0"):
                        yield "/root/.local"


_PLACES = ("--prefix", "--target", "-t", "--wheel-dir", "-w", "--root")


def brings(copies: Iterable[Copied], path: str) -> bool:
    """Whether one of these puts something at a path, below it, or may do so from above."""
    return any(
        is_below(landing, path) or (is_below(path, landing) and (one.from_stage is not None or bool(one.external)))
        for one in copies
        for landing in one.landings
    )


def _made(placed: Placed, program: Program) -> str:
    """The directory of the virtual environment that a call makes; empty when it makes none at a known place."""
    name, arguments = posixpath.basename(program.name), program.arguments
    rest: tuple[str | None, ...] = ()
    if _PYTHON.fullmatch(name) and "-m" in arguments:
        at = arguments.index("-m") + 1
        rest = arguments[at + 1 :] if arguments[at : at + 1] in (("venv",), ("virtualenv",)) else ()
    elif name == "virtualenv":
        rest = arguments
    elif name == "uv" and arguments[:1] == ("venv",):
        rest = arguments[1:] if _plain(arguments[1:]) else (*arguments[1:], ".venv")
    elif name == "uv" and arguments[:1] == ("sync",):
        rest = (placed.scope.variables.get("UV_PROJECT_ENVIRONMENT", ".venv"),)
    elif name == "poetry" and "install" in arguments and _in_project(placed):
        rest = (".venv",)
    words = _plain(rest)
    return absolute(placed.scope, words[0]) if words else ""


def _plain(words: tuple[str | None, ...]) -> list[str]:
    """The words that are no options and no values of options."""
    found: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in ("-p", "--python", "--prompt", "--seed-packages"):
            skip = True
        elif word is None:
            return found
        elif not word.startswith("-"):
            found.append(word)
    return found


def _in_project(placed: Placed) -> bool:
    value = placed.scope.variables.get("POETRY_VIRTUALENVS_IN_PROJECT", "")
    return value.lower() in ("1", "true") or "virtualenvs.in-project true" in placed.instruction.text
