"""A Go program that needs the C library is copied to where there is none.

With cgo, which is on by default where a C compiler is installed (the Debian-based `golang` images), `net` and
`os/user` use the C library: the program is linked dynamically. On `scratch`, on `distroless/static`, or on Alpine
with its other C library, it then fails with "no such file or directory", although the file is there. `CGO_ENABLED=0`
gives a static program.

The fix is not safe: packages that are C themselves (SQLite drivers) do not work without cgo.

Bad:

```dockerfile
FROM golang:1.22 AS build
COPY . .
RUN go build -o /app .

FROM scratch
COPY --from=build /app /app
CMD ["/app"]
```

Good:

```dockerfile
FROM golang:1.22 AS build
COPY . .
RUN CGO_ENABLED=0 go build -o /app .

FROM scratch
COPY --from=build /app /app
CMD ["/app"]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lightship.messages import said
from lightship.rules.base_images import base_image, image_below, lowest
from lightship.rules.copied import Copied, copied
from lightship.rules.edits import insert
from lightship.rules.model import Finding, Fix, Placed, Rule, Subject
from lightship.rules.package_commands import words_of
from lightship.semantic import Stage
from lightship.text import Span

if TYPE_CHECKING:
    from lightship.shell import Program

NAME = "dynamic_go_binary"
_STATIC = re.compile(r"CGO_ENABLED|-static\b|netgo|-linkmode|xx-go|goreleaser|-tags[= ]")
_LIBRARIES = re.compile(r"^/(?:usr/)?lib(?:64)?(?:/|$)|ld-linux|ld-musl|libc\.so|^/$")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every go build in a builder stage whose program may need what the final image lacks."""
    told: set[Span] = set()
    for stage in subject.graph.stages:
        lacking = _lacking(subject, stage)
        if not lacking:
            continue
        taken = [one for one in copied(subject, [stage]) if not one.from_context]
        if any(_LIBRARIES.search(one.source) for one in taken):
            continue
        for source in {one.from_stage.index: one.from_stage for one in taken if one.from_stage is not None}.values():
            image = image_below(subject, source)
            if image is None or image.name != "golang" or image.libc != "glibc":
                continue
            from_it = [one for one in taken if one.from_stage is source]
            found = [one for one in _dynamic(subject, source, from_it, lacking) if one.span not in told]
            told |= {one.span for one in found}
            yield from found


def _lacking(subject: Subject, stage: Stage) -> str:
    """What the stage stands on, when that has not the C library of Debian."""
    base = lowest(subject, stage)
    if base.kind == "scratch":
        return "scratch"
    if base.kind != "image":
        return ""
    image = base_image(base.reference)
    if image.name.startswith("gcr.io/distroless/static"):
        return "distroless/static"
    if image.name == "alpine" and not any("compat" in one.text for one in stage.instructions):
        return "Alpine"
    return ""


def _dynamic(subject: Subject, source: Stage, taken: list[Copied], lacking: str) -> Iterator[Finding]:
    for stage in subject.graph.chain(source):
        for index, instruction in enumerate(stage.instructions):
            placed = Placed(stage, index, instruction)
            if instruction.keyword != "run" or _STATIC.search(instruction.text):
                continue
            variables = placed.scope.variables
            if "CGO_ENABLED" in variables or _STATIC.search(variables.get("GOFLAGS", "")):
                continue
            for program in subject.programs(placed, "go"):
                if program.arguments[:1] == ("build",) and _is_taken(program, taken):
                    yield _finding(subject, program, lacking)


def _is_taken(program: Program, taken: list[Copied]) -> bool:
    """Whether the output may be among what is copied: same file name, or a place that is not known."""
    arguments = program.arguments
    output = arguments[arguments.index("-o") + 1] if "-o" in arguments[:-1] else None
    if output is None:
        return True
    name = output.rstrip("/").rpartition("/")[2]
    sources = [one.source for one in taken]
    return any(source.rpartition("/")[2] == name or output.startswith(source + "/") for source in sources) or (
        not output.startswith("/") and any("/" + name in source or "." not in source for source in sources)
    )


def _finding(subject: Subject, program: Program, lacking: str) -> Finding:
    words = words_of(subject, program)
    fixes: tuple[Fix, ...] = ()
    if words and not program.through and not program.command.assignments:
        edit = insert(words[0].span.start, "CGO_ENABLED=0 ")
        fixes = (Fix((edit,), False, "build with CGO_ENABLED=0"),)
    return Finding(
        NAME,
        said(
            "without CGO_ENABLED=0 this program may need the C library, which {lacking} does not have", lacking=lacking
        ),
        program.span,
        "build with CGO_ENABLED=0, or copy to a base with the same C library (distroless/base)",
        fixes,
    )


RULE = Rule(NAME, "warning", "correctness", check, fixable=True)
