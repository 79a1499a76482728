"""A variable is used that is not set at that place.

It becomes empty without a word. The usual reasons: an ARG stands above the first FROM, where only FROM sees it, and
is not declared again in the stage; it is declared further down; its name is misspelt. What the base image sets is not
known here, so on images with an environment of their own only those cases are reported.

Bad:

```dockerfile
ARG VERSION=1.2
FROM alpine:3.20
LABEL version=$VERSION
```

Good:

```dockerfile
ARG VERSION=1.2
FROM alpine:3.20
ARG VERSION
LABEL version=$VERSION
```
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lightship.dockerfile import ExpandError, Instruction, lex
from lightship.messages import said
from lightship.rules.edits import insert_line_before
from lightship.rules.model import Finding, Fix, Placed, Rule, Subject
from lightship.semantic import Scope
from lightship.semantic.stages import PLATFORM_ARGS
from lightship.text import Span

NAME = "undefined_variable"
# Images of the Docker library that set nothing but PATH.
_BARE = frozenset({"alpine", "busybox", "debian", "ubuntu"})
# BuildKit reads these two itself: https://docs.docker.com/build/metadata/attestations/sbom/
_READ_BY_BUILDKIT = frozenset({"BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"})
_EXPANDED = ("add", "arg", "copy", "env", "expose", "label", "run", "stopsignal", "user", "volume", "workdir")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every variable of an instruction's words that is not set there; shell text is not looked at."""
    if "$" not in subject.text:
        return
    for placed in subject.instructions(*_EXPANDED):
        if "$" not in placed.instruction.text:
            continue
        reported: set[str] = set()
        for text, span in _words(placed.instruction):
            for name in sorted(_unset(text, placed.scope, subject.dockerfile.escape) - reported):
                known = {*placed.scope.variables, *placed.scope.args, "PATH"}
                if _is_undefined(name, placed, subject, known):
                    reported.add(name)
                    yield _finding(name, span, placed, subject, known)


def _words(instruction: Instruction) -> Iterator[tuple[str, Span]]:
    """The texts in which the build replaces variables, and where they stand."""
    for flag in instruction.flags:
        wanted = ("mount",) if instruction.keyword == "run" else ("chown", "chmod", "checksum", "exclude")
        if flag.name in wanted and flag.value and "$" in flag.value:
            yield flag.value, flag.span
    if instruction.keyword == "run":
        return
    for word in instruction.words:
        text = word.text.partition("=")[2] if instruction.keyword == "arg" else word.text
        if "$" in text:
            yield text, word.span


def _unset(text: str, scope: Scope, escape: str) -> frozenset[str]:
    try:
        return lex(text, scope.variables, escape=escape).unmatched - scope.args.keys() - scope.unknown
    except ExpandError:
        return frozenset()


def _is_undefined(name: str, placed: Placed, subject: Subject, known: Iterable[str]) -> bool:
    if name in _READ_BY_BUILDKIT or name == "PATH" or not (name[0].isalpha() or name[0] == "_"):
        return False
    if placed.scope.complete or name in subject.graph.global_args or name in PLATFORM_ARGS:
        return True
    image = subject.graph.chain(placed.stage)[0].base.reference.removeprefix("docker.io/").removeprefix("library/")
    if image.partition("@")[0].partition(":")[0] in _BARE:
        return True
    return name in _declared(placed.stage.instructions[placed.index :]) or _nearest(name, known) != ""


def _declared(instructions: Iterable[Instruction]) -> set[str]:
    found: set[str] = set()
    for instruction in instructions:
        if instruction.keyword == "arg":
            found.update(word.text.partition("=")[0] for word in instruction.words)
    return found


def _finding(name: str, span: Span, placed: Placed, subject: Subject, known: Iterable[str]) -> Finding:
    near = _nearest(name, known)
    hint = said(" (did you mean ${near}?)", near=near) if near else ""
    message = said("Usage of undefined variable '${name}'{hint}", name=name, hint=hint)
    if name not in subject.graph.global_args and name not in PLATFORM_ARGS:
        return Finding(NAME, message, span, said("declare it above: ARG {name}", name=name))
    edit = insert_line_before(subject.dockerfile, placed.instruction, f"ARG {name}")
    fix = Fix((edit,), False, said("declare ARG {name} in the stage", name=name))
    help_ = said("write ARG {name} in the stage: one above FROM counts in FROM only", name=name)
    return Finding(NAME, message, span, help_, (fix,))


def _nearest(name: str, known: Iterable[str]) -> str:
    """A known name that differs by one character or by two that changed places."""
    return next((one for one in sorted(known) if _is_slip(name, one)), "")


def _is_slip(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1 or one == other or min(len(one), len(other)) < 3:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, changed = one[start:], other[start:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return rest[1:] == changed[1:] or rest[1:] == changed or rest == changed[1:] or swapped == changed


RULE = Rule(NAME, "warning", "correctness", check, fixable=True, codes=("UndefinedVar",))
