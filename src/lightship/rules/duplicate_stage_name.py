"""Two stages have the same name.

`COPY --from=name`, `FROM name` and `--target name` can only mean one of them; which one depends on where they stand.

Bad:

```dockerfile
FROM golang:1.23 AS builder
FROM node:22 AS builder
FROM scratch
COPY --from=builder /usr/local/bin/node /
```

Good:

```dockerfile
FROM golang:1.23 AS server
FROM node:22 AS pages
FROM scratch
COPY --from=pages /usr/local/bin/node /
```
"""

from __future__ import annotations

from collections.abc import Iterator

from lightship.messages import said
from lightship.rules.model import Finding, Rule, Subject

NAME = "duplicate_stage_name"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every stage but the first of its name."""
    seen: set[str] = set()
    for stage in subject.graph.stages:
        if stage.name is None:
            continue
        if stage.name in seen:
            message = said('Duplicate stage name "{name}", stage names should be unique', name=stage.name)
            yield Finding(NAME, message, stage.from_instruction.words[2].span, "give every stage a name of its own")
        seen.add(stage.name)


RULE = Rule(NAME, "warning", "correctness", check, codes=("DuplicateStageName", "DL3024"))
