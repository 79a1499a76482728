"""The whole source is copied before the dependencies are installed.

A layer is taken from the cache while nothing above it changed. Once `COPY . .` stands above the install, every change
of any file installs all dependencies again. Copy the files that name the dependencies first, install, and then copy
the rest.

Bad:

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY . .
RUN npm ci
CMD ["node", "server.js"]
```

Good:

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
CMD ["node", "server.js"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lightship.dockerfile import mounts
from lightship.rules.copied import Copied, copied_by
from lightship.rules.model import Finding, Placed, Rule, Subject
from lightship.semantic import Stage

if TYPE_CHECKING:
    from lightship.shell import Program

NAME = "source_before_dependencies"
_PROGRAMS = ("npm", "yarn", "pnpm", "pip", "pip3", "python", "python3", "go", "bundle", "poetry", "pipenv", "mvn")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for the first COPY of everything in a stage, when a later RUN installs what a manifest names."""
    for stage in subject.graph.stages:
        broad: Copied | None = None
        kinds: set[str] = set()
        for index, instruction in enumerate(stage.instructions):
            placed = Placed(stage, index, instruction)
            if instruction.keyword in ("copy", "add") and broad is None:
                broad = next((one for one in copied_by(subject, placed) if one.is_everything), None)
            if instruction.keyword != "run":
                continue
            kind = _installs(subject, placed)
            if kind and broad is not None and kind not in kinds and not _cached(placed):
                yield _finding(broad, kind, stage)
                break
            kinds |= {kind}


def _finding(broad: Copied, kind: str, stage: Stage) -> Finding:
    return Finding(
        NAME,
        f"any change of the source runs {kind} again",
        broad.span,
        "copy the files that name the dependencies first, install, then copy the rest",
    )


def _cached(placed: Placed) -> bool:
    """Whether a cache mount makes the install cheap, or the manifests are mounted."""
    return any(mount.type == "cache" for mount in mounts(placed.instruction))


def _installs(subject: Subject, placed: Placed) -> str:
    """The install of a RUN that needs nothing but a manifest, as a person would call it; empty when there is none."""
    for program in subject.programs(placed, *_PROGRAMS):
        words = [word or "$" for word in program.arguments]
        name = program.name.rpartition("/")[2]
        if any(
            word.startswith("-") and word in ("-g", "--global", "--prefix", "-C", "--cwd", "--dir") for word in words
        ):
            continue
        found = _install(program, name, words)
        if found:
            return found
    return ""


def _install(program: Program, name: str, words: list[str]) -> str:  # noqa: PLR0911 - one return a language
    verbs = [word for word in words if not word.startswith("-")]
    first = verbs[0] if verbs else ""
    if name in ("npm", "pnpm") and first in ("ci", "install", "i") and len(verbs) == 1:
        return f"{name} {first}"
    if name == "yarn" and (first == "install" or (not verbs and words != ["--version"])):
        return "yarn install"
    if name == "go" and words[:2] == ["mod", "download"]:
        return "go mod download"
    if name == "bundle" and first == "install":
        return "bundle install"
    if name == "poetry" and first == "install" and "--no-root" in words:
        return "poetry install"
    if name == "pipenv" and first in ("install", "sync") and len(verbs) == 1:
        return f"pipenv {first}"
    if name == "mvn" and any(re.search(r"dependency:(?:go-offline|resolve)", word) for word in words):
        return "mvn dependency:go-offline"
    # ``pip install -r requirements.txt .`` and ``-e .`` install the source as well.
    source = any(word in (".", "./", "-e") or word.startswith(".[") for word in words)
    from_file = "install" in words and ("-r" in words or "--requirement" in words) and not source
    return "pip install -r" if name.startswith(("pip", "python")) and from_file else ""


RULE = Rule(NAME, "warning", "cache", check)
