"""The build needs development dependencies, which are not installed.

With `NODE_ENV=production`, or with `--omit=dev`, `npm ci` leaves devDependencies out: TypeScript, bundlers, build
tools. A later `npm run build` in that stage then fails, or takes another version from the network. Set NODE_ENV after
the build, or in the final stage only.

The fix installs development dependencies all the same; it is not safe, because they stay in the stage.

Bad:

```dockerfile
FROM node:22 AS build
ENV NODE_ENV=production
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM nginx:1.27
COPY --from=build /dist /usr/share/nginx/html
```

Good:

```dockerfile
FROM node:22 AS build
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM nginx:1.27
COPY --from=build /dist /usr/share/nginx/html
```
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lightship.messages import said
from lightship.rules.edits import insert
from lightship.rules.model import Finding, Fix, Placed, Rule, Subject
from lightship.rules.package_commands import verb
from lightship.semantic import Stage

if TYPE_CHECKING:
    from lightship.shell import Program

NAME = "production_before_build"
_MANAGERS = ("npm", "yarn", "pnpm")
_OMITS = ("--omit=dev", "--only=production", "--only=prod", "--production", "--prod", "-P", "--production=true")
_INCLUDES = ("--include=dev", "--production=false", "--prod=false", "--also=dev", "--dev", "-D")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for the only install of a stage, when it leaves out what a later build step needs."""
    for stage in subject.graph.stages:
        placed = [Placed(stage, index, one) for index, one in enumerate(stage.instructions) if one.keyword == "run"]
        calls = [(one, program) for one in placed for program in subject.programs(one, *_MANAGERS, "npx", "tsc")]
        installs = [(at, one, program) for at, (one, program) in enumerate(calls) if _installs(subject, program)]
        if not installs or not _builds_without_tools(subject):
            continue
        reasons = [_left_out(one, program) for _, one, program in installs]
        if not all(reasons):
            continue
        at, _, first = installs[0]
        build = next((program for _, program in calls[at + 1 :] if _builds(program)), None)
        if build is not None and not _comes_from_elsewhere(stage):
            yield _finding(subject, first, build, reasons[0])


def _finding(subject: Subject, install: Program, build: Program, reason: str) -> Finding:
    word = verb(subject, install, "ci", "install", "i")
    fixes: tuple[Fix, ...] = ()
    if install.name == "npm" and word is not None and reason == "NODE_ENV=production":
        fixes = (Fix((insert(word.span.end, " --include=dev"),), False, "install development dependencies too"),)
    called = " ".join([build.name, *(one or "..." for one in build.arguments[:2])])
    return Finding(
        NAME,
        said(
            "with {reason} this leaves out devDependencies, which {called} usually needs", reason=reason, called=called
        ),
        install.span,
        "install all dependencies for the build; leave development dependencies out in the final stage",
        fixes,
    )


def _installs(subject: Subject, program: Program) -> bool:
    if any(word in ("-g", "--global") for word in program.arguments):
        return False
    if program.name == "yarn" and all((word or "").startswith("-") for word in program.arguments):
        return "--version" not in program.arguments
    return program.name in _MANAGERS and verb(subject, program, "ci", "install", "i", "clean-install") is not None


def _left_out(placed: Placed, program: Program) -> str:
    """Why an install leaves development dependencies out, empty when it does not."""
    if any(word is None or word == "--omit=" or word.startswith(_INCLUDES) for word in program.arguments):
        return ""
    own = [one for one in program.command.assignments if one.name == "NODE_ENV"]
    environment = own[-1].value.value if own else placed.scope.variables.get("NODE_ENV")
    option = next((word for word in program.arguments if word in _OMITS), "")
    return option or ("NODE_ENV=production" if environment == "production" else "")


def _builds(program: Program) -> bool:
    words = [word or "" for word in program.arguments]
    if program.name == "tsc":
        return True
    if program.name == "npx":
        return words[:1] in (["tsc"], ["vite"], ["webpack"], ["ng"], ["next"])
    return "build" in words[:2] or any(word.startswith("build:") for word in words[:2])


def _comes_from_elsewhere(stage: Stage) -> bool:
    """Whether ``node_modules`` is also taken from another stage."""
    return any(one.flag("from") and "node_modules" in one.text for one in stage.instructions if one.keyword == "copy")


def _builds_without_tools(subject: Subject) -> bool:
    """Whether package.json, where it is known, has devDependencies and a build step at all."""
    text = subject.context.read("package.json") if subject.context is not None else None
    if text is None:
        return True
    try:
        package = json.loads(text)
    except ValueError:
        return True
    return not isinstance(package, dict) or bool(package.get("devDependencies"))


RULE = Rule(NAME, "warning", "correctness", check, fixable=True)
