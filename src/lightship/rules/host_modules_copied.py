"""Copying the source overwrites the dependencies that were just installed.

`COPY . .` after `npm ci` also copies the `node_modules` of the machine that builds, if there is one, over those of
the image: made for another system, in other versions. The same goes for a `.venv`. Name them in `.dockerignore`.

Bad:

```text file=package.json
{"name": "app"}
```

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY package.json ./
RUN npm install
COPY . .
CMD ["node", "server.js"]
```

Good:

```text file=.dockerignore
node_modules
```

```dockerfile
FROM node:22-slim
WORKDIR /app
COPY package.json ./
RUN npm install
COPY . .
CMD ["node", "server.js"]
```
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.context import ContextFacts
from lightship.rules.copied import Copied, copied_by
from lightship.rules.model import Finding, Placed, Rule, Subject
from lightship.rules.package_commands import verb
from lightship.rules.python_trees import venvs
from lightship.semantic import Stage

NAME = "host_modules_copied"
_INSTALLS = ("ci", "install", "i", "clean-install", "add")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for a COPY of the whole context, in any stage, over dependencies that are there already."""
    if subject.context is None:
        return
    for stage in subject.graph.stages:
        made: dict[str, int] = {}
        for index, instruction in enumerate(stage.instructions):
            placed = Placed(stage, index, instruction)
            if instruction.keyword == "run":
                made |= dict.fromkeys(_installed(subject, placed, stage), instruction.line)
            elif instruction.keyword in ("copy", "add"):
                for one in copied_by(subject, placed):
                    yield from _overwritten(subject.context, one, made)
                    if one.from_stage is not None and posixpath.basename(one.source) in _DIRECTORIES:
                        made |= dict.fromkeys(one.landings, instruction.line)


_DIRECTORIES = ("node_modules", ".venv")


def _overwritten(context: ContextFacts, one: Copied, made: dict[str, int]) -> Iterator[Finding]:
    """A finding when a COPY may put the host's dependencies over those that a line made."""
    if not one.is_everything or not one.destination:
        return
    for path, line in made.items():
        folder, name = posixpath.split(path)
        if folder == one.destination and not context.excludes(name):
            yield Finding(
                NAME,
                said("a {name} beside the Dockerfile would be copied over that of line {line}", name=name, line=line),
                one.span,
                said("write {name} into .dockerignore", name=name),
            )
            return


def _installed(subject: Subject, placed: Placed, stage: Stage) -> Iterator[str]:
    """The directories of dependencies that a RUN makes in its working directory."""
    workdir = placed.scope.workdir
    if workdir is None:
        return
    for program in subject.programs(placed, "npm", "yarn", "pnpm"):
        if any(word in ("-g", "--global", "--prefix", "--cwd") for word in program.arguments):
            continue
        name = posixpath.basename(program.name)
        if verb(subject, program, *_INSTALLS) or (
            name == "yarn" and all((w or "").startswith("-") for w in program.arguments)
        ):
            yield posixpath.join(workdir, "node_modules")
    if any(word in placed.instruction.text for word in ("venv", "uv", "poetry")):
        for venv in venvs(subject, [stage]):
            if venv.made_by.index == placed.index and posixpath.dirname(venv.path) == workdir:
                yield venv.path


RULE = Rule(NAME, "warning", "correctness", check)
