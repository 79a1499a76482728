"""COPY takes from a stage by its number.

The number of a stage changes when another one is added above it, and the COPY then silently takes its files from a
different stage. A name stays.

Bad:

```dockerfile
FROM golang:1.22 AS build
RUN CGO_ENABLED=0 go build -o /app

FROM scratch
COPY --from=0 /app /app
```

Good:

```dockerfile
FROM golang:1.22 AS build
RUN CGO_ENABLED=0 go build -o /app

FROM scratch
COPY --from=build /app /app
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.edits import replace
from lightship.rules.model import Finding, Fix, Rule, Subject

NAME = "copy_from_number"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every ``COPY --from=`` with a number; a fix where that stage has a name of its own."""
    for edge in subject.graph.edges:
        flag = edge.instruction.flag("from")
        if edge.kind != "copy" or edge.source is None or flag is None or not edge.reference.isdecimal():
            continue
        stage = subject.graph.stages[edge.source]
        written = _written_name(subject, edge.source)
        by_name = stage.name is not None and subject.graph.named(stage.name) is stage
        fix = Fix((replace(flag.span, f"--from={written}"),), True, "copy by the stage's name")
        yield Finding(
            NAME,
            said("stage {reference} is meant by its number", reference=edge.reference),
            flag.span,
            said("write --from={written}", written=written)
            if by_name
            else "give the stage a name (AS ...), and copy by that name",
            (fix,) if by_name else (),
        )


def _written_name(subject: Subject, index: int) -> str:
    """The name as it is written in FROM."""
    words = subject.graph.stages[index].from_instruction.words
    return words[2].text if len(words) == 3 else ""


RULE = Rule(NAME, "info", "correctness", check, fixable=True)
