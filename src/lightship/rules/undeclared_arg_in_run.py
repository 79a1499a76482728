"""A RUN uses an ARG that its stage does not declare.

An ARG above the first FROM is there for FROM lines only, and an ARG of one stage is not there in the next. The shell
takes such a name for an empty variable, without a word: `pip install app==$VERSION` installs something else. Declare
it again in the stage (`ARG VERSION`); it keeps the value of the global one.

The fix declares it above the RUN.

Bad:

```dockerfile
ARG VERSION=1.2
FROM debian:bookworm-slim
RUN echo "$VERSION" > /version
```

Good:

```dockerfile
ARG VERSION=1.2
FROM debian:bookworm-slim
ARG VERSION
RUN echo "$VERSION" > /version
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.edits import insert_line_before
from lightship.rules.model import Finding, Fix, Placed, Rule, Subject
from lightship.semantic.stages import PLATFORM_ARGS

NAME = "undeclared_arg_in_run"
_PREDEFINED = frozenset(
    [
        one
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")
        for one in (name, name.lower())
    ]
    + ["SOURCE_DATE_EPOCH", "PATH", "HOME", "USER", "PWD", "HOSTNAME", "SHELL", "LANG", "TERM", "UID", "EUID", "ID"]
)
"""https://docs.docker.com/reference/dockerfile/#predefined-args, and what a shell has by itself."""

# Set in the script, or read with a default, or escaped: whoever writes that knows what he gets.
_GIVEN = r"\bNAME=|\b(?:for|read|export|local)\s+(?:-\w+\s+)?NAME\b|\$\{NAME:?[-=?+]|\\\$\{?NAME"
_OF_LANGUAGES = ("GOPATH", "JAVA_HOME", "VIRTUAL_ENV", "CARGO_HOME", "GEM_HOME")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for the first use of each name in a stage, when the file declares it elsewhere only."""
    declared = _declared(subject) | set(PLATFORM_ARGS)
    for stage in subject.graph.stages:
        said: set[str] = set()
        for index, instruction in enumerate(stage.instructions):
            # In exec form there is no shell, and a quoted heredoc is another program's text.
            if instruction.keyword != "run" or instruction.exec_form is not None or instruction.heredocs:
                continue
            placed = Placed(stage, index, instruction)
            for name in _missing(subject, placed, declared - said):
                said.add(name)
                yield _finding(subject, placed, name)


def _finding(subject: Subject, placed: Placed, name: str) -> Finding:
    place = next(
        (
            word.span
            for command in subject.commands(placed)
            for word in command.words
            if re.search(rf"\$\{{?{name}\b", word.raw)
        ),
        placed.instruction.keyword_span,
    )
    edit = insert_line_before(subject.dockerfile, placed.instruction, f"ARG {name}")
    return Finding(
        NAME,
        said("{name} is not declared in this stage, so it is empty here", name=name),
        place,
        said("declare it above: ARG {name}", name=name),
        (Fix((edit,), False, said("declare {name} in this stage", name=name)),),
    )


def _declared(subject: Subject) -> set[str]:
    """The names of all ARGs of the file that are not predefined."""
    names = set(subject.graph.global_args)
    for placed in subject.instructions("arg"):
        names |= {word.text.partition("=")[0] for word in placed.instruction.words}
    return names - _PREDEFINED


def _missing(subject: Subject, placed: Placed, names: set[str]) -> list[str]:
    """The names that a RUN uses, plainly, and that nothing gives it."""
    text = placed.instruction.text
    if "$" not in text:
        return []
    scope = placed.scope
    found: list[str] = []
    for name in sorted(names):
        if f"${name}" not in text and f"${{{name}}}" not in text:
            continue
        if (
            name in scope.variables
            or name in scope.unknown
            or name in scope.args
            or _is_inherited(subject, placed, name)
        ):
            continue
        if re.search(_GIVEN.replace("NAME", name), text):
            continue
        if any(_uses(word.raw, name) for command in subject.commands(placed) for word in command.words):
            found.append(name)
    return found


def _uses(raw: str, name: str) -> bool:
    return "'" not in raw and re.search(rf"\$(?:{name}\b|\{{{name}\}})", raw) is not None


def _is_inherited(subject: Subject, placed: Placed, name: str) -> bool:
    """Whether the base image is likely to set the name: official images have ``PYTHON_VERSION``, ``NODE_VERSION``."""
    base = subject.graph.chain(placed.stage)[0].base
    word = re.sub(r"\W.*", "", base.reference.rpartition("/")[2]).upper()
    return name in _OF_LANGUAGES or (bool(word) and name.startswith(word))


RULE = Rule(NAME, "warning", "correctness", check, fixable=True)
