"""A stage that others copy from has no name.

A stage without a name can only be meant by its number, and the number changes when a stage is added above it. With a
name, `COPY --from=` says what it takes, and `docker build --target` can build that stage alone.

The fix gives the stage the name that BuildKit prints for it (`stage-0`); a better one says what the stage makes.

Bad:

```dockerfile
FROM golang:1.22
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
from lightship.rules.edits import insert
from lightship.rules.model import Finding, Fix, Rule, Subject

NAME = "unnamed_stage"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every stage without a name that another one copies from."""
    for stage in subject.graph.stages:
        if stage.name is not None or not subject.graph.copies_from(stage.index):
            continue
        words = stage.from_instruction.words
        name = f"stage-{stage.index}"
        if len(words) != 1 or subject.graph.named(name) is not None:
            continue
        fix = Fix(
            (insert(words[0].span.end, f" AS {name}"),), True, said("name it {name}, as BuildKit does", name=name)
        )
        yield Finding(
            NAME,
            said("stage {index} is copied from, but has no name", index=stage.index),
            stage.from_instruction.arguments_span,
            "add AS and a name that says what the stage makes",
            (fix,),
        )


RULE = Rule(NAME, "info", "correctness", check, fixable=True)
