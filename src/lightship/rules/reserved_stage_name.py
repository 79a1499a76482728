"""A stage is called `scratch` or `context`.

`scratch` is the empty image and `context` the build context. A stage of that name hides them from everything below it.

Bad:

```dockerfile
FROM alpine:3.20 AS scratch
RUN touch /done
```

Good:

```dockerfile
FROM alpine:3.20 AS builder
RUN touch /done
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.model import Finding, Rule, Subject

NAME = "reserved_stage_name"
_RESERVED = ("context", "scratch")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every stage with a reserved name."""
    for stage in subject.graph.stages:
        if stage.name in _RESERVED:
            message = said('Stage name should not use the same name as reserved stage "{name}"', name=stage.name)
            yield Finding(NAME, message, stage.from_instruction.words[2].span, "give it another name")


RULE = Rule(NAME, "warning", "correctness", check, codes=("ReservedStageName",))
