"""Projects without a Dockerfile: what their manifests and source state, and the first Dockerfile that follows from it.

Nothing is invented: what the project does not state and the user does not say is refused, with the flag that decides.
Adding a language is adding its file and a line here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lightship.errors import InputError, UsageError
from lightship.messages import said
from lightship.projects.emission import dockerfile, dockerignore
from lightship.projects.files import Project, read_project
from lightship.projects.go import is_go, plan_go
from lightship.projects.model import Entry, Plan, Wishes, refusal
from lightship.projects.node import is_node, plan_node
from lightship.projects.python import is_python, plan_python

__all__ = [
    "LANGUAGES",
    "Entry",
    "Plan",
    "Project",
    "Wishes",
    "dockerfile",
    "dockerignore",
    "image_name",
    "plan",
    "read_project",
]


@dataclass(frozen=True, slots=True)
class Language:
    """One language that a first Dockerfile can be written for."""

    name: str
    detect: Callable[[Project], bool]
    plan: Callable[[Project, Wishes], Plan]


LANGUAGES: tuple[Language, ...] = (
    Language("python", is_python, plan_python),
    Language("node", is_node, plan_node),
    Language("go", is_go, plan_go),
)


def plan(project: Project, wishes: Wishes) -> Plan:
    """The first Dockerfile of a project. Raises UnknownError with a reason when the project does not say enough."""
    _refuse_odd(wishes)
    found = [one for one in LANGUAGES if one.detect(project)]
    if wishes.language:
        found = [one for one in LANGUAGES if one.name == wishes.language]
    if not found:
        raise InputError(
            "no project of Python, Node or Go",
            where=str(project.folder),
            why="there is no requirements.txt, pyproject.toml, package.json, go.mod or other manifest",
            help="name the folder that holds the manifest; `lightship optimize` takes a Dockerfile in any language",
        )
    if len(found) > 1:
        names = [one.name for one in found]
        raise refusal(
            said("the folder holds projects of {names}", names=" and ".join(names)),
            where=str(project.folder),
            help=said("say which one the image is for: --language {names}", names=names[0]),
        )
    return found[0].plan(project, wishes)


def image_name(folder: Path) -> str:
    """A name for the image, from the folder's."""
    name = "".join(char if char.isascii() and char.isalnum() else "-" for char in folder.resolve().name.lower())
    return "-".join(part for part in name.split("-") if part) or "app"


def _refuse_odd(wishes: Wishes) -> None:
    """Words that would not be one word of an instruction."""
    for flag, value in (("--base", wishes.base), ("--user", wishes.user)):
        if value and (not value.isprintable() or any(char.isspace() for char in value) or value.startswith("-")):
            raise UsageError("not one word", where=f"{flag} {value!r}", help="write it as FROM or USER takes it")
    if wishes.port is not None and not 0 < wishes.port < 65536:
        raise UsageError("no such port", where=f"--port {wishes.port}", help="ports are 1 to 65535")
