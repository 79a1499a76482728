"""The whole source is copied before the dependencies are installed.

A layer is taken from the cache while nothing above it changed. Once `COPY . .` stands above the install, every change
of any file installs all dependencies again. Copy the files that name the dependencies first, install, and then copy
the rest.

The fix does that where the install stands right below the COPY, alone in its RUN. It is not safe: what runs while
installing may need files of the source.

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
from lightship.messages import said
from lightship.rules.copied import Copied, copied_by
from lightship.rules.edits import insert, line_end
from lightship.rules.model import Finding, Fix, Placed, Rule, Subject
from lightship.text import Edit, Span

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
                if _needs_the_source(subject, broad, placed, kind):
                    break
                yield _finding(subject, broad, placed, kind)
                break
            kinds |= {kind}


def _finding(subject: Subject, broad: Copied, install: Placed, kind: str) -> Finding:
    edits = _edits(subject, broad, install, kind)
    return Finding(
        NAME,
        said("any change of the source runs {kind} again", kind=kind),
        broad.span,
        "copy the files that name the dependencies first, install, then copy the rest",
        (Fix(edits, False, "install before the source is copied"),) if edits else (),
    )


def _edits(subject: Subject, broad: Copied, install: Placed, kind: str) -> tuple[Edit, ...]:
    """The manifest's COPY and the install above the broad COPY; none when more than that would have to move."""
    copy, run = broad.placed, install
    manifests = _MANIFESTS.get(kind) or _requirements(subject, install)
    if not manifests or run.index != copy.index + 1 or len(subject.commands(run)) != 1 or run.instruction.heredocs:
        return ()
    # Only where the manifests land where the install looks for them.
    if len(copy.instruction.words) != 2 or not (
        broad.destination == copy.scope.workdir or copy.instruction.words[1].value in (".", "./")
    ):
        return ()
    text = subject.text
    flags = "".join(f"{flag.text} " for flag in copy.instruction.flags)
    run_text = run.instruction.text if run.instruction.text.endswith("\n") else run.instruction.text + line_end(text)
    lines = f"COPY {flags}{manifests} ./{line_end(text)}{run_text}"
    start, end = copy.instruction.span.start, run.instruction.span
    moved = text[copy.instruction.span.end : end.start]
    # What stands between them, comments among it, belongs to the install and goes with it.
    return (insert(start, moved.lstrip("\r\n") + lines), Edit(Span(copy.instruction.span.end, end.end), ""))


def _needs_the_source(subject: Subject, broad: Copied, install: Placed, kind: str) -> bool:
    """Whether the context shows that installing reads more than the manifests: workspaces, local packages, scripts."""
    context = subject.context
    if context is None or broad.source not in ("", "."):
        return False
    if kind.startswith(("npm", "yarn", "pnpm")):
        return _LOCAL_NODE.search(context.read("package.json") or "") is not None
    texts = [context.read(name) or "" for name in _requirements(subject, install).split()]
    return any(_LOCAL_PYTHON.search(text) for text in texts)


_LOCAL_NODE = re.compile(r'"(?:workspaces|(?:pre|post)?install|prepare|prisma)"\s*:|"(?:file|link|workspace|portal):')
_LOCAL_PYTHON = re.compile(r"^\s*(?:-e\b|--editable|-r\b|\.|file:|[\w.-]+/)|@ file:", re.MULTILINE)
_MANIFESTS = {
    "npm ci": "package.json package-lock.json",
    "npm install": "package*.json",
    "yarn install": "package.json yarn.lock",
    "go mod download": "go.mod go.sum",
    "bundle install": "Gemfile Gemfile.lock",
}


def _requirements(subject: Subject, install: Placed) -> str:
    """The requirement files that a call of pip names, when all are plain relative paths in one directory."""
    names: list[str] = []
    for program in subject.programs(install, "pip", "pip3", "python", "python3"):
        words = program.arguments
        files = [words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-r", "--requirement", "-c")]
        if any(name is None or not re.fullmatch(r"(?:\./)?[\w.-]+\.txt", name) for name in files):
            return ""
        names += [name for name in files if name]
    return " ".join(names)


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


RULE = Rule(NAME, "warning", "cache", check, fixable=True)
